import { type BoardRow, foldName } from "../app/index.ts";

/** The chips above the board. Two chips together narrow: a row must match both. */
export const filters = ["high", "noScore", "overdue", "due", "allergy", "unsent"] as const;
export type Filter = (typeof filters)[number];

export type SortColumn = "bed" | "name" | "news2" | "medicines";
export interface Sort {
  readonly column: SortColumn;
  readonly descending: boolean;
}

/** Whether a bed belongs under a chip. Empty beds, and patients outside her remit, of whom nothing is known, under none. */
export function matches(row: BoardRow, filter: Filter): boolean {
  if (row.patient === null || row.outside) return false;
  switch (filter) {
    case "high": {
      const risk = row.news2?.score.risk;
      return risk === "single-3" || risk === "medium" || risk === "high";
    }
    case "noScore":
      return (row.news2?.score.total ?? null) === null;
    case "overdue":
      return row.overdue > 0;
    case "due":
      return row.due > 0;
    case "allergy":
      return (
        row.allergies === "not-recorded" || row.allergies === "not-loaded" || row.unreadable > 0
      );
    case "unsent":
      return row.unsent > 0;
  }
}

/** Whether a search finds a bed: by its number, by the name in either script, or by the MRN; every word must be found. */
export function found(row: BoardRow, sought: string): boolean {
  const words = foldName(sought)
    .split(" ")
    .filter((word) => word !== "");
  if (words.length === 0) return true;
  const { name } = row;
  const names =
    name === null ? "" : [name.family, name.given, name.ar?.family, name.ar?.given].join(" ");
  const text = foldName(`${names} ${row.identifier ?? ""} ${row.bed}`);
  return words.every((word) => text.includes(word));
}

const urgency = { high: 4, medium: 3, "single-3": 2, low: 1 } as const;

/** Sorts beds; what has no value comes last either way, and beds decide between equals. */
export function sorted(
  rows: readonly BoardRow[],
  sort: Sort,
  language: "en" | "ar",
): readonly BoardRow[] {
  const sign = sort.descending ? -1 : 1;
  // One for all comparisons: `localeCompare` with options makes one for each.
  const collator = new Intl.Collator(language, { numeric: true });
  return rows.toSorted((a, b) => {
    const left = sortValue(a, sort.column, language);
    const right = sortValue(b, sort.column, language);
    if (left === null || right === null)
      return Number(left === null) - Number(right === null) || compare(a.bed, b.bed, collator);
    return sign * compare(left, right, collator) || compare(a.bed, b.bed, collator);
  });
}

function compare(a: string | number, b: string | number, collator: Intl.Collator): number {
  return typeof a === "number" && typeof b === "number"
    ? a - b
    : collator.compare(String(a), String(b));
}

function sortValue(
  row: BoardRow,
  column: SortColumn,
  language: "en" | "ar",
): string | number | null {
  switch (column) {
    case "bed":
      return row.bed;
    case "name": {
      const name = language === "ar" ? (row.name?.ar ?? row.name) : row.name;
      return name === null ? null : `${name.family} ${name.given}`;
    }
    case "news2": {
      const { total = null, risk = null } = row.news2?.score ?? {};
      // CLINICAL: a single 3 asks for more than a low total of the same size (RCP NEWS2 2017, chart 2).
      return total === null || risk === null ? null : urgency[risk] * 100 + total;
    }
    case "medicines":
      return row.patient === null || row.outside ? null : row.overdue * 1000 + row.due;
  }
}
