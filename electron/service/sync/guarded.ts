import {
  claimKey,
  decide,
  factAfter,
  firstSeen,
  isSameContent,
  isSameVersion,
} from "../guard/index.ts";
import type { AcceptedFact, IncomingFact, Removal } from "../guard/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { Gathered, Setting } from "./apply-page.ts";
import type { SyncAlarm } from "./types.ts";

/**
 * The last accepted version of a safety-critical fact: the ledger's, with what this batch has decided already. CLINICAL: where
 * the ledger knows nothing (it is new, or was lost) what the chart holds is compared with, so that a loss weakens nothing.
 */
export function factOf(
  gathered: Gathered,
  place: { readonly patient: string; readonly type: string; readonly id: string },
  setting: Setting,
): AcceptedFact | null {
  const { patient, type, id } = place;
  const already = gathered.facts.get(`${type}/${id}`);
  if (already !== undefined) return already;
  const known = setting.previous(type, id);
  const held = setting.held(patient, type).get(id);
  if (known !== null && (known.patient !== patient || !isBehind(known, held))) return known;
  if (held === undefined) return null;
  // Also after a kill between chart and journal: from now on the ledger has it.
  const fact = firstSeen(patient, held);
  gathered.facts.set(`${type}/${id}`, fact);
  return fact;
}

/**
 * SECURITY: whoever holds the device key can put an older row of the ledger back, sealed as it was. The chart lies under the
 * vault's key: where it holds a later version than the ledger accepted, that is what is compared with. A kill between the two
 * files leaves the same; then the same page comes again and is decided the same.
 */
function isBehind({ resource, removed, claims }: AcceptedFact, held: FhirResource | undefined) {
  if (held === undefined || removed !== null) return false;
  const at = (version: FhirResource): number => Date.parse(version.meta?.lastUpdated ?? "");
  return (
    at(held) > at(resource) &&
    !claims.some((claim) => claim.resource !== null && isSameVersion(claim.resource, held))
  );
}

/** Passes a version through the gate; what is in force afterwards. Null: nothing of it is, or nothing changed. */
export function gateVersion(
  gathered: Gathered,
  incoming: { readonly patient: string; readonly resource: FhirResource },
  previous: AcceptedFact | null,
  setting: Setting,
): { readonly patient: string; readonly resource: FhirResource } | null {
  const isRepeated =
    previous !== null &&
    previous.removed === null &&
    previous.patient === incoming.patient &&
    isSameVersion(previous.resource, incoming.resource) &&
    isSameContent(previous.resource, incoming.resource);
  if (isRepeated && previous.verdict === "apply-verified") return previous;
  if (isRepeated && setting.signature(incoming, previous) === null) return previous;
  const after = decided(gathered, previous, incoming, setting);
  if (after === null || after.removed !== null) return null;
  return after;
}

/** Passes a removal through the gate; whether the fact is gone here. */
export function gateRemoval(
  gathered: Gathered,
  incoming: { readonly patient: string; readonly gone: Removal; readonly last: FhirResource },
  previous: AcceptedFact | null,
  setting: Setting,
): boolean {
  const fact = previous ?? firstSeen(incoming.patient, incoming.last);
  const after = decided(gathered, fact, incoming, setting);
  return after?.removed != null;
}

function decided(
  gathered: Gathered,
  previous: AcceptedFact | null,
  incoming: IncomingFact,
  setting: Setting,
): AcceptedFact | null {
  const signature = setting.signature(incoming, previous);
  const decision = decide(previous, incoming, { now: setting.now, signature });
  const after = factAfter(previous, incoming, decision, setting.author(incoming));
  if (after === null) return null;
  const { resourceType: type, id } = after.resource;
  gathered.facts.set(`${type}/${id}`, after);
  if (decision.verdict === "hold" || decision.verdict === "show-both")
    gathered.alarms.push(...newlyHeld(previous, after));
  // CLINICAL: an order that waits for a clinician is off what may be given meanwhile.
  if (after.removed !== null && previous?.removed === null) takeOff(gathered, previous);
  return after;
}

/** What waits for a clinician and did not before. */
export function newlyHeld(previous: AcceptedFact | null, after: AcceptedFact): SyncAlarm[] {
  const known = new Set(previous?.claims.map(claimKey));
  const { resourceType: type, id } = after.resource;
  return after.claims
    .filter((claim) => !known.has(claimKey(claim)))
    .map(({ reasons, by }) => ({
      kind: "held",
      type,
      id,
      patient: after.patient,
      reasons: reasons.join(" "),
      by,
    }));
}

function takeOff(gathered: Gathered, { patient, resource }: AcceptedFact): void {
  const { resourceType: type, id } = resource;
  const key = `${patient}/${type}/${id}`;
  gathered.upserts.delete(key);
  gathered.removals.set(key, { patient, type, id });
}
