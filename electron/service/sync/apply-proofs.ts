import type { AcceptedFact, IncomingFact } from "../guard/index.ts";
import { put } from "./apply-page.ts";
import type { Gathered, Setting } from "./apply-page.ts";
import { gateRemoval, gateVersion } from "./guarded.ts";

/**
 * A signature may come after what it vouches for: in another page, or hours later. What waits for a clinician and is proven
 * now is decided by whoever signed it, who was entitled to; what was taken as it came becomes verified.
 */
export function gatherProofs(
  gathered: Gathered,
  names: ReadonlySet<string>,
  setting: Setting,
): void {
  for (const name of names) {
    const [type = "", id = ""] = name.split("/");
    const fact = gathered.facts.get(name) ?? setting.previous(type, id);
    if (fact !== null) proveAgain(gathered, fact, setting);
  }
}

function proveAgain(gathered: Gathered, fact: AcceptedFact, setting: Setting): void {
  const { claims, resource, removed, verdict } = fact;
  for (const claim of claims) {
    const incoming: IncomingFact | null =
      claim.resource !== null
        ? { patient: claim.patient, resource: claim.resource }
        : claim.removed === null
          ? null
          : { patient: fact.patient, gone: claim.removed, last: resource };
    if (incoming === null || setting.signature(incoming, fact) === null) continue;
    if ("gone" in incoming) {
      if (gateRemoval(gathered, incoming, fact, setting)) takeAway(gathered, fact);
    } else apply(gathered, incoming, fact, setting);
    return;
  }
  if (claims.length > 0 || removed !== null || verdict === "apply-verified") return;
  apply(gathered, { patient: fact.patient, resource }, fact, setting);
}

function apply(
  gathered: Gathered,
  incoming: Extract<IncomingFact, { readonly resource: unknown }>,
  fact: AcceptedFact,
  setting: Setting,
): void {
  if (setting.signature(incoming, fact) === null) return;
  const inForce = gateVersion(gathered, incoming, fact, setting);
  if (inForce !== null) put(gathered, inForce.patient, inForce.resource, setting);
}

function takeAway(gathered: Gathered, { patient, resource }: AcceptedFact): void {
  const { resourceType: type, id } = resource;
  const key = `${patient}/${type}/${id}`;
  gathered.upserts.delete(key);
  gathered.unreadable.delete(key);
  gathered.removals.set(key, { patient, type, id });
  gathered.alarms.push({ kind: "removed", type, id, patient });
}
