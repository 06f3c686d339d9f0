import { AuthorRole } from "../../../shared/trust/index.ts";
import { claimKey } from "./fact.ts";
import type { AcceptedFact, Claim, IncomingFact, Signature, SignedWith, Yielded } from "./fact.ts";
import { decide, factAfter } from "./gate.ts";
import { digestOf } from "./signature/digest.ts";
import { revokedAt } from "./signature/prove.ts";
import type { SigningTrust } from "./signature/prove.ts";

/**
 * Whether a signature that was accepted still counts. It no longer does when its key, or its author, was revoked from a moment
 * before it: a stolen key is found out after it was used. A key of which nothing is said any more was good in its time.
 */
export type StillCounts = (signed: SignedWith) => boolean;

export function stillCounts({ keys, revoked }: SigningTrust): StillCounts {
  const ends = new Map(keys.map(({ kid, until }) => [kid, until]));
  const wasRevoked = revokedAt(revoked);
  return ({ kid, by, at }) => {
    const end = kid === null ? undefined : ends.get(kid);
    return (end === undefined || Date.parse(at) < end) && !wasRevoked(by, at);
  };
}

/**
 * The fact without the signatures that no longer count; null: it rests on none. What gave way to one stands again, and what the
 * HIS said since is weighed once more without it: most of it waits for a clinician. CLINICAL: a medicine stays stopped.
 */
export function withoutRevoked(
  fact: AcceptedFact,
  counts: StillCounts,
  now: number,
): AcceptedFact | null {
  const at = fact.yielded.findIndex(({ to }) => !to.every(counts));
  const first = fact.yielded[at];
  if (first === undefined) return isVouched(fact, counts) ? null : unvouched(fact);
  const before = { ...fact, ...first.stood, yielded: fact.yielded.slice(0, at), claims: [] };
  const stood = isVouched(before, counts) ? before : unvouched(before);
  const again = weighedAgain(stood, wordsSince(fact, at, counts), now);
  return { ...again, claims: again.claims.map((claim) => withReason(claim, fact)) };
}

/** What the HIS said, and whose good word it was. */
interface Word {
  readonly incoming: IncomingFact;
  readonly by: string | null;
  readonly signature: Signature | null;
}

/** What came in place of what stood, one after the other, what is there now, and what is claimed against that. */
function wordsSince(fact: AcceptedFact, at: number, counts: StillCounts): readonly Word[] {
  const { claims, resource } = fact;
  const yielded = fact.yielded.slice(at);
  // An order that is off because of a claim is not gone at the HIS.
  const last = claims.length === 0 ? fact : { ...fact, removed: null };
  const states = [...yielded.slice(1).map(({ stood }) => stood), last];
  return [
    ...states.map((state, index) => ({
      incoming: comingAgain(state),
      by: state.signedBy,
      signature: signatureOver(state, yielded[index], counts),
    })),
    ...claims.map((claim) => ({
      incoming: incomingOf(claim, resource),
      by: claim.by,
      signature: null,
    })),
  ];
}

const ANYBODY: readonly AuthorRole[] = AuthorRole.options;

/** The signature of a state, where it still counts: over what its author had before her, and what it was accepted in place of. */
function signatureOver(
  state: Yielded["stood"],
  before: Yielded | undefined,
  counts: StillCounts,
): Signature | null {
  const { signedBy: author, signedAt: at, signedWith: kid, signedOver: over } = state;
  if (author === null || at === null || kid === null || !counts({ kid, by: author, at }))
    return null;
  const basis = new Map<string, readonly SignedWith[]>();
  if (over !== null) basis.set(over, []);
  const [own] = before?.to ?? [];
  const isItsOwn = own?.kid === kid && own.by === author && own.at === at;
  const stood = before === undefined ? null : digestOf(before.stood.resource);
  if (isItsOwn && stood !== null && before?.to.every(counts) === true) basis.set(stood, []);
  const base = before?.stood.resource.meta?.versionId ?? null;
  // That she was entitled was seen then; of another change than hers the basis is no proof.
  return { author, roles: ANYBODY, at, kid, over, base, basis };
}

function weighedAgain(stood: AcceptedFact, words: readonly Word[], now: number): AcceptedFact {
  return words.reduce<AcceptedFact>((inForce, { incoming, by, signature }) => {
    const decision = decide(inForce, incoming, { now, signature });
    return factAfter(inForce, incoming, decision, by) ?? inForce;
  }, stood);
}

function comingAgain({ patient, resource, removed }: Yielded["stood"]): IncomingFact {
  return removed === null ? { patient, resource } : { patient, gone: removed, last: resource };
}

function incomingOf(claim: Claim, last: AcceptedFact["resource"]): IncomingFact {
  const { patient, resource, removed } = claim;
  if (resource !== null) return { patient, resource };
  return { patient, gone: removed ?? { version: null, at: "", exact: false }, last };
}

function withReason(claim: Claim, { claims }: AcceptedFact): Claim {
  const before = claims.find((one) => claimKey(one) === claimKey(claim));
  const reasons = [...new Set([...claim.reasons, "signer-revoked" as const])];
  return { ...claim, reasons, opinions: before?.opinions ?? claim.opinions };
}

function isVouched(fact: AcceptedFact, counts: StillCounts): boolean {
  const { verdict, signedWith, signedBy, signedAt } = fact;
  if (verdict === "apply-unverified" || signedBy === null || signedAt === null) return true;
  return counts({ kid: signedWith, by: signedBy, at: signedAt });
}

function unvouched(fact: AcceptedFact): AcceptedFact {
  const nobody = { signedBy: null, signedWith: null, signedOver: null };
  return { ...fact, ...nobody, verdict: "apply-unverified" };
}
