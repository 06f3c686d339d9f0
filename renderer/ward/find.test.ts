import { expect, test } from "vitest";
import type { BoardRow } from "../app/index.ts";
import { found, matches, sorted } from "./find.ts";

const base: BoardRow = {
  merged: [],
  patient: "p1",
  bed: "1A",
  name: { family: "Al-Otaibi", given: "Sára", ar: { family: "العُتيبي", given: "سارة" } },
  age: { value: 40, unit: "years" },
  sex: "female",
  identifier: "4410023",
  news2: null,
  allergies: "none-known",
  unreadable: 0,
  due: 0,
  overdue: 0,
  unsent: 0,
  holds: 0,
  loaded: true,
  damaged: false,
  asOf: null,
  arrived: { vitals: true, medicines: true },
  outside: false,
};
const scored = (
  bed: string,
  total: number | null,
  risk: NonNullable<BoardRow["news2"]>["score"]["risk"],
): BoardRow => ({
  ...base,
  bed,
  news2: {
    score: { total, without: total === null ? "incomplete" : null, missing: [], parts: {}, risk },
    at: "2026-11-09T12:00:00Z",
    trend: null,
  },
});
const bedOf = (bed: string, change: Partial<BoardRow> = {}): BoardRow => ({
  ...base,
  bed,
  ...change,
});
const empty: BoardRow = { ...base, patient: null, name: null, identifier: null, bed: "9Z" };
const beds = (rows: readonly BoardRow[]): string[] => rows.map((row) => row.bed);

test("A patient is found by either script, without accents or vowel marks, by bed and by MRN", () => {
  const sought = ["otai", "sara al", "العتيبي", "ساره", "1a", "44100", "٤٤١٠"];
  expect(sought.filter((text) => !found(base, text))).toEqual([]);
});

test("A search that names somebody else finds nobody, and an empty one everybody", () => {
  expect([found(base, "haddad"), found(base, "sara haddad"), found(base, "  ")]).toEqual([
    false,
    false,
    true,
  ]);
});

test("The NEWS2 chip shows five and more and any single three", () => {
  const rows = [
    scored("A", 4, "low"),
    scored("B", 3, "single-3"),
    scored("C", 5, "medium"),
    scored("D", 9, "high"),
    scored("E", null, null),
    base,
  ];
  expect(beds(rows.filter((row) => matches(row, "high")))).toEqual(["B", "C", "D"]);
  expect(beds(rows.filter((row) => matches(row, "noScore")))).toEqual(["E", "1A"]);
});

test("Unclear allergies are those not recorded, not loaded or not readable", () => {
  const rows = [
    bedOf("listed", { allergies: "listed" }),
    bedOf("none-known"),
    bedOf("not-recorded", { allergies: "not-recorded" }),
    bedOf("not-loaded", { allergies: "not-loaded" }),
    bedOf("unreadable", { unreadable: 1 }),
  ];
  expect(beds(rows.filter((row) => matches(row, "allergy")))).toEqual([
    "not-recorded",
    "not-loaded",
    "unreadable",
  ]);
});

test("An empty bed is under no chip", () => {
  expect(matches({ ...empty, overdue: 3, unsent: 1, allergies: "not-loaded" }, "allergy")).toBe(
    false,
  );
});

test("A patient outside her remit is under no chip, and comes last where clinical facts decide", () => {
  const outside = bedOf("1B", { outside: true, allergies: "not-loaded", loaded: false });
  expect([matches(outside, "allergy"), matches(outside, "noScore")]).toEqual([false, false]);
  const rows = [outside, bedOf("2A"), bedOf("3A", { overdue: 2 })];
  for (const descending of [true, false])
    expect(beds(sorted(rows, { column: "medicines", descending }, "en")).at(-1)).toBe("1B");
  expect(found(outside, "otai")).toBe(true);
});

test("Beds are sorted as they are counted: 2 before 10", () => {
  const rows = ["10A", "2A", "1B"].map((bed) => bedOf(bed));
  expect(beds(sorted(rows, { column: "bed", descending: false }, "en"))).toEqual([
    "1B",
    "2A",
    "10A",
  ]);
});

test("By NEWS2 the sickest come first, a single three before a low four, and beds without a total last", () => {
  const rows = [
    scored("A", 4, "low"),
    empty,
    scored("B", 3, "single-3"),
    scored("C", 9, "high"),
    scored("D", null, null),
  ];
  const down = { column: "news2", descending: true } as const;
  expect(beds(sorted(rows, down, "en"))).toEqual(["C", "B", "A", "9Z", "D"]);
  expect(beds(sorted(rows, { ...down, descending: false }, "en")).slice(-2)).toEqual(["9Z", "D"]);
});
