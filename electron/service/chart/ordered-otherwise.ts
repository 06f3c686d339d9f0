import { isAsOrdered } from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { GuardMark } from "../guard/index.ts";
import { actIn, storedIds } from "./overlay.ts";
import { ourIds } from "./own-administrations.ts";
import type { Sources } from "./sources.ts";

/** What was signed on this PC of an order of the record. */
type SignedHere = (order: FhirResource) => readonly FhirResource[];

/**
 * What a doctor signed on this PC, where the HIS holds it as something else from the first version that came back; null: it is
 * as signed, or somebody entitled has signed what it is now, or it was not ordered here. SECURITY: who changes an order on its
 * way to the HIS would else have it given in her name. What the HIS changes later goes the way of every changed order.
 */
export function orderedOtherwise(
  signedHere: SignedHere,
  marks: readonly GuardMark[],
  order: FhirResource,
): FhirResource | null {
  const signed = signedHere(order);
  if (signed.length === 0) return null;
  const mark = marks.find(({ of }) => of.type === order.resourceType && of.id === order.id);
  if (mark?.verdict === "apply-verified") return null;
  return signed.find((one) => !isAsOrdered(one, mark?.before ?? order)) ?? null;
}

/**
 * Finds what was signed here by the id under which it was offered, by the one that the HIS said it gave, and by our identifier.
 * SECURITY: whoever alters an order can strip the identifier, or put that of another order in its place; by the ids it is known all
 * the same, and it must be what was signed under each of them.
 */
export function ordersSignedHere(acts: Pick<Sources["acts"], "act" | "orderActs">): SignedHere {
  const ordersIn = (uuid: string): FhirResource[] => {
    const row = acts.act(uuid);
    return row === null ? [] : (actIn(row)?.entries ?? []).map(({ resource }) => resource);
  };
  const actsOf = new Map<string, Set<string>>();
  for (const row of acts.orderActs()) {
    // The answer names both ids, so that the body is read only of what has none: it may be at the HIS all the same.
    const answered = storedIds(row);
    const ids = answered.size > 0 ? answered : ordersIn(row.uuid).map(({ id }) => id);
    for (const id of ids) actsOf.set(id, (actsOf.get(id) ?? new Set()).add(row.uuid));
  }
  return (order) => {
    const found = new Set<string>();
    for (const id of [order.id, ...ourIds(order)])
      for (const uuid of actsOf.get(id) ?? []) found.add(uuid);
    return [...found].flatMap(ordersIn);
  };
}

/**
 * Whether an order from here is kept by the HIS under another id that is in the record too. CLINICAL: a HIS of own ids that was
 * restored gets the order again, and what it called it before stays in the record until the next comparison with the HIS, a day
 * later: two orders, of which only one is to be given.
 */
export function isLeftBehind(
  acts: Pick<Sources["acts"], "orderActs">,
  record: readonly FhirResource[],
  order: FhirResource,
): boolean {
  const ours = ourIds(order);
  if (ours.length === 0) return false;
  return acts.orderActs().some((row) => {
    const ids = storedIds(row);
    const isAnother = ours.some((id) => ids.has(id)) && !ids.has(order.id);
    return isAnother && record.some(({ id }) => ids.has(id));
  });
}
