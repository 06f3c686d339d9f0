import canonicalize from "canonicalize";
import {
  Revocation,
  RosterEntry,
  type PublicEcJwk,
  type WrappedKeys,
} from "../../../shared/trust/index.ts";
import { hasBegun, isOver, type When } from "./moment.ts";
import { verifyPinChange, type HeldPinChange } from "./pin-change.ts";
import { slotFits, type SlotPlace } from "./slots.ts";
import { STATEMENT_KINDS } from "./statement-kinds.ts";
import {
  StatementRefused,
  verifyStatement,
  type StatementClaim,
  type StatementRefusal,
} from "./statement.ts";
import type { Slot } from "./types.ts";

/** A statement as the journal holds it. */
export interface HeldStatement {
  readonly kind: string;
  readonly subject: string;
  readonly number: number;
  readonly jws: string;
}

/** Who is asked to believe: the pinned key, the site, and the wards this PC serves (none named: all). */
export interface RosterTrust {
  readonly controlKey: PublicEcJwk;
  readonly site: string;
  readonly wards: readonly string[];
}

export type SlotState = "ready" | "pending" | "revoked" | "expired";

/** A clinician this PC knows by a verified statement. Ask {@link slotState} whether she may sign in now. */
export interface RosterMember {
  /** As the control key signed it, but with her current wrap in the place of the first. */
  readonly entry: RosterEntry;
  /**
   * Her private keys as they are wrapped now: as she enrolled, or as her latest changed PIN says. SECURITY: the only wrap
   * that may be tried here. An HIS that withholds a change keeps the old PIN good on the PCs that have not heard of it,
   * until they do or her entry lapses; it cannot bring it back where the change is known.
   */
  readonly wrapped: WrappedKeys;
  readonly number: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** When a revocation takes effect, or null. */
  readonly revokedFrom: number | null;
  /** A slot made here for the keys she has now. */
  readonly slot: Slot | null;
}

/** Whether she may sign in now, and if not why. Asked again at each sign-in, so that an entry that runs out is out. */
export function slotState(member: RosterMember, when: When): SlotState {
  if (member.revokedFrom !== null && hasBegun(member.revokedFrom, when)) return "revoked";
  const { validFrom, validTo } = member.entry;
  const lapsed = isOver(member.expiresAt, when) || isOver(validTo, when);
  if (lapsed || !hasBegun(validFrom, when)) return "expired";
  return member.slot === null ? "pending" : "ready";
}

/** How long the slot of an entry that was not renewed is kept, in case it still is. */
const KEPT_AFTER_EXPIRY_MS = 30 * 24 * 60 * 60_000;

/**
 * Whose slots go for good: who is revoked, whom her entry sends to other wards, and who was not confirmed for 30 days.
 * SECURITY: time alone never destroys: as long as nobody else could open the vault, a slot that merely ran out stays.
 */
export function slotsToRemove(roster: ReadRoster, when: When): readonly string[] {
  const states = roster.members.map((member) => ({ member, state: slotState(member, when) }));
  const somebodyOpens = states.some(({ state }) => state === "ready");
  const going = states.filter(({ member, state }) => {
    if (member.slot === null) return false;
    if (state === "revoked") return true;
    const end = Math.min(member.expiresAt, Date.parse(member.entry.validTo));
    return somebodyOpens && state === "expired" && isOver(end + KEPT_AFTER_EXPIRY_MS, when);
  });
  return [
    ...going.map(({ member }) => member.entry.clinician),
    ...(somebodyOpens ? roster.movedAway : []),
  ];
}

/** How far a ward PC's clock may be behind the desk's. */
const SKEW_MS = 5 * 60_000;

/** What counts for nothing because somebody was revoked: all that is dated from then on and before she was enrolled anew. */
export interface Revoked {
  readonly clinician: string;
  /** Milliseconds since the epoch; the end is no part of it. */
  readonly from: number;
  readonly until: number;
}

export interface ReadRoster {
  readonly members: readonly RosterMember[];
  /** The entry in force of everyone of the site whose statement this PC holds, of other wards too. */
  readonly entries: ReadonlyMap<string, RosterEntry>;
  /** Until when (milliseconds) what each of them signs counts: her entry's end, or her revocation. */
  readonly signsUntil: ReadonlyMap<string, number>;
  readonly revoked: readonly Revoked[];
  /** Who has a slot here, and by her latest entry no ward of this PC any more. */
  readonly movedAway: readonly string[];
  /** The latest moment the control key spoke in any of these statements (milliseconds): it cannot be earlier than that now. */
  readonly spokenAt: number;
  /** Held statements that do not verify (any more): the journal was touched, or the pinned key changed. */
  readonly refused: readonly {
    readonly subject: string;
    readonly number: number;
    readonly reason: StatementRefusal;
  }[];
}

/** Reads held statements, changed PINs and slots into the roster, verifying each signature again. */
export async function readRoster(input: {
  readonly statements: readonly HeldStatement[];
  readonly slots: readonly Slot[];
  /** None: everyone has the PIN she enrolled with. */
  readonly pinChanges?: readonly HeldPinChange[];
  readonly trust: RosterTrust;
  readonly place: SlotPlace;
  readonly now: When;
}): Promise<ReadRoster> {
  const { trust, place, now } = input;
  const refused: { subject: string; number: number; reason: StatementRefusal }[] = [];
  let spokenAt = 0;
  const revocations = new Map<string, { issuedAt: number; from: number }>();
  const entries: { entry: RosterEntry; number: number; issuedAt: number; expiresAt: number }[] = [];

  for (const held of input.statements) {
    if (held.kind !== "revocation" && held.kind !== "roster-entry") continue;
    try {
      // What was accepted in time is read again later: an entry then counts as expired, a revocation never does.
      const kind = held.kind;
      const statement = await verifyStatement(held.jws, {
        ...trust,
        now,
        kind,
        ignoreExpiry: true,
      });
      const issuedAt = Date.parse(statement.issuedAt);
      spokenAt = Math.max(spokenAt, issuedAt);
      if (held.kind === "revocation") {
        const { clinician, from } = Revocation.parse(statement.body);
        revocations.set(clinician, { issuedAt, from: Date.parse(from) });
      } else {
        const entry = RosterEntry.parse(statement.body);
        const expiresAt = Date.parse(statement.expiresAt);
        entries.push({ entry, number: statement.number, issuedAt, expiresAt });
      }
    } catch (error) {
      if (!(error instanceof StatementRefused)) throw error;
      refused.push({ subject: held.subject, number: held.number, reason: error.reason });
    }
  }

  const members: RosterMember[] = [];
  const movedAway: string[] = [];
  const signsUntil = new Map<string, number>();
  const latest = highest(entries);
  for (const { entry, number, issuedAt, expiresAt } of latest) {
    const revocation = revocations.get(entry.clinician);
    // Only an entry issued after the revocation brings her back: the control key's decision, never the HIS's.
    const revoked = revocation !== undefined && revocation.issuedAt >= issuedAt;
    const end = Math.min(expiresAt, Date.parse(entry.validTo));
    signsUntil.set(entry.clinician, revoked ? Math.min(end, revocation.from) : end);
    if (!servesHere(entry, trust.wards)) {
      if (input.slots.some((one) => one.clinician === entry.clinician))
        movedAway.push(entry.clinician);
      continue;
    }
    const slot = input.slots.find((one) => slotFits(one, entry, place)) ?? null;
    const revokedFrom = revoked ? revocation.from : null;
    const wrapped = await currentWrap(entry, input.pinChanges ?? [], trust.site);
    const current = { ...entry, wrapped };
    members.push({ entry: current, wrapped, number, issuedAt, expiresAt, revokedFrom, slot });
  }
  const issued = new Map(latest.map(({ entry, issuedAt }) => [entry.clinician, issuedAt]));
  const revoked = [...revocations].map(([clinician, { issuedAt, from }]) => {
    const anew = issued.get(clinician) ?? 0;
    const until = anew > issuedAt ? anew - SKEW_MS : Number.MAX_SAFE_INTEGER;
    return { clinician, from, until };
  });
  const byClinician = new Map(latest.map(({ entry }) => [entry.clinician, entry]));
  return { members, entries: byClinician, signsUntil, revoked, movedAway, spokenAt, refused };
}

/** Her latest changed PIN for the keys she has now, or the wrap she enrolled with. A new enrolment voids every change. */
async function currentWrap(
  entry: RosterEntry,
  changes: readonly HeldPinChange[],
  site: string,
): Promise<WrappedKeys> {
  let best: { number: number; wrapped: WrappedKeys } | null = null;
  for (const held of changes) {
    if (held.clinician !== entry.clinician || held.box !== entry.keys.box) continue;
    const change = await verifyPinChange(held.jws, entry, site);
    if (change !== null && (best === null || change.number > best.number)) best = change;
  }
  return best?.wrapped ?? entry.wrapped;
}

function highest<T extends { readonly entry: RosterEntry; readonly number: number }>(
  entries: readonly T[],
): T[] {
  const best = new Map<string, T>();
  for (const one of entries) {
    const held = best.get(one.entry.clinician);
    if (held === undefined || one.number > held.number) best.set(one.entry.clinician, one);
  }
  return [...best.values()];
}

function servesHere(entry: RosterEntry, wards: readonly string[]): boolean {
  return wards.length === 0 || entry.wards.some((ward) => wards.includes(ward));
}

export type Judgement =
  | { readonly verdict: "new"; readonly row: HeldStatement }
  /** Held already, word for word: the HIS offers it again at every poll, and that is no alarm. */
  | { readonly verdict: "known"; readonly claim: StatementClaim }
  /** Rightly signed, and meant for another PC. */
  | { readonly verdict: "elsewhere"; readonly claim: StatementClaim }
  | {
      readonly verdict: "refused";
      readonly reason: StatementRefusal | "replayed";
      /** What it says it is, where the signature was good. */
      readonly claim: StatementClaim | null;
    };

/**
 * Judges a statement the HIS or a stick brought. Only a higher number than the one held for its kind and subject is new; a
 * lower one, or other words under the same number, is a replay. What the HIS withholds cannot be seen: that is why every
 * permission expires.
 */
export async function judgeStatement(
  jws: string,
  held: readonly HeldStatement[],
  trust: RosterTrust & { readonly workstation: string },
  now: When,
): Promise<Judgement> {
  const same = held.find((one) => one.jws === jws);
  try {
    const checks = { controlKey: trust.controlKey, site: trust.site, now };
    const statement = await verifyStatement(jws, {
      ...checks,
      ignoreExpiry: same !== undefined,
    });
    const { kind, subject, number } = statement;
    const claim = { kind, subject };
    if (same !== undefined) return { verdict: "known", claim };
    // A join answers one exchange, and only there it is looked for.
    if (kind === "join") return { verdict: "refused", reason: "wrong-kind", claim };
    const only = STATEMENT_KINDS[kind].pc(statement.body);
    if (only !== null && only !== trust.workstation) return { verdict: "elsewhere", claim };
    const before = held.find((one) => one.kind === kind && one.subject === subject);
    const replayed = { verdict: "refused", reason: "replayed", claim } as const;
    if (before === undefined || number > before.number)
      return { verdict: "new", row: { kind, subject, number, jws } };
    if (number < before.number) return replayed;
    const known = await verifyStatement(before.jws, { ...checks, ignoreExpiry: true });
    return canonicalize(known) === canonicalize(statement) ? { verdict: "known", claim } : replayed;
  } catch (error) {
    if (!(error instanceof StatementRefused)) throw error;
    return { verdict: "refused", reason: error.reason, claim: error.claim };
  }
}
