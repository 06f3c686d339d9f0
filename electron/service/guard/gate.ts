import { GUARDED_TYPES } from "../../../shared/fhir/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";

/** True for the types whose every incoming version passes {@link decide} and is written in the ledger. */
export function isGuarded(type: string): boolean {
  return (GUARDED_TYPES as readonly string[]).includes(type);
}

/** What the ledger holds of one safety-critical fact. */
export interface AcceptedFact {
  readonly v: 1;
  /** The patient it was about when it was accepted. */
  readonly patient: string;
  /** The last accepted version, whole. */
  readonly resource: FhirResource;
  readonly verdict: "apply-verified" | "apply-unverified";
  /** True when this PC held no earlier version to compare it with. */
  readonly firstSeen: boolean;
  /** Versions that wait for a clinician, oldest first; empty when nothing is held. */
  readonly claims: readonly {
    readonly resource: FhirResource;
    readonly patient: string;
    readonly reason: string;
  }[];
}

export interface IncomingFact {
  readonly patient: string;
  readonly resource: FhirResource;
}

/** The gate's four answers (architecture, "The guard"). */
export type Decision =
  /** Signed by someone entitled: in force. */
  | { readonly verdict: "apply-verified" }
  /** In force, and marked unverified. */
  | { readonly verdict: "apply-unverified" }
  /** The earlier version stays in force; the claim waits for an entitled clinician. */
  | { readonly verdict: "hold"; readonly reason: string }
  /** Both are shown, neither as current. */
  | { readonly verdict: "show-both"; readonly reason: string };

/**
 * The one gate every incoming version of a safety-critical fact passes before it is applied. Pure and deterministic: a
 * page applied again after a kill is decided the same way.
 *
 * Its rules come with the guard itself (signatures, holds). Until then nothing is verified and nothing is held.
 */
export function decide(_previous: AcceptedFact | null, _incoming: IncomingFact): Decision {
  return { verdict: "apply-unverified" };
}

/** The ledger's entry after a decision. `hold` and `show-both` keep the accepted version and add the claim. */
export function factAfter(
  previous: AcceptedFact | null,
  incoming: IncomingFact,
  decision: Decision,
): AcceptedFact | null {
  if (decision.verdict === "apply-verified" || decision.verdict === "apply-unverified")
    return {
      v: 1,
      patient: incoming.patient,
      resource: incoming.resource,
      verdict: decision.verdict,
      firstSeen: previous === null,
      claims: [],
    };
  if (previous === null) return null;
  const others = previous.claims.filter(
    (claim) => !isSameVersion(claim.resource, incoming.resource),
  );
  return { ...previous, claims: [...others, { ...incoming, reason: decision.reason }] };
}

/** True when both are the same version of the same resource, as the HIS counts versions. */
export function isSameVersion(a: FhirResource, b: FhirResource): boolean {
  return (
    a.resourceType === b.resourceType &&
    a.id === b.id &&
    a.meta?.versionId !== undefined &&
    a.meta.versionId === b.meta?.versionId &&
    a.meta.lastUpdated === b.meta.lastUpdated
  );
}
