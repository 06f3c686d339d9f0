import { randomBytes } from "node:crypto";
import { memoryKeychain } from "../../electron/service/testing/index.ts";
import {
  acceptJoin,
  draftBinding,
  INBOX_INFO,
  inboxBinding,
  makeJoinRequest,
  open,
  openDevice,
  openRow,
  seal,
  sealForJoin,
  sealRow,
  unlock,
  verifyActSignature,
} from "../../electron/service/vault/index.ts";
import { NOW, PIN, SITE, succeeds, WORKSTATION, type AttackCase, type World } from "./world.ts";

type UnlockInput = Parameters<typeof unlock>[0];

/** Whether the vault opens when something about a rightful sign-in is put wrong. */
function opens(world: World, change: Partial<UnlockInput>): Promise<boolean> {
  const { pepper } = world.hospital;
  const { place, slot } = world;
  const right = { entry: world.huda.entry, pin: PIN, pepper, site: SITE, slot, place };
  return succeeds(() => unlock({ ...right, ...change }));
}

/** A thief with a copied disk, a borrowed device key or a colleague's PIN. */
export const slotCases: readonly AttackCase[] = [
  {
    name: "a guessed PIN",
    kind: "harmful",
    run: (world) => opens(world, { pin: "0000" }),
  },
  {
    name: "the right PIN without the site's pepper (a roster stolen from the HIS)",
    kind: "harmful",
    run: (world) => opens(world, { pepper: new Uint8Array(32) }),
  },
  {
    name: "her slot on another PC's device key",
    kind: "harmful",
    run: (world) => opens(world, { place: { ...world.place, deviceKey: randomBytes(32) } }),
  },
  {
    name: "her slot moved to a PC of another name",
    kind: "harmful",
    run: (world) => opens(world, { place: { ...world.place, workstation: "pc-2" } }),
  },
  {
    name: "her slot taken for one of another vault",
    kind: "harmful",
    run: (world) => opens(world, { slot: { ...world.slot, epoch: 2 } }),
  },
  {
    name: "her slot renamed to a colleague who knows her own PIN",
    kind: "harmful",
    run: (world) =>
      opens(world, {
        entry: world.sara.entry,
        pin: "2580",
        slot: { ...world.slot, clinician: "sara" },
      }),
  },
  {
    name: "a roster entry that pairs her name with the attacker's wrapped keys",
    kind: "harmful",
    run: async (world) => {
      const own = await world.hospital.enrol("huda", "0000");
      const entry = { ...world.huda.entry, wrapped: own.entry.wrapped };
      return opens(world, { entry, pin: "0000" });
    },
  },
  {
    name: "her slot with one bit turned",
    kind: "harmful",
    run: (world) => {
      const sealed = Uint8Array.from(world.slot.sealed);
      sealed[40] = (sealed[40] ?? 0) ^ 1;
      return opens(world, { slot: { ...world.slot, sealed } });
    },
  },
  {
    name: "her own PIN on her own PC",
    kind: "legitimate",
    run: (world) => opens(world, {}),
  },
  {
    name: "a colleague, after a vault that was open made her a slot",
    kind: "legitimate",
    run: async (world) => {
      const slot = await (await world.open()).makeSlot(world.sara.entry);
      return opens(world, { entry: world.sara.entry, pin: "2580", slot });
    },
  },
];

const page = Buffer.from('{"resourceType":"AllergyIntolerance"}');
const where = inboxBinding("pull", "AllergyIntolerance", null);

/** Sealed pages, drafts and act signatures. */
export const sealCases: readonly AttackCase[] = [
  {
    name: "an inbox page read with the device key",
    kind: "harmful",
    run: async (world) => {
      const sealed = await seal(world.vault.sealingKey, INBOX_INFO, where, page);
      return succeeds(() => open(world.device.deviceKey, INBOX_INFO, where, sealed));
    },
  },
  {
    name: "an inbox page of one type passed off as another's",
    kind: "harmful",
    run: async (world) => {
      const sealed = await seal(world.vault.sealingKey, INBOX_INFO, where, page);
      const { keys } = await world.open();
      const other = inboxBinding("pull", "Flag", null);
      return succeeds(() => open(keys.inbox, INBOX_INFO, other, sealed));
    },
  },
  {
    name: "an inbox page with an edited byte",
    kind: "harmful",
    run: async (world) => {
      const sealed = await seal(world.vault.sealingKey, INBOX_INFO, where, page);
      sealed[sealed.length - 20] = (sealed.at(-20) ?? 0) ^ 1;
      const { keys } = await world.open();
      return succeeds(() => open(keys.inbox, INBOX_INFO, where, sealed));
    },
  },
  {
    name: "a draft of Huda's opened as Sara's",
    kind: "harmful",
    run: async (world) => {
      const { drafts } = (await world.open()).keys;
      const row = sealRow(drafts, draftBinding("huda", "p1", "note"), page);
      return succeeds(() => openRow(drafts, draftBinding("sara", "p1", "note"), row));
    },
  },
  {
    name: "a draft about one patient put into another's chart",
    kind: "harmful",
    run: async (world) => {
      const { drafts } = (await world.open()).keys;
      const row = sealRow(drafts, draftBinding("huda", "p1", "note"), page);
      return succeeds(() => openRow(drafts, draftBinding("huda", "p2", "note"), row));
    },
  },
  {
    name: "a signed act with one value edited",
    kind: "harmful",
    run: async (world) => {
      const signature = await (await world.open()).sign({ patient: "p1", spo2: 98 });
      const { sign } = world.huda.entry.keys;
      return verifyActSignature({ patient: "p1", spo2: 89 }, signature, sign);
    },
  },
  {
    name: "a signed act moved to another patient",
    kind: "harmful",
    run: async (world) => {
      const signature = await (await world.open()).sign({ patient: "p1", spo2: 98 });
      const { sign } = world.huda.entry.keys;
      return verifyActSignature({ patient: "p2", spo2: 98 }, signature, sign);
    },
  },
  {
    name: "Huda's act passed off as Sara's",
    kind: "harmful",
    run: async (world) => {
      const act = { patient: "p1", spo2: 98 };
      const signature = await (await world.open()).sign(act);
      return verifyActSignature(act, signature, world.sara.entry.keys.sign);
    },
  },
  {
    name: "a statement's signature passed off as an act's",
    kind: "harmful",
    run: async (world) => {
      const [head, , mark] = world.huda.jws.split(".");
      return verifyActSignature({ a: 1 }, `${head}..${mark}`, world.hospital.controlKey);
    },
  },
  {
    name: "her own act, with its fields in another order",
    kind: "legitimate",
    run: async (world) => {
      const signature = await (await world.open()).sign({ patient: "p1", spo2: 98 });
      const { sign } = world.huda.entry.keys;
      return verifyActSignature({ spo2: 98, patient: "p1" }, signature, sign);
    },
  },
  {
    name: "a page sealed while nobody was signed in, read after sign-in",
    kind: "legitimate",
    run: async (world) => {
      const sealed = await seal(world.vault.sealingKey, INBOX_INFO, where, page);
      const { keys } = await world.open();
      return succeeds(() => open(keys.inbox, INBOX_INFO, where, sealed));
    },
  },
];

/** Joins this PC with an answer that may be wrong somewhere. */
async function joins(
  world: World,
  answer: (request: { box: string; thumbprint: string }) => Promise<string>,
  heldPepper?: Uint8Array,
): Promise<boolean> {
  const { device, hospital } = world;
  const keychain = memoryKeychain();
  if (heldPepper !== undefined) await keychain.set("site-pepper", heldPepper);
  const code = "12345678";
  const asked = makeJoinRequest({ code, workstation: WORKSTATION, device, random: randomBytes });
  const { boxPrivateKey } = asked;
  const jws = await answer({
    box: asked.request.box,
    thumbprint: device.workstationKey.thumbprint,
  });
  const { controlKey } = hospital;
  const workstation = WORKSTATION;
  const before = heldPepper ?? null;
  const done = await succeeds(() =>
    acceptJoin({
      jws,
      controlKey,
      site: SITE,
      now: NOW,
      workstation,
      boxPrivateKey,
      device,
      keychain,
    }),
  );
  const kept = await keychain.get("site-pepper");
  return done || kept?.toString() !== before?.toString();
}

const pepperFor = (pepper: Uint8Array, box: string) =>
  sealForJoin({ pepper, box, workstation: WORKSTATION });

/** Someone between a new PC and the control desk. */
export const joinCases: readonly AttackCase[] = [
  {
    name: "a join answer with the attacker's pepper, signed by the attacker",
    kind: "harmful",
    run: (world) =>
      joins(world, async ({ box, thumbprint }) => {
        const pepper = await pepperFor(world.attacker.pepper, box);
        const body = { workstation: WORKSTATION, thumbprint, pepper };
        return world.attacker.statement("join", WORKSTATION, body);
      }),
  },
  {
    name: "a join answer made for a key put in the place of this PC's",
    kind: "harmful",
    run: (world) =>
      joins(world, async ({ box }) => {
        const pepper = await pepperFor(world.hospital.pepper, box);
        const body = { workstation: WORKSTATION, thumbprint: "attackers-key", pepper };
        return world.hospital.statement("join", WORKSTATION, body);
      }),
  },
  {
    name: "the join answer of another PC, replayed to this one",
    kind: "harmful",
    run: (world) =>
      joins(world, async ({ thumbprint }) => {
        const { recovery } = world.attacker;
        const pepper = await pepperFor(world.hospital.pepper, recovery.publicKey);
        const body = { workstation: WORKSTATION, thumbprint, pepper };
        return world.hospital.statement("join", WORKSTATION, body);
      }),
  },
  {
    name: "a joined PC moved to another pepper",
    kind: "harmful",
    run: (world) =>
      joins(
        world,
        async ({ box, thumbprint }) => {
          const pepper = await pepperFor(world.hospital.pepper, box);
          const body = { workstation: WORKSTATION, thumbprint, pepper };
          return world.hospital.statement("join", WORKSTATION, body);
        },
        new Uint8Array(32).fill(1),
      ),
  },
  {
    name: "a keychain emptied to make the PC mint a second key over its records",
    kind: "harmful",
    run: () =>
      succeeds(() =>
        openDevice({
          keychain: memoryKeychain(),
          journalExists: true,
          chartExists: true,
          random: randomBytes,
          algorithm: "ES384",
        }),
      ),
  },
  {
    name: "a new PC with the control desk's own answer",
    kind: "legitimate",
    run: (world) =>
      joins(world, async ({ box, thumbprint }) => {
        const pepper = await pepperFor(world.hospital.pepper, box);
        const body = { workstation: WORKSTATION, thumbprint, pepper };
        return world.hospital.statement("join", WORKSTATION, body);
      }),
  },
];
