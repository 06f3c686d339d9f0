import type { HoldReason } from "../../../../shared/contract/guard.ts";
import { allergyStanding } from "../../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../../shared/fhir/index.ts";
import type { AcceptedFact, IncomingFact } from "../fact.ts";
import { allergyTakes } from "./allergy.ts";
import { isSameContent } from "./content.ts";
import { identityTakes } from "./identity.ts";
import { hasEnded, isAdministrable, isProhibition, saysOtherwiseThanNo } from "./order.ts";
import { isCodeStatus, isInForce, saysOtherwise } from "./statement.ts";

/** Which row of the table a fact is in. */
export type FactKind =
  | "allergy"
  | "order"
  | "prohibition"
  | "identity"
  | "code-status"
  | "alert"
  | "request";

/** What happens to it. */
export type ChangeKind =
  /** Nothing was in force before. */
  | "new"
  /** Another version number, the same words. */
  | "same"
  /** Other words that take nothing away (for an order: any other words). */
  | "adds"
  | "takes"
  /** An order: it may not be given any longer. */
  | "stops"
  /** An order that had ended: it is to be given again. */
  | "reopens"
  /** An order: an older version would bring back what was changed since. */
  | "goes-back"
  /** It is said to be another patient's. */
  | "moves"
  /** The same version number with other words: nobody's change, by the HIS's own count. */
  | "rewritten"
  /** The HIS holds it no longer. */
  | "gone";

export interface Change {
  readonly kind: ChangeKind;
  readonly reasons: readonly HoldReason[];
}

/** The kind of a fact. A code status stays one whichever of the two versions says so: re-coding it does not hide it. */
export function kindOf(previous: FhirResource | null, incoming: FhirResource): FactKind {
  switch (incoming.resourceType) {
    case "AllergyIntolerance":
      return "allergy";
    case "MedicationRequest":
      return previous !== null && isProhibition(previous) ? "prohibition" : "order";
    case "Patient":
      return "identity";
    default:
      if (isCodeStatus(incoming) || (previous !== null && isCodeStatus(previous)))
        return "code-status";
      return incoming.resourceType === "Flag" ? "alert" : "request";
  }
}

/** What the incoming version or removal would do to the fact that is in force here. Pure. */
export function changeOf(
  kind: FactKind,
  previous: AcceptedFact | null,
  incoming: IncomingFact,
  now: number,
): Change {
  if (previous === null || previous.removed !== null) {
    if ("gone" in incoming)
      return isHarmlessToLose(kind, incoming.last)
        ? { kind: "same", reasons: [] }
        : { kind: "gone", reasons: ["removed"] };
    // CLINICAL: an order that was taken off does not come back by being written again.
    if (previous !== null && kind === "order") return endedOrderChange(incoming.resource);
    return { kind: "new", reasons: [] };
  }
  const before = previous.resource;
  if ("gone" in incoming)
    return isHarmlessToLose(kind, before)
      ? { kind: "same", reasons: [] }
      : { kind: "gone", reasons: ["removed"] };
  const { resource: after, patient } = incoming;
  if (patient !== previous.patient) return { kind: "moves", reasons: ["re-pointed"] };
  if (isSameContent(before, after)) return { kind: "same", reasons: [] };
  const change = contentChange(kind, before, after, now);
  // SECURITY: a server counts its versions; what changed without a count was changed beneath it.
  const isRewritten = isSameNumber(before, after) && change.kind !== "stops";
  return isRewritten ? { kind: "rewritten", reasons: ["same-version", ...change.reasons] } : change;
}

function contentChange(
  kind: FactKind,
  before: FhirResource,
  after: FhirResource,
  now: number,
): Change {
  switch (kind) {
    case "allergy":
      return taking(takenFromAllergy(before, after, now));
    case "identity":
      return taking(identityTakes(before, after));
    case "order":
      return orderChange(before, after);
    case "prohibition":
      return taking(saysOtherwiseThanNo(before, after) ? ["prohibition-changed"] : []);
    case "code-status":
      return taking(saysOtherwise(before, after) ? ["code-status-changed"] : []);
    case "alert":
      return taking(isInForce(before) && saysOtherwise(before, after) ? ["alert-changed"] : []);
    case "request":
      return { kind: "adds", reasons: [] };
  }
}

function taking(reasons: readonly HoldReason[]): Change {
  return { kind: reasons.length > 0 ? "takes" : "adds", reasons: [...new Set(reasons)] };
}

/** Nothing but another end: on-hold or draft is a step on the way back. */
function endedOrderChange(after: FhirResource): Change {
  return hasEnded(after)
    ? { kind: "stops", reasons: [] }
    : { kind: "reopens", reasons: ["reopened"] };
}

function orderChange(before: FhirResource, after: FhirResource): Change {
  if (hasEnded(before)) return endedOrderChange(after);
  if (!isAdministrable(after)) return { kind: "stops", reasons: [] };
  return isOlder(after, before)
    ? { kind: "goes-back", reasons: ["older-version"] }
    : { kind: "adds", reasons: [] };
}

/** A statement that nothing harms protects nobody; what is refuted or over is not in force. */
function takenFromAllergy(
  before: FhirResource,
  after: FhirResource,
  now: number,
): readonly HoldReason[] {
  const [old, next] = [allergyStanding(before), allergyStanding(after)];
  if (!old.inForce) return [];
  if (old.kind === "allergy") return allergyTakes(before, after, now);
  // CLINICAL: "no known food allergy" that becomes "no known allergy" says more than was said.
  return next.kind !== "allergy" && next.kind !== old.kind ? ["re-coded"] : [];
}

function isHarmlessToLose(kind: FactKind, last: FhirResource): boolean {
  if (kind === "allergy") {
    const { inForce, kind: says } = allergyStanding(last);
    return !inForce || says !== "allergy";
  }
  return (kind === "alert" || kind === "code-status") && !isInForce(last);
}

function isSameNumber(a: FhirResource, b: FhirResource): boolean {
  return (
    a.meta?.versionId !== undefined &&
    a.meta.versionId === b.meta?.versionId &&
    a.meta.lastUpdated === b.meta.lastUpdated
  );
}

/** True when the HIS itself dates or numbers a version before the one held. */
function isOlder(a: FhirResource, b: FhirResource): boolean {
  const [at, than] = [Date.parse(a.meta?.lastUpdated ?? ""), Date.parse(b.meta?.lastUpdated ?? "")];
  if (at < than) return true;
  return at === than && Number(a.meta?.versionId) < Number(b.meta?.versionId);
}
