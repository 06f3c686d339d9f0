import type { FoundPatient } from "../../../shared/contract/index.ts";
import { foldName } from "../../../shared/fold-name.ts";
import type { ChartReader } from "../store/index.ts";
import { parseCard } from "./card.ts";

/** Enough to choose from; who has more says more of the name. */
const MOST = 12;

/** Patients of this PC whose name, in either script, or hospital number has this in it; by name. */
export function soughtHere(chart: ChartReader, sought: string): FoundPatient[] {
  const wanted = foldName(sought);
  const cards = chart.cards(chart.patients());
  const found = [...cards].flatMap(([id, stored]): FoundPatient[] => {
    const known = parseCard(stored)?.patient ?? null;
    if (known === null) return [];
    const { name, identifier, birthDate, sex } = known;
    const said = [
      ...(name === null ? [] : [name, ...(name.ar === undefined ? [] : [name.ar])]).flatMap(
        ({ family, given }) => [`${family} ${given}`, `${given} ${family}`],
      ),
      identifier ?? "",
    ];
    return said.some((one) => foldName(one).includes(wanted))
      ? [{ patient: id, name, birthDate, sex, identifier }]
      : [];
  });
  return found
    .toSorted((a, b) => (a.name?.family ?? "").localeCompare(b.name?.family ?? ""))
    .slice(0, MOST);
}
