import { field, isAsOrdered, objects, text } from "../../../shared/clinical/index.ts";
import { ACT_SET_SYSTEM } from "../../../shared/trust/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { GuardMark } from "../guard/index.ts";
import { actIn } from "./overlay.ts";
import { ourIds } from "./own-administrations.ts";
import type { Sources } from "./sources.ts";

/**
 * What a doctor signed on this PC, where the HIS holds it as something else from the first version that came back; null: it is
 * as signed, or somebody entitled has signed what it is now, or it was not ordered here. SECURITY: who changes an order on its
 * way to the HIS would else have it given in her name. What the HIS changes later goes the way of every changed order.
 */
export function orderedOtherwise(
  acts: Pick<Sources["acts"], "act">,
  marks: readonly GuardMark[],
  order: FhirResource,
): FhirResource | null {
  const signed = signedHere(acts, order);
  if (signed === null) return null;
  const mark = marks.find(({ of }) => of.type === order.resourceType && of.id === order.id);
  if (mark?.verdict === "apply-verified") return null;
  return isAsOrdered(signed, mark?.before ?? order) ? null : signed;
}

function signedHere(acts: Pick<Sources["acts"], "act">, order: FhirResource): FhirResource | null {
  const ours = new Set([order.id, ...ourIds(order)]);
  for (const identifier of objects(field(order, "identifier"))) {
    const set = text(field(identifier, "value"));
    if (field(identifier, "system") !== ACT_SET_SYSTEM || set === null) continue;
    const row = acts.act(set);
    if (row?.kind !== "order") continue;
    const entry = actIn(row)?.entries.find(({ resource }) => ours.has(resource.id));
    if (entry !== undefined) return entry.resource;
  }
  return null;
}
