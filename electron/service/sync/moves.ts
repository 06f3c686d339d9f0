import { WARD_PATIENT } from "../store/index.ts";
import type { ChartWriter, Journal, PlacementRow } from "../store/index.ts";

/** Who came, moved and left, by the journal's scope. */
export function moves(
  chart: ChartWriter,
  journal: Journal,
): { placements: PlacementRow[]; departures: string[] } {
  const wanted = new Map(
    journal
      .scope()
      .filter(({ leftAt }) => leftAt === null)
      .map(({ patient, encounter, ward, location }) => [
        patient,
        { patient, encounter, ward, location },
      ]),
  );
  const held = new Map(chart.placements().map((row) => [row.patient, row]));
  return {
    placements: [...wanted.values()].filter((row) => !same(row, held.get(row.patient))),
    departures: [...held.keys()].filter(
      (patient) => patient !== WARD_PATIENT && !wanted.has(patient),
    ),
  };
}

function same(a: PlacementRow, b: PlacementRow | undefined): boolean {
  return (
    b !== undefined && a.encounter === b.encounter && a.ward === b.ward && a.location === b.location
  );
}
