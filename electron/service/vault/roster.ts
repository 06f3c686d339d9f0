import canonicalize from "canonicalize";
import { Revocation, RosterEntry, type PublicEcJwk } from "../../../shared/trust/index.ts";
import { slotFits, type SlotPlace } from "./slots.ts";
import { StatementRefused, verifyStatement, type StatementRefusal } from "./statement.ts";
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
  readonly entry: RosterEntry;
  readonly number: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** When a revocation takes effect, or null. */
  readonly revokedFrom: number | null;
  /** A slot made here for the keys she has now. */
  readonly slot: Slot | null;
}

/** Whether she may sign in now, and if not why. Asked again at each sign-in, so that an entry that runs out is out. */
export function slotState(member: RosterMember, now: Date): SlotState {
  const at = now.getTime();
  if (member.revokedFrom !== null && member.revokedFrom <= at) return "revoked";
  const { validFrom, validTo } = member.entry;
  if (member.expiresAt <= at || Date.parse(validTo) <= at || Date.parse(validFrom) > at)
    return "expired";
  return member.slot === null ? "pending" : "ready";
}

export interface ReadRoster {
  readonly members: readonly RosterMember[];
  /** Held statements that do not verify (any more): the journal was touched, or the pinned key changed. */
  readonly refused: readonly {
    readonly subject: string;
    readonly number: number;
    readonly reason: StatementRefusal;
  }[];
}

/** Reads held statements and slots into the roster, verifying each statement again. */
export async function readRoster(input: {
  readonly statements: readonly HeldStatement[];
  readonly slots: readonly Slot[];
  readonly trust: RosterTrust;
  readonly place: SlotPlace;
  readonly now: Date;
}): Promise<ReadRoster> {
  const { trust, place, now } = input;
  const refused: { subject: string; number: number; reason: StatementRefusal }[] = [];
  const revocations = new Map<string, { issuedAt: number; from: number }>();
  const entries: { entry: RosterEntry; number: number; issuedAt: number; expiresAt: number }[] = [];

  for (const held of input.statements) {
    if (held.kind !== "revocation" && held.kind !== "roster-entry") continue;
    try {
      // What was accepted in time is read again later: an entry then counts as expired, a revocation never does.
      const statement = await verifyStatement(held.jws, {
        ...trust,
        now,
        kind: held.kind,
        ignoreExpiry: true,
      });
      const issuedAt = Date.parse(statement.issuedAt);
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
  for (const { entry, number, issuedAt, expiresAt } of highest(entries)) {
    if (!servesHere(entry, trust.wards)) continue;
    const revocation = revocations.get(entry.clinician);
    // Only an entry issued after the revocation brings her back: the control key's decision, never the HIS's.
    const revoked = revocation !== undefined && revocation.issuedAt >= issuedAt;
    const slot = input.slots.find((one) => slotFits(one, entry, place)) ?? null;
    const revokedFrom = revoked ? revocation.from : null;
    members.push({ entry, number, issuedAt, expiresAt, revokedFrom, slot });
  }
  return { members, refused };
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
  | { readonly verdict: "known" }
  | { readonly verdict: "refused"; readonly reason: StatementRefusal | "replayed" };

/**
 * Judges a statement the HIS brought. Only a higher number than the one held for its kind and subject is new; a lower
 * one, or other words under the same number, is a replay.
 */
export async function judgeStatement(
  jws: string,
  held: readonly HeldStatement[],
  trust: RosterTrust,
  now: Date,
): Promise<Judgement> {
  if (held.some((one) => one.jws === jws)) return { verdict: "known" };
  try {
    const statement = await verifyStatement(jws, { ...trust, now });
    const { kind, subject, number } = statement;
    if (kind === "join") return { verdict: "refused", reason: "wrong-kind" };
    const before = held.find((one) => one.kind === kind && one.subject === subject);
    if (before !== undefined && number < before.number)
      return { verdict: "refused", reason: "replayed" };
    if (before !== undefined && number === before.number) {
      const known = await verifyStatement(before.jws, { ...trust, now, ignoreExpiry: true });
      return canonicalize(known) === canonicalize(statement)
        ? { verdict: "known" }
        : { verdict: "refused", reason: "replayed" };
    }
    return { verdict: "new", row: { kind, subject, number, jws } };
  } catch (error) {
    if (!(error instanceof StatementRefused)) throw error;
    return { verdict: "refused", reason: error.reason };
  }
}
