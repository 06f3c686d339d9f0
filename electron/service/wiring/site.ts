import { EnvelopeRefused } from "../session/index.ts";
import {
  addSlots,
  createVault,
  envelopeFits,
  envelopeState,
  readEnvelopes,
  readHeldPack,
  readOrders,
  readRoster,
  readSealingKey,
  readSigningKeys,
  ROTATED_META,
  sealingKeyOf,
  slotState,
  slotsToRemove,
  unlockEnvelope,
  vaultMeta,
  WIPED_META,
  holderName,
  type DeviceSecrets,
  type HeldEnvelope,
  type HeldPack,
  type Orders,
  type ReadRoster,
  type SigningKey,
  type SlotHolder,
  type SlotPlace,
  type When,
} from "../vault/index.ts";
import { openItCodes } from "./site-it.ts";
import { exchangeJoin } from "./site-join.ts";
import { apart, createJudge, statementsIn } from "./site-judge.ts";
import { slotsAndStatements } from "./site-keys.ts";
import { acceptPinChange, changePin } from "./site-pins.ts";
import type { BroughtStatement, Site, SiteRoom } from "./site-types.ts";

export * from "./site-types.ts";

/** In the journal's meta: "1" while this PC must join again; when the control key first let it in. */
const META = { rejoin: "site.rejoin", joinedAt: "site.joined-at" } as const;
/** While time is doubtful a statement may be as new as it says: only the control key can have dated it. */
const ANY_TIME = new Date(8.64e15);

/** What is known of the site, read from the journal and verified. */
interface Known {
  readonly roster: ReadRoster;
  readonly envelopes: readonly HeldEnvelope[];
  readonly orders: Orders;
  readonly sealingKey: Uint8Array | null;
  readonly pack: HeldPack | null;
  readonly signingKeys: readonly SigningKey[];
  /** The latest moment the control key has spoken: it cannot be earlier than that now. */
  readonly spokenAt: number;
}

/** Opens what this PC knows of its site from the journal. */
export async function openSite(room: SiteRoom, secrets: DeviceSecrets): Promise<Site> {
  const { policy, journal } = room;
  const { workstation, site, controlKey, wards } = policy;
  const trust = { controlKey, site, wards, workstation };
  const judge = createJudge(room, trust);
  let device = secrets;
  const codes = await openItCodes(room, () => device.itSeed);
  const pinRoom = { ...room, site };
  // One at a time: two answers of the HIS must not both find "no vault yet".
  let working: Promise<unknown> = Promise.resolve();
  const place = (): SlotPlace => ({ workstation, deviceKey: device.deviceKey });

  /** While time is doubtful nothing ends, and only what the control key has proven begins. */
  function moment(spokenAt: number): When {
    const now = room.now();
    if (!room.timeDoubtful()) return now;
    return { ends: now, begins: new Date(Math.max(now.getTime(), spokenAt)) };
  }

  async function read(): Promise<Known> {
    const meta = await journal.meta();
    const sealingKey = readSealingKey(meta);
    const statements = await journal.statements();
    // Slots without a sealing key are what a kill left of a vault that never was.
    const slots = sealingKey === null ? [] : await journal.slots();
    const held = { statements, slots, trust, place: place(), now: room.now() };
    const roster = await readRoster({ ...held, pinChanges: await journal.pinChanges() });
    const { envelopes } = await readEnvelopes({ ...held, used: await journal.usedEnvelopes() });
    const orders = await readOrders({
      statements,
      trust,
      workstation,
      joinedAt: meta[META.joinedAt] ?? null,
      wiped: idsIn(meta[WIPED_META]),
      rotated: idsIn(meta[ROTATED_META]),
    });
    const pack = await readHeldPack(statements, trust);
    const signingKeys = await readSigningKeys(statements, roster, trust);
    const spoken = envelopes.map(({ issuedAt }) => issuedAt);
    const spokenAt = Math.max(roster.spokenAt, ...spoken);
    return { roster, envelopes, orders, sealingKey, pack, signingKeys, spokenAt };
  }

  let known = await read();
  const when = (): When => moment(known.spokenAt);
  const reload = async (): Promise<void> => void (known = await read());

  function holders(states: readonly string[]): SlotHolder[] {
    const { roster, envelopes } = known;
    const at = when();
    return [
      ...roster.members
        .filter((one) => states.includes(slotState(one, at)))
        .map(({ entry }) => entry),
      ...envelopes
        .filter((one) => states.includes(envelopeState(one, at)))
        .map(({ envelope }) => envelope),
    ];
  }
  const pending = (): SlotHolder[] => holders(["pending"]);

  async function ensureVault(): Promise<void> {
    const entries = pending();
    // A vault that only an envelope opens would be opened once, and by nobody in particular.
    if (known.sealingKey !== null || device.pepper === null) return;
    if (!entries.some((holder) => "clinician" in holder)) return;
    for (const { clinician } of await journal.slots()) await journal.deleteSlot(clinician, []);
    const vault = await createVault({ entries, place: place(), epoch: 1, random: room.random });
    // Slots first, the meta last and at once: only with the sealing key in it is there a vault at all.
    await journal.putSlots(
      vault.slots,
      vault.slots.map(({ clinician }) => room.audited.slotMade(clinician)),
    );
    await journal.setMeta(vaultMeta(vault));
    await reload();
  }

  /** Who is out is refused by her entry already; her slot goes too, so that nothing of hers is left to try. */
  async function dropSlots(): Promise<void> {
    const spent = known.envelopes.filter(
      (held) => held.slot !== null && ["used", "expired"].includes(envelopeState(held, when())),
    );
    const going = [
      ...slotsToRemove(known.roster, when()),
      ...spent.map(({ envelope }) => holderName(envelope)),
    ];
    for (const name of going) await journal.deleteSlot(name, [room.audited.slotRemoved(name)]);
    if (going.length > 0) await reload();
  }

  async function judgeAll(jws: readonly string[]): Promise<BroughtStatement[]> {
    const { statements, pinChanges } = apart(jws);
    const now = room.now();
    const at = room.timeDoubtful() ? { ends: now, begins: ANY_TIME } : now;
    const verdicts = await judge.judge(statements, at);
    if (verdicts.some(({ verdict }) => verdict === "accepted")) await reload();
    const changes: BroughtStatement[] = [];
    for (const one of pinChanges) {
      const brought = await acceptPinChange(pinRoom, one, known.roster.entries);
      if (brought.kind === null) await judge.refuse(one, brought.verdict);
      changes.push(brought);
    }
    if (changes.some(({ verdict }) => verdict === "accepted")) await reload();
    await dropSlots();
    await ensureVault();
    const all = [...verdicts, ...changes];
    if (all.some(({ verdict }) => verdict === "accepted")) room.onChange();
    return all;
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = working.catch(() => undefined).then(work);
    working = next;
    return next;
  }

  async function joinNow(signal?: AbortSignal): Promise<"joined" | "already" | "no-code"> {
    if (device.pepper !== null && !mustRejoin) return "already";
    const first = device.pepper === null;
    const joined = await exchangeJoin(room, device, signal);
    if (joined === null) return "no-code";
    const { joinedAt, ...now } = joined;
    device = now;
    mustRejoin = false;
    await journal.setMeta({ [META.rejoin]: "", ...(first && { [META.joinedAt]: joinedAt }) });
    await journal.appendAudit([room.audited.joined()]);
    await codes.start();
    await inTurn(async () => {
      await reload();
      await ensureVault();
    });
    room.onChange();
    return "joined";
  }

  // A workstation key that was lost and made again is a stranger to the HIS: this PC has to be joined once more, and
  // remembers that until it is, over restarts too.
  let mustRejoin = (await journal.meta())[META.rejoin] === "1";
  if (device.pepper !== null && device.minted.includes("workstation-key")) {
    mustRejoin = true;
    await journal.setMeta({ [META.rejoin]: "1" });
  }
  await ensureVault();

  function standing(): Orders["sealed"] {
    const { sealed } = known.orders;
    return sealed === null || sealed.mark === codes.lifted() ? null : sealed;
  }

  function extension(): Date | null {
    const both = [known.orders.extensionUntil, codes.extendedUntil()].filter((one) => one !== null);
    return both.length === 0 ? null : new Date(Math.max(...both.map((one) => one.getTime())));
  }

  return {
    device: () => device,
    replaceDevice: (next) =>
      inTurn(async () => {
        device = next;
        await reload();
      }),
    reload: () => inTurn(reload),
    members: () => known.roster.members,
    when,
    people: () =>
      known.roster.members.map((member) => ({
        id: member.entry.clinician,
        name: member.entry.name,
        roles: member.entry.roles,
        slot: slotState(member, when()),
      })),
    envelopes: () => known.envelopes,
    holders: () => holders(["ready", "pending"]),
    envelopeReady: () => known.envelopes.some((held) => envelopeState(held, when()) === "ready"),
    openEnvelope: (code) =>
      inTurn(async () => {
        // What was used up since, or brought by another hand, counts at once.
        await reload();
        const held = known.envelopes.find(({ envelope }) => envelopeFits(envelope, code, site));
        const state = held === undefined ? "pending" : envelopeState(held, when());
        if (state === "used" || state === "expired") throw new EnvelopeRefused(state);
        // One whose slot waits for an open vault opens as little as one nobody knows.
        if (held === undefined || held.slot === null) throw new EnvelopeRefused("unknown");
        const { envelope, slot } = held;
        const vault = await unlockEnvelope({ envelope, code, site, slot, place: place() });
        return { vault, envelope: envelope.id };
      }),
    sealingKey: () => known.sealingKey,
    knowledge: () => known.pack,
    signingTrust: () => ({ site, keys: known.signingKeys, revoked: known.roster.revoked }),
    async confirmSealingKey(vault) {
      // SECURITY: P1. Who holds the device key can write the journal: a swapped public key would seal pages to a thief.
      const right = sealingKeyOf(vault.keys);
      if (known.sealingKey !== null && Buffer.from(known.sealingKey).equals(right)) return true;
      await journal.setMeta(vaultMeta({ epoch: vault.epoch, slots: [], sealingKey: right }));
      known = { ...known, sealingKey: right };
      return false;
    },
    join: joinNow,
    accept: async (jws) => void (await inTurn(() => judgeAll(jws))),
    bring: (text) => inTurn(() => judgeAll(statementsIn(text))),
    makePendingSlots: (vault) =>
      inTurn(async () => {
        const used = await journal.usedEnvelopes();
        if (known.envelopes.some((one) => !one.used && used.includes(one.envelope.id)))
          await reload();
        await dropSlots();
        const without = pending();
        if (without.length === 0) return;
        const slots = await addSlots(vault, without);
        await journal.putSlots(
          slots,
          slots.map(({ clinician }) => room.audited.slotMade(clinician)),
        );
        await reload();
        room.onChange();
      }),
    orders() {
      const { wipe, hisTrust, rotation } = known.orders;
      const seal = standing();
      const sealed = seal === null ? null : { reason: seal.reason, since: seal.since };
      return { sealed, wipe, extensionUntil: extension(), hisTrust, rotation };
    },
    async keys() {
      const { roster, envelopes, orders } = known;
      return {
        ...(await slotsAndStatements({ journal, roster, envelopes, when: when() })),
        refused: judge.refused(),
        sealedByIt: standing()?.reason ?? null,
        hisTrusted: orders.hisTrust?.trusted ?? true,
        itChallenge: codes.challenge(),
        extendedUntil: extension(),
      };
    },
    changePin: ({ clinician, pin, wanted }) =>
      inTurn(async () => {
        const member = known.roster.members.find((one) => one.entry.clinician === clinician);
        await changePin(pinRoom, member, device.pepper, { pin, wanted });
        await reload();
        room.onChange();
      }),
    pendingPinChanges: async () => (await journal.pinChanges()).filter(({ sent }) => !sent),
    markSent: (clinician, number) => journal.setPinChangeSent(clinician, number),
    itChallenge: () => codes.challenge(),
    async useItCode(purpose, code) {
      await codes.use(purpose, code, known.orders.sealed?.mark ?? null);
      room.onChange();
    },
  };
}

/** A list of ids in the journal's meta; what is not one is none. */
function idsIn(text: string | undefined): string[] {
  try {
    const read: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(read) ? read.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}
