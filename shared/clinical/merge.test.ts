import fc from "fast-check";
import { expect, test } from "vitest";
import { decided, mergeResource } from "./merge.ts";

const base = {
  resourceType: "Observation",
  id: "o1",
  status: "final",
  code: { text: "Heart rate" },
  subject: { reference: "Patient/p1" },
  effectiveDateTime: "2026-11-23T09:00:00+03:00",
  valueQuantity: { value: 72, unit: "/min" },
  note: [{ text: "a" }],
};
const value = (n: number) => ({ valueQuantity: { value: n, unit: "/min" } });
const merge = (mine: object, theirs: object, from: typeof base | null = base) =>
  mergeResource({ base: from, mine: { ...base, ...mine }, theirs: { ...base, ...theirs } });

test.each([
  ["only she changed the value", value(80), {}, value(80)],
  ["only the HIS changed the value", {}, value(90), value(90)],
  ["both changed it alike", value(80), value(80), value(80)],
  [
    "her value and their place of measuring",
    value(80),
    { method: { text: "cuff" } },
    { ...value(80), method: { text: "cuff" } },
  ],
  [
    "both added a note",
    { note: [{ text: "a" }, { text: "mine" }] },
    { note: [{ text: "a" }, { text: "theirs" }] },
    { note: [{ text: "a" }, { text: "theirs" }, { text: "mine" }] },
  ],
])("merges by itself: %s", (_name, mine, theirs, expected) => {
  expect(merge(mine, theirs).resource).toEqual({ ...base, ...expected });
});

test.each([
  ["both changed the value", value(80), value(90), ["value[x]"]],
  [
    "she changed the value and they its kind",
    value(80),
    { valueQuantity: undefined, valueString: "fast" },
    ["value[x]"],
  ],
  [
    "she corrected the value, they called it an error",
    { ...value(80), status: "corrected" },
    { status: "entered-in-error" },
    ["status", "value[x]"],
  ],
  [
    "both changed a field that no rule names",
    { somethingNew: 1 },
    { somethingNew: 2 },
    ["somethingNew"],
  ],
  [
    "one took the note away, the other added one",
    { note: [] },
    { note: [{ text: "a" }, { text: "b" }] },
    ["note"],
  ],
])("a clinician decides: %s", (_name, mine, theirs, fields) => {
  const found = merge(mine, theirs);
  expect(found.resource).toBeNull();
  expect(found.mineIsPossible).toBe(true);
  expect(
    found.differences
      .filter((one) => one.merged === null)
      .map((one) => one.field)
      .toSorted(),
  ).toEqual(fields);
});

test.each([
  ["another patient", { subject: { reference: "Patient/p2" } }],
  ["another finding", { code: { text: "Respiratory rate" } }],
  ["another time", { effectiveDateTime: "2026-11-23T10:00:00+03:00" }],
])("nothing of hers is carried over to %s", (_name, theirs) => {
  const found = merge(value(80), theirs);
  expect(found.resource).toBeNull();
  expect(found.mineIsPossible).toBe(false);
  expect(decided({ ...base, ...theirs }, found, () => "mine")).toEqual({ ...base, ...theirs });
});

test("without the version it was based on, every difference is decided by a clinician", () => {
  expect(merge(value(80), {}, null).resource).toBeNull();
});

test("a decision takes each field from the side that was chosen, and merged fields as they were merged", () => {
  const mine = { ...value(80), status: "corrected", note: [{ text: "a" }, { text: "mine" }] };
  const theirs = { ...value(90), status: "amended" };
  const found = merge(mine, theirs);
  expect(
    decided({ ...base, ...theirs }, found, (field) => (field === "value[x]" ? "mine" : "theirs")),
  ).toEqual({
    ...base,
    ...theirs,
    ...value(80),
    note: mine.note,
  });
});

const part = fc.record(
  {
    status: fc.constantFrom("final", "amended", "corrected", "entered-in-error"),
    valueQuantity: fc.record({ value: fc.integer({ min: 40, max: 200 }) }),
    method: fc.record({ text: fc.constantFrom("cuff", "hand") }),
    note: fc.array(fc.record({ text: fc.constantFrom("a", "b", "c") }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

test("whatever both sides change: what one side alone changed always stands, and no change of both is lost in silence", () => {
  const lost = (mine: object, theirs: object): string[] => {
    const { resource } = merge(mine, theirs);
    if (resource === null) return [];
    return ["status", "valueQuantity", "method"].filter((name) => {
      const of = (one: object): string => JSON.stringify(Object(one)[name]) ?? "";
      const [was, ours, others] = [of(base), of({ ...base, ...mine }), of({ ...base, ...theirs })];
      const said = of(resource);
      return (ours !== was && said !== ours) || (others !== was && said !== others);
    });
  };
  expect(() =>
    fc.assert(fc.property(part, part, (mine, theirs) => lost(mine, theirs).length === 0)),
  ).not.toThrow();
});

test("merging with an unchanged HIS gives hers, and merging nothing gives theirs", () => {
  fc.assert(
    fc.property(part, (change) => {
      expect(merge(change, {}).resource).toEqual({ ...base, ...change });
      expect(merge({}, change).resource).toEqual({ ...base, ...change });
    }),
  );
});
