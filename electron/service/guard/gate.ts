import { GUARDED_TYPES } from "../../../shared/fhir/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { HoldReason } from "../../../shared/contract/guard.ts";
import { claimKey, isRefused } from "./fact.ts";
import type { AcceptedFact, Claim, IncomingFact, Removal, Signature, SignedWith } from "./fact.ts";
import { remembering } from "./yielded.ts";
import { changeOf, kindOf } from "./rules/change.ts";
import type { ChangeKind, FactKind } from "./rules/change.ts";
import { isEntitled, isRemembered, isTaking, UNSIGNED } from "./rules/table.ts";
import { digestOf } from "./signature/digest.ts";

/** True for the types whose every incoming version passes {@link decide} and is written in the ledger. */
export function isGuarded(type: string): boolean {
  return (GUARDED_TYPES as readonly string[]).includes(type);
}

/** The gate's answers (architecture, "The guard"). */
export type Decision =
  /** Signed by someone entitled: in force. */
  | {
      readonly verdict: "apply-verified";
      readonly change: ChangeKind;
      readonly signature: Signature;
      /** Others' signatures by which it leads back to what was in force. */
      readonly links: readonly SignedWith[];
    }
  /** In force, and marked unverified. */
  | { readonly verdict: "apply-unverified"; readonly change: ChangeKind }
  /** The same words under another number: what was said of them before still holds. */
  | { readonly verdict: "keep" }
  /** A clinician has refused this very claim: nothing changes. */
  | { readonly verdict: "refused" }
  /** The earlier version stays in force (or, `stops`, the order is off); the claim waits for an entitled clinician. */
  | { readonly verdict: "hold"; readonly reasons: readonly HoldReason[]; readonly stops: boolean }
  /** Both are shown, neither as current. */
  | { readonly verdict: "show-both"; readonly reasons: readonly HoldReason[] };

export interface Circumstances {
  readonly now: number;
  /** A signature over exactly this version or removal, already found good; null: there is none. */
  readonly signature: Signature | null;
}

/**
 * The one gate every incoming version of a safety-critical fact, and every removal of one, passes before it is applied. Pure and
 * deterministic: a page applied again after a kill is decided the same way.
 */
export function decide(
  previous: AcceptedFact | null,
  incoming: IncomingFact,
  { now, signature }: Circumstances,
): Decision {
  const last = "gone" in incoming ? incoming.last : incoming.resource;
  const kind = kindOf(previous?.resource ?? null, last);
  const { kind: change, reasons } = changeOf(kind, previous, incoming, now);
  if (
    signature !== null &&
    !isReplayed(previous, incoming, change, signature) &&
    isEntitled(signature.roles, kind, change)
  ) {
    const links = isTaking(change) ? linksToWhatIsInForce(previous, signature) : [];
    if (links !== null) return { verdict: "apply-verified", change, signature, links };
  }
  if (change === "same" && previous !== null && !("gone" in incoming)) return { verdict: "keep" };
  if (change !== "stops" && isRefused(previous?.refused ?? [], asClaim(incoming)))
    return { verdict: "refused" };
  const unsigned = UNSIGNED[kind][change];
  switch (unsigned) {
    case "apply":
      return { verdict: "apply-unverified", change };
    case "show-both":
      return { verdict: "show-both", reasons };
    case "hold":
    case "stop-and-hold":
      // Without an earlier version there is nothing to keep in force.
      if (previous === null) return { verdict: "apply-unverified", change };
      return { verdict: "hold", reasons, stops: unsigned === "stop-and-hold" };
  }
}

/**
 * SECURITY: an old signature is as good as ever, and says what was true then. It counts only when it was made upon the version
 * held here, or after everything accepted here.
 */
function isReplayed(
  previous: AcceptedFact | null,
  incoming: IncomingFact,
  change: ChangeKind,
  signature: Signature,
): boolean {
  if (previous === null) return false;
  const { versionId, lastUpdated } = previous.resource.meta ?? {};
  const moment = Date.parse(signature.at);
  if (previous.signedAt !== null && moment <= Date.parse(previous.signedAt)) return true;
  // Taken as it came, and its signature comes now: it is the one of this very version.
  if (change === "same" && "resource" in incoming) return !isOf(incoming.resource, signature);
  if (signature.base !== null && signature.base === versionId) return false;
  const since = Date.parse(previous.removed?.at ?? lastUpdated ?? "");
  return moment < since;
}

/** A signature waits this long for the HIS at most: an outage of a shift. */
const LONGEST_OUTAGE_MS = 12 * 60 * 60_000;

/** Whether a version is the one that followed what was signed upon; a HIS that does not count its versions dates them. */
function isOf({ meta }: FhirResource, { base, at }: Signature): boolean {
  const [number, before] = [Number(meta?.versionId), base === null ? 0 : Number(base)];
  if (Number.isInteger(number) && Number.isInteger(before)) return number === before + 1;
  const lag = Date.parse(meta?.lastUpdated ?? "") - Date.parse(at);
  return Math.abs(lag) <= LONGEST_OUTAGE_MS;
}

/**
 * SECURITY: who signs a change of what a thief has changed before her does not sign the thief's change: null when her signature
 * does not lead back to what is in force here.
 */
function linksToWhatIsInForce(
  previous: AcceptedFact | null,
  { basis }: Signature,
): readonly SignedWith[] | null {
  if (previous === null || previous.removed !== null) return [];
  const digest = digestOf(previous.resource);
  return digest === null ? null : (basis.get(digest) ?? null);
}

function asClaim(incoming: IncomingFact): Pick<Claim, "resource" | "removed"> {
  return "gone" in incoming
    ? { resource: null, removed: incoming.gone }
    : { resource: incoming.resource, removed: null };
}

/** A fact of which the ledger knows nothing (any more), as the chart holds it: the only thing there is to compare with. */
export function firstSeen(patient: string, resource: FhirResource): AcceptedFact {
  return {
    v: 1,
    patient,
    resource,
    verdict: "apply-unverified",
    firstSeen: true,
    removed: null,
    signedAt: null,
    signedBy: null,
    signedWith: null,
    signedOver: null,
    yielded: [],
    before: null,
    claims: [],
    refused: [],
  };
}

/**
 * The ledger's entry after a decision; null: there is nothing to write. `hold` and `show-both` keep the accepted version and add
 * the claim; an accepted removal keeps the last version and says that it is gone.
 */
export function factAfter(
  previous: AcceptedFact | null,
  incoming: IncomingFact,
  decision: Decision,
  by: string | null = null,
): AcceptedFact | null {
  switch (decision.verdict) {
    case "refused":
      return previous;
    case "keep":
      // The HIS is back at what is in force: nothing is claimed any more.
      return previous === null || "gone" in incoming
        ? previous
        : { ...previous, resource: incoming.resource, claims: [] };
    case "apply-verified":
    case "apply-unverified":
      return applied(previous, incoming, decision);
    case "hold":
    case "show-both":
      return previous === null ? null : claimed(previous, incoming, decision, by);
  }
}

function applied(
  previous: AcceptedFact | null,
  incoming: IncomingFact,
  decision: Extract<Decision, { verdict: "apply-verified" | "apply-unverified" }>,
): AcceptedFact {
  const isRemoval = "gone" in incoming;
  const isVerified = decision.verdict === "apply-verified";
  const resource = isRemoval ? (previous?.resource ?? incoming.last) : incoming.resource;
  const kind = kindOf(previous?.resource ?? null, resource);
  return {
    v: 1,
    // CLINICAL: an order stopped under another patient's name stops where it was given.
    patient:
      decision.change === "stops" ? (previous?.patient ?? incoming.patient) : incoming.patient,
    resource,
    verdict: decision.verdict,
    firstSeen: isRemoval ? (previous?.firstSeen ?? true) : previous === null && !isVerified,
    removed: isRemoval ? incoming.gone : null,
    signedAt: isVerified ? decision.signature.at : (previous?.signedAt ?? null),
    signedBy: isVerified ? decision.signature.author : null,
    signedWith: isVerified ? decision.signature.kid : null,
    signedOver: isVerified ? decision.signature.over : null,
    yielded: yieldedAfter(previous, kind, decision),
    before: isVerified || isRemoval ? null : earlier(previous, resource),
    claims: [],
    refused: previous?.refused ?? [],
  };
}

/** Remembered from the first signed change on that unsigned would have waited: what came after it is weighed again with it. */
function yieldedAfter(
  previous: AcceptedFact | null,
  kind: FactKind,
  decision: Extract<Decision, { verdict: "apply-verified" | "apply-unverified" }>,
): AcceptedFact["yielded"] {
  if (previous === null) return [];
  const isVerified = decision.verdict === "apply-verified";
  const begins = isVerified && isRemembered(kind, decision.change);
  if (!begins && previous.yielded.length === 0) return [];
  const to = isVerified ? [signedWith(decision.signature), ...decision.links] : [];
  return remembering(previous, to);
}

function signedWith({ kid, author: by, at }: Signature): SignedWith {
  return { kid, by, at };
}

/** The version a changed order is shown against: the last that was verified or taken as it came. */
function earlier(previous: AcceptedFact | null, resource: FhirResource): FhirResource | null {
  if (previous === null || previous.removed !== null) return null;
  return resource.resourceType === "MedicationRequest"
    ? (previous.before ?? previous.resource)
    : null;
}

function claimed(
  previous: AcceptedFact,
  incoming: IncomingFact,
  decision: Extract<Decision, { verdict: "hold" | "show-both" }>,
  by: string | null,
): AcceptedFact {
  const claim: Claim = {
    ...asClaim(incoming),
    patient: incoming.patient,
    reasons: decision.reasons,
    bothShown: decision.verdict === "show-both",
    by,
    opinions: [],
  };
  // A listing that lacks it says again, and less exactly, what a tombstone has said: what is known of that stays.
  const isGoneStill = claim.removed?.exact === false;
  if (isGoneStill && previous.claims.some((one) => one.removed !== null)) return previous;
  const key = claimKey(claim);
  const same = previous.claims.find((one) => claimKey(one) === key);
  // Only the HIS's last word is claimed: what it has itself overwritten is no choice any more.
  const claims = [same === undefined ? claim : { ...same, by: by ?? same.by }];
  const removed =
    decision.verdict === "hold" && decision.stops
      ? (previous.removed ?? stoppedAt(incoming))
      : previous.removed;
  return { ...previous, claims, removed };
}

function stoppedAt(incoming: IncomingFact): Removal {
  if ("gone" in incoming) return incoming.gone;
  const { versionId, lastUpdated } = incoming.resource.meta ?? {};
  return { version: versionId ?? null, at: lastUpdated ?? "", exact: false };
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
