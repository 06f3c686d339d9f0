import { GUARDED_TYPES } from "../../../shared/fhir/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";

/** True for the types whose every incoming version passes {@link decide} and is written in the ledger. */
export function isGuarded(type: string): boolean {
  return (GUARDED_TYPES as readonly string[]).includes(type);
}

/** The HIS no longer holds a resource: which version of it ended, and when, as far as the HIS says so. */
export interface Removal {
  /** The tombstone's own version; null when the HIS gives none. */
  readonly version: string | null;
  /** Server time, ISO instant, at which it was gone. */
  readonly at: string;
  /** False when the HIS does not say when: `at` is then the time at which it was found to be gone. */
  readonly exact: boolean;
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
  /** Set when its removal at the HIS was accepted: the version above is then the last there was, no longer in force. */
  readonly removed: Removal | null;
  /** Versions that wait for a clinician, oldest first; empty when nothing is held. */
  readonly claims: readonly {
    /** Null when the claim is that it is gone. */
    readonly resource: FhirResource | null;
    readonly removed: Removal | null;
    readonly patient: string;
    readonly reason: string;
  }[];
}

/** A version that comes. */
export interface IncomingVersion {
  readonly patient: string;
  readonly resource: FhirResource;
}
/** A removal that comes; `last` is the version this PC holds, which would go. */
export interface IncomingRemoval {
  readonly patient: string;
  readonly gone: Removal;
  readonly last: FhirResource;
}
export type IncomingFact = IncomingVersion | IncomingRemoval;

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
 * The one gate every incoming version of a safety-critical fact, and every removal of one, passes before it is applied. Pure and deterministic: a
 * page applied again after a kill is decided the same way.
 *
 * Its rules come with the guard itself (signatures, holds). Until then nothing is verified and nothing is held.
 */
export function decide(_previous: AcceptedFact | null, _incoming: IncomingFact): Decision {
  return { verdict: "apply-unverified" };
}

/**
 * The ledger's entry after a decision. `hold` and `show-both` keep the accepted version and add the claim; an accepted
 * removal keeps the last version and says that it is gone.
 */
export function factAfter(
  previous: AcceptedFact | null,
  incoming: IncomingFact,
  decision: Decision,
): AcceptedFact | null {
  const isRemoval = "gone" in incoming;
  if (decision.verdict === "apply-verified" || decision.verdict === "apply-unverified")
    return {
      v: 1,
      patient: incoming.patient,
      resource: isRemoval ? (previous?.resource ?? incoming.last) : incoming.resource,
      verdict: decision.verdict,
      firstSeen: isRemoval ? (previous?.firstSeen ?? true) : previous === null,
      removed: isRemoval ? incoming.gone : null,
      claims: [],
    };
  if (previous === null) return null;
  const claim = {
    resource: isRemoval ? null : incoming.resource,
    removed: isRemoval ? incoming.gone : null,
    patient: incoming.patient,
    reason: decision.reason,
  };
  const others = previous.claims.filter(({ resource }) =>
    resource === null || claim.resource === null
      ? resource !== claim.resource
      : !isSameVersion(resource, claim.resource),
  );
  return { ...previous, claims: [...others, claim] };
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
