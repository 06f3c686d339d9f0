import type { MedicineCheck, OrderedHere } from "../../../shared/contract/index.ts";
import { medicineOf, type Medicine } from "../../../shared/clinical/drug-allergy/index.ts";
import { codings, field, millis, readMedicines } from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { ActRow } from "../store/index.ts";
import { actIn, standing, storedIds } from "./overlay.ts";
import { ourIds } from "./own-administrations.ts";

/** The HIS's clock and ours differ, and a page is read before it is dated: so much later it would have been in it. */
const SURELY_SEEN_MS = 10 * 60_000;

/**
 * Orders charted on this PC that the pulled record does not hold: as soon as it does, under our id, our identifier or the id that
 * the HIS said it gave, only the record's own is left. CLINICAL: so there are never two that could be given.
 */
export function ordersHere(
  pulled: readonly FhirResource[],
  rows: readonly ActRow[],
): { readonly row: ActRow; readonly order: FhirResource }[] {
  const held = new Set(pulled.flatMap((one) => [one.id, ...ourIds(one)]));
  return standing(rows)
    .filter((row) => row.kind === "order" && ![...storedIds(row)].some((id) => held.has(id)))
    .flatMap((row) =>
      (actIn(row)?.entries ?? []).flatMap(({ resource: order }) =>
        held.has(order.id) ? [] : [{ row, order }],
      ),
    );
}

/** The same as the screen shows them, newest first. `asOf`: up to when this patient's orders are known. */
export function orderedHere(
  pulled: readonly FhirResource[],
  rows: readonly ActRow[],
  room: {
    readonly now: string;
    readonly asOf: string | null;
    readonly nameOf: (reference: unknown) => string | null;
    readonly check: (medicine: Medicine) => MedicineCheck;
  },
): OrderedHere[] {
  const { now, nameOf, check } = room;
  return ordersHere(pulled, rows)
    .flatMap(({ row, order }): OrderedHere[] => {
      const [read] = readMedicines([order], [], { now, answersKnown: false });
      if (read === undefined) return [];
      const { medicine, dose, route, frequency, asNeeded } = read;
      return [
        {
          act: row.uuid,
          state: row.state,
          at: row.at,
          by: nameOf(field(order, "requester")),
          medicine,
          coded: codings(field(order, "medicationCodeableConcept")).length > 0,
          dose,
          route,
          frequency,
          asNeeded,
          check: check(medicineOf(order)),
          missing: isMissing(row, room.asOf),
        },
      ];
    })
    .toSorted((a, b) => (millis(b.at) ?? 0) - (millis(a.at) ?? 0));
}

/** The HIS said that it stored it, and has answered for this patient's orders since. */
function isMissing({ state, acknowledgedAt }: ActRow, asOf: string | null): boolean {
  const seen = millis(asOf);
  return (
    state === "acknowledged" &&
    acknowledgedAt !== null &&
    seen !== null &&
    seen > acknowledgedAt + SURELY_SEEN_MS
  );
}
