import { field, objects, text } from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { ACT_SYSTEM } from "../../../shared/trust/index.ts";
import type { ActRow } from "../store/index.ts";
import { actIn, standing } from "./overlay.ts";

/**
 * The administrations of the pulled record and those charted here that it does not hold yet: at once, and once. Ours are
 * known in the record by their own id or, where the HIS gave them another, by our identifier.
 */
export function withOwnAdministrations(
  pulled: readonly FhirResource[],
  rows: readonly ActRow[],
): FhirResource[] {
  const own = standing(rows).flatMap((row) =>
    row.kind === "administration" ? (actIn(row)?.entries ?? []) : [],
  );
  if (own.length === 0) return [...pulled];
  const held = new Set(pulled.flatMap((one) => [one.id, ...ourIds(one)]));
  return [...pulled, ...own.flatMap(({ resource }) => (held.has(resource.id) ? [] : [resource]))];
}

/** Under which of our ids the HIS keeps it. */
export function ourIds(resource: FhirResource): string[] {
  return objects(field(resource, "identifier")).flatMap((one) =>
    field(one, "system") === ACT_SYSTEM ? (text(field(one, "value")) ?? []) : [],
  );
}
