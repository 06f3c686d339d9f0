import fc from "fast-check";
import { expect, test } from "vitest";
import { burstOf, createReadingWatch, isRestrictedReading, type Reading } from "./unusual.ts";

const limits = { manyPatients: 4, manyOutside: 2, withinMinutes: 10 };
const MINUTE = 60_000;
const opened = (who: string, patient: number, minute: number, outside = false): Reading => ({
  who,
  patient: `p${patient}`,
  at: minute * MINUTE,
  outside,
});
const each = (who: string, patients: number, outside = false) =>
  Array.from({ length: patients }, (_, one) => opened(who, one, one, outside));

test.each([
  ["the fourth patient in ten minutes is a round", each("salma", 3), opened("salma", 9, 5), null],
  ["the fifth is one too many", each("salma", 4), opened("salma", 9, 5), "many"],
  ["the same four again are not more", each("salma", 4), opened("salma", 3, 5), null],
  ["the first of them was ten minutes before", each("salma", 4), opened("salma", 9, 10), null],
  ["the others were a colleague's", each("grace", 4), opened("salma", 9, 5), null],
  ["two who are not hers", each("salma", 1, true), opened("salma", 9, 5, true), null],
  ["three who are not hers", each("salma", 2, true), opened("salma", 9, 5, true), "many-outside"],
  ["her own after two who are not", each("salma", 2, true), opened("salma", 9, 5), null],
])(
  "reading is unusual by how many and whose, not by how often: %s",
  (_what, before, last, mark) => {
    expect(burstOf(before, last, limits)?.mark ?? null).toBe(mark);
  },
);

const reading = fc
  .record({
    who: fc.constantFrom("salma", "grace"),
    patient: fc.integer({ min: 0, max: 12 }),
    minute: fc.integer({ min: 0, max: 30 }),
    outside: fc.boolean(),
  })
  .map(({ who, patient, minute, outside }) => opened(who, patient, minute, outside));

test("no colleague's reading, no order and no second look changes what is unusual; one more patient never hides it", () => {
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 40 }), reading, reading, (before, last, more) => {
      const marked = burstOf(before, last, limits);
      const hers = before.filter(({ who }) => who === last.who);
      expect(burstOf(hers.toReversed(), last, limits)?.mark).toBe(marked?.mark);
      expect(burstOf([...before, ...hers], last, limits)?.mark).toBe(marked?.mark);
      expect(marked !== null && burstOf([...before, more], last, limits) === null).toBe(false);
      const known = new Set(hers.map(({ patient }) => patient)).add(last.patient);
      expect(marked !== null && known.size <= limits.manyOutside).toBe(false);
      expect(marked?.patients.includes(last.patient) ?? true).toBe(true);
    }),
  );
});

test("a burst is told once with everybody in it, what follows is marked, and after a quiet time it is told again", () => {
  const watch = createReadingWatch(limits, [opened("salma", 20, 0), opened("salma", 21, 0)]);
  expect(watch.opened(opened("salma", 1, 1))).toBeNull();
  expect(watch.opened(opened("salma", 2, 1))).toBeNull();
  const told = watch.opened(opened("salma", 3, 1));
  expect(told).toMatchObject({ mark: "many", isNew: true });
  expect(told?.patients.toSorted()).toEqual(["p1", "p2", "p20", "p21", "p3"]);
  expect(watch.opened(opened("salma", 4, 2))).toMatchObject({ isNew: false });
  expect(watch.opened(opened("salma", 5, 30))).toBeNull();
  for (const patient of [6, 7, 8]) watch.opened(opened("salma", patient, 30));
  expect(watch.opened(opened("salma", 9, 31))).toMatchObject({ isNew: true });
});

test.each([
  ["nothing marks the record", { restricted: false, careTeam: ["omar"], outside: true }, false],
  ["she is in his care team", { restricted: true, careTeam: ["salma"], outside: false }, false],
  [
    "on her ward, others care for him",
    { restricted: true, careTeam: ["omar"], outside: false },
    true,
  ],
  [
    "on her ward, and the stay names nobody",
    { restricted: true, careTeam: [], outside: false },
    false,
  ],
  ["not hers, and the stay names nobody", { restricted: true, careTeam: [], outside: true }, true],
])("a restricted record's reading is marked outside its care team: %s", (_what, facts, marked) => {
  expect(isRestrictedReading({ who: "salma", ...facts })).toBe(marked);
});
