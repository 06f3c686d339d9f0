import { decodeJwt } from "jose";
import type { Journal, Remote } from "../store/index.ts";
import {
  envelopeState,
  holderName,
  slotState,
  type HeldEnvelope,
  type ReadRoster,
  type When,
} from "../vault/index.ts";
import type { SiteKeys } from "./site-types.ts";

/** Who may open this PC's vault, and by which statements, for IT. */
export async function slotsAndStatements(input: {
  readonly journal: Pick<Remote<Journal>, "statements" | "allPinFailures" | "meta">;
  readonly roster: ReadRoster;
  readonly envelopes: readonly HeldEnvelope[];
  readonly when: When;
}): Promise<Pick<SiteKeys, "slots" | "statements" | "vaultEpoch">> {
  const { journal, when } = input;
  const failures = new Map(
    (await journal.allPinFailures()).map(({ clinician, count }) => [clinician, count]),
  );
  const people = input.roster.members.map((member) => ({
    holder: member.entry.clinician,
    name: member.entry.name,
    roles: member.entry.roles,
    state: slotState(member, when),
    validTo: earlier(member.expiresAt, member.entry.validTo),
    badges: member.entry.badges.length,
    wrongPins: failures.get(member.entry.clinician) ?? 0,
  }));
  const envelopes = input.envelopes.map((held) => ({
    holder: holderName(held.envelope),
    name: null,
    roles: [],
    state: envelopeState(held, when),
    validTo: earlier(held.expiresAt, held.envelope.validTo),
    badges: 0,
    wrongPins: 0,
  }));
  const statements = (await journal.statements()).map(({ kind, subject, number, jws }) => ({
    kind,
    subject,
    number,
    expiresAt: expiryOf(jws),
  }));
  const epoch = Number((await journal.meta())["vault.epoch"] ?? Number.NaN);
  return {
    slots: [...people, ...envelopes],
    statements,
    vaultEpoch: Number.isInteger(epoch) ? epoch : null,
  };
}

function earlier(a: number, b: string): string {
  return new Date(Math.min(a, Date.parse(b))).toISOString();
}

/** Only for showing: what stands here was verified when it was kept, and is verified again wherever it is obeyed. */
function expiryOf(jws: string): string {
  try {
    const { expiresAt } = decodeJwt(jws);
    return typeof expiresAt === "string" ? new Date(expiresAt).toISOString() : NEVER;
  } catch {
    return NEVER;
  }
}
const NEVER = new Date(0).toISOString();
