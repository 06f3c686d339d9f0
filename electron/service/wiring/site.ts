import type { ClinicianRole, PublicEcJwk } from "../../../shared/trust/index.ts";
import type { Journal, Remote } from "../store/index.ts";
import {
  acceptJoin,
  addSlots,
  createVault,
  judgeStatement,
  makeJoinRequest,
  readRoster,
  readSealingKey,
  sealingKeyOf,
  slotState,
  vaultMeta,
  type DeviceSecrets,
  type HeldStatement,
  type Keychain,
  type OpenVault,
  type ReadRoster,
  type RosterMember,
  type SlotPlace,
} from "../vault/index.ts";

/** What IT pinned at installation. */
export interface SitePolicy {
  readonly site: string;
  readonly workstation: string;
  readonly wards: readonly string[];
  readonly controlKey: PublicEcJwk;
  readonly join: { readonly url: string; readonly code: string } | null;
}

export interface PersonOnRoster {
  readonly id: string;
  readonly name: { readonly en: string; readonly ar: string };
  readonly roles: ClinicianRole[];
  readonly slot: ReturnType<typeof slotState>;
}

/** This PC's belonging: joined or not, who is on its roster, whether it has a vault. */
export interface Site {
  device(): DeviceSecrets;
  members(): readonly RosterMember[];
  people(): PersonOnRoster[];
  sealingKey(): Uint8Array | null;
  /** Compares the journal's public sealing key with the open vault's; answers false after putting the right one back. */
  confirmSealingKey(vault: OpenVault): Promise<boolean>;
  /** Asks the control desk for this PC's place in the site; does nothing when it has one. @throws what the network throws */
  join(signal?: AbortSignal): Promise<"joined" | "already" | "no-code">;
  /** Judges statements the HIS brought; keeps the new ones; makes the vault at the first roster. */
  accept(jws: readonly string[]): Promise<void>;
  /** While a vault is open, everyone without a slot gets one. */
  makePendingSlots(vault: OpenVault): Promise<void>;
}

export interface SiteRoom {
  readonly policy: SitePolicy;
  readonly keychain: Keychain;
  readonly journal: Remote<Journal>;
  readonly now: () => Date;
  readonly random: (bytes: number) => Uint8Array;
  readonly fetch: typeof globalThis.fetch;
  /** Audit bodies by kind; chained with the change they speak of. */
  readonly audited: {
    statementKept(kind: string, subject: string, number: number): string;
    statementRefused(reason: string): string;
    slotMade(clinician: string): string;
    slotRemoved(clinician: string): string;
    joined(): string;
  };
  /** Roster, vault or membership changed. */
  readonly onChange: () => void;
}

/** In the journal's meta: "1" while this PC must join again. */
const REJOIN = "site.rejoin";
const JOIN_DEADLINE_MS = 10_000;
const JOIN_ANSWER_BYTES = 64 * 1024;

/** The join desk answered, but not with what a join is. */
export class JoinRefused extends Error {
  override readonly name = "JoinRefused";
}

/** Opens what this PC knows of its site from the journal. */
export async function openSite(room: SiteRoom, secrets: DeviceSecrets): Promise<Site> {
  const { policy, journal } = room;
  const place: SlotPlace = { workstation: policy.workstation, deviceKey: secrets.deviceKey };
  const trust = { controlKey: policy.controlKey, site: policy.site, wards: policy.wards };
  let device = secrets;
  let roster: ReadRoster = { members: [], refused: [] };
  let sealingKey = readSealingKey(await journal.meta());
  // One at a time: two answers of the HIS must not both find "no vault yet".
  let working: Promise<void> = Promise.resolve();

  const held = async (): Promise<HeldStatement[]> => await journal.statements();

  async function reload(): Promise<void> {
    roster = await readRoster({
      statements: await held(),
      // Slots without a sealing key are what a kill left of a vault that never was.
      slots: sealingKey === null ? [] : await journal.slots(),
      trust,
      place,
      now: room.now(),
    });
  }

  async function ensureVault(): Promise<void> {
    const usable = roster.members.filter((member) => slotState(member, room.now()) === "pending");
    if (sealingKey !== null || device.pepper === null || usable.length === 0) return;
    for (const { clinician } of await journal.slots()) await journal.deleteSlot(clinician, []);
    const vault = await createVault({
      entries: usable.map(({ entry }) => entry),
      place,
      epoch: 1,
      random: room.random,
    });
    // Slots first, the meta last and at once: only with the sealing key in it is there a vault at all.
    await journal.putSlots(
      vault.slots,
      vault.slots.map(({ clinician }) => room.audited.slotMade(clinician)),
    );
    await journal.setMeta(vaultMeta(vault));
    sealingKey = vault.sealingKey;
    await reload();
  }

  /** She is refused by her revocation already; her slot goes too, so that nothing of hers is left to try. */
  async function dropRevokedSlots(): Promise<void> {
    const revoked = roster.members.filter(
      (member) => member.slot !== null && slotState(member, room.now()) === "revoked",
    );
    for (const { entry } of revoked)
      await journal.deleteSlot(entry.clinician, [room.audited.slotRemoved(entry.clinician)]);
    if (revoked.length > 0) await reload();
  }

  async function judgeAll(jws: readonly string[]): Promise<void> {
    let changed = false;
    let known = await held();
    for (const one of jws) {
      const judged = await judgeStatement(one, known, trust, room.now());
      if (judged.verdict === "known") continue;
      if (judged.verdict === "refused") {
        if (refusedBefore.has(one)) continue;
        refusedBefore.add(one);
        await journal.appendAudit([room.audited.statementRefused(judged.reason)]);
        continue;
      }
      const { kind, subject, number } = judged.row;
      await journal.putStatement(judged.row, [room.audited.statementKept(kind, subject, number)]);
      known = await held();
      changed = true;
    }
    if (changed) await reload();
    await dropRevokedSlots();
    await ensureVault();
    if (changed) room.onChange();
  }
  /** The HIS offers a bad statement at every poll; one alarm a start is enough. */
  const refusedBefore = new Set<string>();

  function inTurn(work: () => Promise<void>): Promise<void> {
    working = working.catch(() => undefined).then(work);
    return working;
  }

  async function joinNow(signal?: AbortSignal): Promise<"joined" | "already" | "no-code"> {
    if (device.pepper !== null && !mustRejoin) return "already";
    if (policy.join === null) return "no-code";
    const { request, boxPrivateKey } = makeJoinRequest({
      code: policy.join.code,
      workstation: policy.workstation,
      device,
      random: room.random,
    });
    const deadline = AbortSignal.timeout(JOIN_DEADLINE_MS);
    const answer = await room.fetch(policy.join.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(request),
      redirect: "error",
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
    const text = await answer.text();
    if (!answer.ok || text.length > JOIN_ANSWER_BYTES)
      throw new JoinRefused(`the control desk answered ${answer.status} to this PC's join code`);
    device = await acceptJoin({
      jws: statementOf(text),
      controlKey: policy.controlKey,
      site: policy.site,
      now: room.now(),
      workstation: policy.workstation,
      boxPrivateKey,
      device,
      keychain: room.keychain,
    });
    boxPrivateKey.fill(0);
    mustRejoin = false;
    await journal.setMeta({ [REJOIN]: "" });
    await journal.appendAudit([room.audited.joined()]);
    await inTurn(ensureVault);
    room.onChange();
    return "joined";
  }

  // A workstation key that was lost and made again is a stranger to the HIS: this PC has to be joined once more, and
  // remembers that until it is, over restarts too.
  let mustRejoin = (await journal.meta())[REJOIN] === "1";
  if (device.pepper !== null && device.minted.includes("workstation-key")) {
    mustRejoin = true;
    await journal.setMeta({ [REJOIN]: "1" });
  }
  await reload();
  await ensureVault();
  return {
    device: () => device,
    members: () => roster.members,
    people: () =>
      roster.members.map((member) => ({
        id: member.entry.clinician,
        name: member.entry.name,
        roles: member.entry.roles,
        slot: slotState(member, room.now()),
      })),
    sealingKey: () => sealingKey,
    async confirmSealingKey(vault) {
      // SECURITY: P1. Who holds the device key can write the journal: a swapped public key would seal pages to a thief.
      const right = sealingKeyOf(vault.keys);
      if (sealingKey !== null && Buffer.from(sealingKey).equals(right)) return true;
      await journal.setMeta(vaultMeta({ epoch: vault.epoch, slots: [], sealingKey: right }));
      sealingKey = right;
      return false;
    },
    join: joinNow,
    accept: (jws) => inTurn(() => judgeAll(jws)),
    makePendingSlots: (vault) =>
      inTurn(async () => {
        const without = roster.members.filter(
          (member) => slotState(member, room.now()) === "pending",
        );
        if (without.length === 0) return;
        const slots = await addSlots(
          vault,
          without.map(({ entry }) => entry),
        );
        await journal.putSlots(
          slots,
          slots.map(({ clinician }) => room.audited.slotMade(clinician)),
        );
        await reload();
        room.onChange();
      }),
  };
}

function statementOf(text: string): string {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === "object" && answer !== null && "statement" in answer) {
      const { statement } = answer;
      if (typeof statement === "string") return statement;
    }
  } catch {
    // Said below: an HTML page of a proxy is no statement either.
  }
  throw new JoinRefused("the control desk's answer is not a join statement");
}
