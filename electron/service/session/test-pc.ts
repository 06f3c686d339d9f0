import { randomBytes } from "node:crypto";
import type { ToBadge } from "../../../shared/badge.ts";
import type { RosterEntry } from "../../../shared/trust/index.ts";
import type { AuditNote } from "../audit/index.ts";
import { DEFAULT_POLICY, type Policy } from "../policy/index.ts";
import type { AccessRow } from "../store/types.ts";
import { NOW, SITE, WORKSTATION, type Hospital } from "../testing/index.ts";
import {
  addSlots,
  createVault,
  readRoster,
  slotState,
  type DeviceSecrets,
  type HeldStatement,
  type OpenVault,
  type RosterMember,
  type Slot,
} from "../vault/index.ts";
import { createSession, EnvelopeRefused, type Session } from "./index.ts";
import type { SessionInput } from "./types.ts";

const deviceKey = new Uint8Array(32).fill(3);
const place = { workstation: WORKSTATION, deviceKey };

type Enrolling = NonNullable<Parameters<Hospital["enrol"]>[2]>["entry"];

/** What a test makes of its PC. */
export interface PcWishes {
  readonly session?: Partial<Policy["session"]>;
  readonly huda?: Enrolling;
  readonly sara?: Enrolling;
  readonly change?: Partial<SessionInput>;
}

/** A workstation whose time only moves when the test says so: huda has a slot, sara waits for hers. */
export async function workstation(hospital: Hospital, wishes: PcWishes = {}) {
  const huda = await hospital.enrol("huda", "4711", { entry: wishes.huda ?? {} });
  const sara = await hospital.enrol("sara", "2580", { entry: wishes.sara ?? {} });
  const statements: HeldStatement[] = [
    { kind: "roster-entry", subject: "huda", number: 1, jws: huda.jws },
    { kind: "roster-entry", subject: "sara", number: 1, jws: sara.jws },
  ];
  const made = await createVault({ entries: [huda.entry], place, epoch: 1, random: randomBytes });
  const slots: Slot[] = [...made.slots];

  let members: readonly RosterMember[] = [];
  async function reload(): Promise<void> {
    const trust = { controlKey: hospital.controlKey, site: SITE, wards: [] };
    const read = await readRoster({ statements, slots, trust, place, now: NOW });
    members = read.members;
  }
  await reload();

  let elapsed = 0;
  let asleep = 0;
  let wallShift = 0;
  let timers: { due: number; call: () => void }[] = [];
  const clock = {
    now: () => new Date(NOW.getTime() + elapsed + asleep + wallShift),
    monotonic: () => elapsed,
    sleepless: () => elapsed + asleep,
  };
  const trail: AuditNote[] = [];
  const failures = new Map<string, { count: number; lastAt: number | null }>();
  const log: string[] = [];
  const problems: unknown[] = [];
  const gate: { openRecords: () => Promise<void> } = { openRecords: async () => {} };
  const countHooks: (() => void)[] = [];
  const device: DeviceSecrets = {
    deviceKey,
    workstationKey: {} as DeviceSecrets["workstationKey"],
    pepper: hospital.pepper,
    itSeed: null,
    minted: [],
  };
  let vaultSeen: OpenVault | null = null;
  const kept: { counts: Record<string, { count: number; lastAt: number }>; log: string[] } = {
    counts: {},
    log: [],
  };
  const accesses: AccessRow[] = [];
  const usedEnvelopes = new Set<string>();
  /** Codes of envelopes, and whose PIN stands in for the envelope's own keys. */
  const envelopes = new Map<string, { id: string; open: () => Promise<OpenVault> }>();
  const asked: ToBadge[] = [];
  const journalFaults: { putAccess: () => void } = { putAccess: () => undefined };

  const start = (): Session => {
    let ids = 0;
    const session = createSession({
      device: () => device,
      journal: {
        pinFailures: async (id) => failures.get(id) ?? { count: 0, lastAt: null },
        countPinFailure: async (id, at) => {
          const count = (failures.get(id)?.count ?? 0) + 1;
          failures.set(id, { count, lastAt: at });
          for (const hook of countHooks) hook();
          return { count };
        },
        clearPinFailures: async (id) => void failures.delete(id),
        raisePinFailures: async (rows) => {
          for (const { clinician, count, lastAt } of rows)
            if (count > (failures.get(clinician)?.count ?? 0))
              failures.set(clinician, { count, lastAt });
        },
        putAccess: async (row) => {
          journalFaults.putAccess();
          accesses.push(row);
        },
        useEnvelope: async (id) => {
          if (usedEnvelopes.has(id)) return false;
          usedEnvelopes.add(id);
          return true;
        },
      },
      failures: {
        read: async () => ({ ...kept.counts }),
        write: async (counts) => {
          kept.counts = { ...counts };
          kept.log.push(JSON.stringify(counts));
        },
      },
      audit: {
        record: async (note) => {
          trail.push(note);
        },
        body: (note) => {
          trail.push(note);
          return JSON.stringify(note);
        },
      },
      limits: { ...DEFAULT_POLICY.session, ...wishes.session },
      site: SITE,
      workstation: WORKSTATION,
      wards: ["ward-a", "ward-b"],
      verifyProof: ({ certificate, signature, challenge, trusted }) =>
        trusted.includes(certificate) && signature === proofOf(certificate, challenge),
      random: randomBytes,
      newId: () => `00000000-0000-4000-8000-${String((ids += 1)).padStart(12, "0")}`,
      openEnvelope: async (code) => {
        const envelope = envelopes.get(code);
        if (envelope === undefined) throw new EnvelopeRefused("unknown");
        return { vault: await envelope.open(), envelope: envelope.id };
      },
      roster: {
        members: () => members,
        makePendingSlots: async (vault) => {
          const pending = members.filter((one) => slotState(one, NOW) === "pending");
          slots.push(
            ...(await addSlots(
              vault,
              pending.map(({ entry }) => entry),
            )),
          );
          await reload();
        },
      },
      clock,
      timers: {
        after(ms, call) {
          const timer = { due: elapsed + ms, call };
          timers.push(timer);
          return () => {
            timers = timers.filter((one) => one !== timer);
          };
        },
      },
      openRecords: async (vault) => {
        vaultSeen = vault;
        await gate.openRecords();
        log.push("records open");
        return vault;
      },
      closeRecords: async () => {
        log.push("records closed");
      },
      onProblem: (what, error) => problems.push([what, error]),
      ...wishes.change,
    });
    session.onBadgeAsk((message) => asked.push(message));
    return session;
  };

  return {
    start,
    trail,
    log,
    problems,
    gate,
    countHooks,
    failures,
    kept,
    accesses,
    usedEnvelopes,
    envelopes,
    asked,
    journalFaults,
    deviceSecrets: device,
    members: () => members,
    vaultSeen: () => vaultSeen,
    shiftWall: (ms: number) => {
      wallShift += ms;
    },
    /** The PC sleeps: the monotonic clock stands still, and no timer fires. */
    sleep: (ms: number) => {
      asleep += ms;
    },
    /** Moves time without letting timers fire: a stalled event loop. */
    stall: (ms: number) => {
      elapsed += ms;
    },
    advance(ms: number) {
      const until = elapsed + ms;
      for (;;) {
        const due = timers.filter((one) => one.due <= until).toSorted((a, b) => a.due - b.due)[0];
        if (due === undefined) break;
        timers = timers.filter((one) => one !== due);
        elapsed = Math.max(elapsed, due.due);
        due.call();
      }
      elapsed = until;
    },
    async revoke(clinician: string) {
      const jws = await hospital.revoke(clinician);
      statements.push({ kind: "revocation", subject: clinician, number: 1, jws });
      await reload();
    },
  };
}

/** Stands for a card's signature: over this challenge, with the key of this certificate. */
export const proofOf = (certificate: string, challenge: Uint8Array | string): string =>
  `${certificate}:${typeof challenge === "string" ? challenge : Buffer.from(challenge).toString("base64")}`;

/** Two badges a test's people carry. */
export const badgeOf = (uid: string, certificate?: string): Pick<RosterEntry, "badges"> => ({
  badges: [{ uid, ...(certificate === undefined ? {} : { certificate }) }],
});

/** Whether a vault's keys are gone from memory. */
export const zeroed = (vault: Pick<OpenVault, "keys"> | null): boolean =>
  vault !== null && Object.values(vault.keys).every((key: Uint8Array) => key.every((b) => b === 0));
