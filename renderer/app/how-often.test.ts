import fc from "fast-check";
import { expect, test } from "vitest";
import { howOften } from "../../shared/clinical/index.ts";
import { createFormat } from "./format.ts";
import { createText } from "./text.ts";
import { howOftenWords } from "./how-often.ts";

const formats = {
  en: createFormat({ language: "en", digits: "latin" }),
  ar: createFormat({ language: "ar", digits: "latin" }),
  arab: createFormat({ language: "ar", digits: "arabic" }),
};
const texts = {
  en: await createText(formats.en),
  ar: await createText(formats.ar),
  arab: await createText(formats.arab),
};

/** As it is read: without the marks that keep a number in its place. */
function said(which: keyof typeof texts, ...dosages: readonly object[]): string | null {
  const lines = dosages.flatMap((one) => howOften(one) ?? []);
  const words = howOftenWords(lines, texts[which].t, formats[which]);
  return words?.replaceAll(/[\u2068\u2069]/gu, "") ?? null;
}
const timed = (repeat: object, more: object = {}) => ({ timing: { repeat }, ...more });
const rate = (frequency: number, period: number, periodUnit: string, more: object = {}) =>
  timed({ frequency, period, periodUnit, ...more });
const coded = (code: string, words: object = {}) => {
  const system = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation";
  return { timing: { code: { coding: [{ system, code, ...words }] } } };
};
const pain = { asNeededCodeableConcept: { text: "pain" } };

test.each<[dosage: object, english: string, arabic: string]>([
  [rate(1, 1, "d"), "once a day", "مرة واحدة في اليوم"],
  [rate(2, 1, "d"), "2 times a day", "مرتين في اليوم"],
  [rate(3, 1, "d"), "3 times a day", "3 مرات في اليوم"],
  [rate(12, 1, "d"), "12 times a day", "12 مرة في اليوم"],
  [rate(1, 1, "h"), "every hour", "كل ساعة"],
  [rate(1, 2, "h"), "every 2 hours", "كل ساعتين"],
  [rate(1, 8, "h"), "every 8 hours", "كل 8 ساعات"],
  [rate(1, 12, "h"), "every 12 hours", "كل 12 ساعة"],
  [rate(1, 0.5, "h"), "every 0.5 hours", "كل 0.5 ساعة"],
  [rate(1, 30, "min"), "every 30 minutes", "كل 30 دقيقة"],
  [rate(1, 2, "d"), "every 2 days", "كل يومين"],
  [rate(1, 14, "d"), "every 14 days", "كل 14 يومًا"],
  [rate(1, 100, "d"), "every 100 days", "كل 100 يوم"],
  [rate(1, 1, "wk"), "once a week", "مرة واحدة في الأسبوع"],
  [rate(2, 3, "d"), "2 times every 3 days", "مرتين كل 3 أيام"],
  [rate(1, 4, "h", { periodMax: 6 }), "every 4 to 6 hours", "كل 4 إلى 6 ساعات"],
  [rate(1, 1, "d", { frequencyMax: 2 }), "1 to 2 times a day", "1 إلى مرتين في اليوم"],
  [timed({ period: 6, periodUnit: "h" }), "every 6 hours", "كل 6 ساعات"],
  [
    rate(2, 1, "d", { timeOfDay: ["08:00:00", "20:30:00"] }),
    "2 times a day (08:00, 20:30)",
    "مرتين في اليوم (08:00، 20:30)",
  ],
  [
    rate(1, 1, "wk", { dayOfWeek: ["mon"], timeOfDay: ["08:00:00"] }),
    "once a week (Monday, 08:00)",
    "مرة واحدة في الأسبوع (الاثنين، 08:00)",
  ],
  [
    rate(3, 1, "d", { when: ["AC"] }),
    "3 times a day (before meals)",
    "3 مرات في اليوم (قبل الوجبات)",
  ],
  [timed({ when: ["HS"] }), "at bedtime", "عند النوم"],
  [timed({ timeOfDay: ["08:00:00"] }), "08:00", "08:00"],
  [timed({ count: 1 }), "one dose in all", "جرعة واحدة إجمالًا"],
  [
    rate(1, 1, "d", { count: 5 }),
    "once a day, 5 doses in all",
    "مرة واحدة في اليوم، 5 جرعات إجمالًا",
  ],
  [rate(1, 1, "d", { boundsDuration: { value: 5 } }), "once a day", "مرة واحدة في اليوم"],
  [{ asNeededBoolean: true }, "as needed", "عند اللزوم"],
  [
    { ...rate(1, 8, "h"), ...pain },
    "as needed (pain), every 8 hours",
    "عند اللزوم (pain)، كل 8 ساعات",
  ],
  [
    { ...rate(1, 1, "d", { frequencyMax: 4 }), ...pain },
    "as needed (pain), at most 4 times a day",
    "عند اللزوم (pain)، بحد أقصى 4 مرات في اليوم",
  ],
  [coded("BID"), "2 times a day", "مرتين في اليوم"],
  [coded("Q8H", { display: "every 8 hours" }), "every 8 hours", "كل 8 ساعات"],
  [coded("BED"), "at bedtime", "عند النوم"],
])("%j reads “%s” and “%s”", (dosage, english, arabic) => {
  expect([said("en", dosage), said("ar", dosage)]).toEqual([english, arabic]);
});

test("With Arabic-Indic digits the times of the day are written so too", () => {
  const dosage = rate(3, 1, "d", { timeOfDay: ["06:00:00"] });
  expect(said("arab", dosage)).toBe("٣ مرات في اليوم (٠٦:٠٠)");
});

test.each<[why: string, dosage: object, shown: string | null]>([
  ["says nothing", {}, null],
  ["has words of its own", { timing: { code: { text: "5 ml nocte" } } }, "5 ml nocte"],
  [
    "has words beside a code",
    { timing: { code: { ...coded("BID").timing.code, text: "BD" } } },
    "BD",
  ],
  ["has a code of another list", { timing: { code: { coding: [{ code: "MO" }] } } }, "MO"],
  ["has a code that nobody here knows", coded("JB", { display: "JB" }), "JB"],
  ["has an offset", timed({ when: ["AC"], offset: 30 }), "AC 30 min"],
  ["runs for a time", rate(1, 1, "d", { duration: 2, durationUnit: "h" }), "1× / 1 d (t=2 h)"],
  ["says how many times, not in which time", timed({ frequency: 3 }), "3×"],
  ["has a unit that FHIR has not", rate(1, 1, "fortnight"), "1× / 1 fortnight"],
  ["has a length that would have to be rounded", rate(1, 0.333, "h"), "1× / 0.333 h"],
  [
    "has a mark that it means something else",
    timed({ ...rate(1, 1, "d").timing.repeat, modifierExtension: [] }),
    "1× / 1 d",
  ],
  [
    "has such a mark beside its figures",
    { timing: { ...rate(1, 1, "d").timing, modifierExtension: [] } },
    "1× / 1 d",
  ],
])("What %s stays as it was written", (_why, dosage, shown) => {
  expect(said("en", dosage)).toBe(shown);
});

test("Two lines that say the same are said once, two that differ both", () => {
  expect(said("en", rate(1, 1, "d"), rate(1, 1, "d"))).toBe("once a day");
  expect(said("en", rate(1, 1, "d"), { ...rate(1, 6, "h"), ...pain })).toBe(
    "once a day; as needed (pain), every 6 hours",
  );
});

test("Two timings that are not the same never read the same", () => {
  const count = fc.integer({ min: 1, max: 30 });
  const some = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
  const repeat = fc.record(
    {
      frequency: count,
      frequencyMax: some(count),
      period: fc.constantFrom(0.5, 1, 2, 3, 8, 11, 24, 100),
      periodMax: some(count),
      periodUnit: fc.constantFrom("min", "h", "d", "wk", "mo", "a"),
      count: some(count),
      offset: some(count),
      duration: some(count),
      when: some(fc.constantFrom(["HS"], ["AC", "HS"])),
      dayOfWeek: some(fc.constantFrom(["mon"], ["mon", "thu"])),
      timeOfDay: some(fc.constantFrom(["08:00:00"], ["08:00:00", "20:00:00"])),
    },
    { requiredKeys: ["frequency", "period", "periodUnit"] },
  );
  const asWritten = (one: Record<string, unknown>) =>
    JSON.stringify({ ...one, frequencyMax: one["frequencyMax"] ?? one["frequency"] });
  fc.assert(
    fc.property(repeat, repeat, fc.constantFrom("en", "ar"), (a, b, language) => {
      if (asWritten(a) === asWritten(b)) return;
      expect(said(language, timed(clean(a)))).not.toBe(said(language, timed(clean(b))));
    }),
    { numRuns: 300 },
  );
});

const clean = (one: object): object => JSON.parse(JSON.stringify(one)) as object;
