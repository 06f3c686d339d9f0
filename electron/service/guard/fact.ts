import type { HoldReason } from "../../../shared/contract/guard.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { digestOf } from "./signature/digest.ts";
import type { AuthorRole } from "../../../shared/trust/index.ts";

/** The HIS no longer holds a resource: which version of it ended, and when, as far as the HIS says so. */
export interface Removal {
  /** The tombstone's own version; null when the HIS gives none. */
  readonly version: string | null;
  /** Server time, ISO instant, at which it was gone. */
  readonly at: string;
  /** False when the HIS does not say when: `at` is then the time at which it was found to be gone. */
  readonly exact: boolean;
}

/** A version, or a removal, that was not applied. */
export interface Claim {
  /** Null when the claim is that it is gone. */
  readonly resource: FhirResource | null;
  readonly removed: Removal | null;
  /** Whom it names. */
  readonly patient: string;
  readonly reasons: readonly HoldReason[];
  /** Neither it nor what was there is current. */
  readonly bothShown: boolean;
  /** Who did it, as the HIS says: nothing proves it. */
  readonly by: string | null;
  /** What clinicians have said of it where policy wants two of them, each one's last word. */
  readonly opinions: readonly Opinion[];
}

/** One clinician's word on a claim that needs another's. */
export interface Opinion {
  readonly by: string;
  readonly verdict: "accept" | "keep";
  /** Instant and offset. */
  readonly at: string;
  readonly reason: string;
}

/** One signature that a fact rests on. */
export interface SignedWith {
  /** RFC 7638 of the key; null: her own word at this PC, or accepted before this was kept. */
  readonly kid: string | null;
  /** Its author. */
  readonly by: string;
  /** When it was signed, ISO instant. */
  readonly at: string;
}

/** What stood here before it gave way to somebody's signature: it stands again if that turns out to have been a thief's. */
export interface Yielded {
  /** The signatures it gave way to, and those by which the newest led back to what stood here; none: to an unsigned change. */
  readonly to: readonly SignedWith[];
  readonly stood: Pick<
    AcceptedFact,
    | "patient"
    | "resource"
    | "verdict"
    | "firstSeen"
    | "removed"
    | "signedAt"
    | "signedBy"
    | "signedWith"
    | "signedOver"
    | "before"
  >;
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
  /** Set when it is no longer in force: the version above is then the last there was. */
  readonly removed: Removal | null;
  /** Of the last signature that was accepted for it: an older one is a replay. */
  readonly signedAt: string | null;
  readonly signedBy: string | null;
  /** The key of the signature that stands behind the version in force; null: none does, or her own word at this PC. */
  readonly signedWith: string | null;
  /** Digest of what its author had before her; null: nothing, or as above. */
  readonly signedOver: string | null;
  /** Oldest first; empty for nearly all. */
  readonly yielded: readonly Yielded[];
  /** For an order that was changed unsigned: the version before, to be shown beside it. */
  readonly before: FhirResource | null;
  /** Versions that wait for a clinician, oldest first; empty when nothing is held. */
  readonly claims: readonly Claim[];
  /** Claims that a clinician has refused ({@link claimKey}): the HIS repeats them until it has her decision. */
  readonly refused: readonly string[];
}

/** Who signed a version or removal, once the signature has been found good (`signature/`). */
export interface Signature {
  /** Logical id of the Practitioner, or of the hospital's service that vouches for her. */
  readonly author: string;
  readonly roles: readonly AuthorRole[];
  /** When the act was signed, ISO instant. */
  readonly at: string;
  /** The version it was made upon; null: a new fact. */
  readonly base: string | null;
  /** The key, RFC 7638. */
  readonly kid: string;
  /** Digest of what its author had before her; null: nothing. */
  readonly over: string | null;
  /**
   * By digest what its author had before her, and what those who signed before her had, with the signatures by which it leads
   * back there: it is known what was changed.
   */
  readonly basis: ReadonlyMap<string, readonly SignedWith[]>;
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

/** Whether a clinician has refused this claim; of before 2026-11-30 only number and time were kept. */
export function isRefused(
  refused: readonly string[],
  claim: Pick<Claim, "resource" | "removed">,
): boolean {
  if (refused.length === 0) return false;
  const key = claimKey(claim);
  return refused.includes(key) || refused.includes(key.split("#")[0] ?? "");
}

/**
 * Names a claim: the HIS repeats it in every overlap and listing. SECURITY: other words under the same number and time are
 * another claim, so that nobody's word on the first counts for the second.
 */
export function claimKey(claim: Pick<Claim, "resource" | "removed">): string {
  if (claim.resource !== null) {
    const { versionId = "?", lastUpdated = "?" } = claim.resource.meta ?? {};
    return `${versionId}@${lastUpdated}#${digestOf(claim.resource) ?? ""}`;
  }
  const { removed } = claim;
  return removed?.exact === true ? `gone:${removed.version ?? "?"}@${removed.at}` : "gone";
}
