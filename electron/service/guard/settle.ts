import type { FhirResource } from "../../../shared/fhir/index.ts";
import { claimKey } from "./fact.ts";
import { remembering } from "./yielded.ts";
import type { AcceptedFact, Claim } from "./fact.ts";

/** A clinician's word on a claim. */
export interface Settlement {
  /** {@link claimKey} of what she saw. */
  readonly claim: string;
  readonly verdict: "accept" | "keep";
  readonly by: string;
  /** ISO instant. */
  readonly at: string;
  /** Kept though the HIS has deleted it: how it is written there anew, under an id of ours. */
  readonly anew: FhirResource | null;
}

/** The claim she decided about, as it stands now; null: the HIS has said something else meanwhile. */
export function claimOf(fact: AcceptedFact, key: string): Claim | null {
  return fact.claims.find((claim) => claimKey(claim) === key) ?? null;
}

/**
 * The facts as the ledger holds them once she has decided; null when the claim is no longer there. Kept after a deletion there
 * are two: the old one, gone, and the same words under their new id.
 */
export function settled(
  fact: AcceptedFact,
  settlement: Settlement,
): readonly AcceptedFact[] | null {
  const claim = claimOf(fact, settlement.claim);
  if (claim === null) return null;
  return settlement.verdict === "accept"
    ? [accepted(fact, claim, settlement)]
    : kept(fact, claim, settlement);
}

function accepted(fact: AcceptedFact, claim: Claim, { by, at }: Settlement): AcceptedFact {
  return {
    ...fact,
    ...vouched(by, at),
    patient: claim.patient,
    resource: claim.resource ?? fact.resource,
    removed: claim.resource === null ? claim.removed : null,
    // She may turn out to have been somebody with her badge and PIN.
    yielded: remembering(fact, [{ kid: null, by, at: new Date(at).toISOString() }]),
    claims: [],
  };
}

function kept(fact: AcceptedFact, claim: Claim, { by, at, anew }: Settlement): AcceptedFact[] {
  const refused = [...fact.refused, claimKey(claim)];
  // CLINICAL: an order that was only off because its patient was in question may be given again; one that had ended may not.
  const wasInQuestion = claim.reasons.includes("re-pointed");
  const removed = wasInQuestion ? null : fact.removed;
  if (claim.resource !== null || anew === null)
    return [{ ...fact, ...vouched(by, at), removed, claims: [], refused }];
  const gone = { ...fact, removed: claim.removed, claims: [], refused };
  return [gone, { ...fact, ...vouched(by, at), resource: anew, claims: [] }];
}

/** Her own word stands behind what is in force now. */
function vouched(by: string, at: string) {
  return {
    verdict: "apply-verified",
    firstSeen: false,
    signedBy: by,
    signedWith: null,
    signedOver: null,
    // What it gave way to before is settled: she had both sides before her.
    yielded: [],
    signedAt: new Date(at).toISOString(),
    before: null,
  } as const;
}
