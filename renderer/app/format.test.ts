import { expect, test } from "vitest";
import { toLatinDigits } from "../../shared/fold-name.ts";
import { createFormat, elapsed, readNumber, toArabicDigits } from "./format.ts";

const english = createFormat({ language: "en", digits: "latin" }, "Asia/Riyadh");
const arabic = createFormat({ language: "ar", digits: "latin" }, "Asia/Riyadh");
const arabicDigits = createFormat({ language: "ar", digits: "arabic" }, "Asia/Riyadh");
const noon = "2026-11-09T12:05:00+03:00";
const now = new Date("2026-11-09T15:00:00+03:00").getTime();

test("A value typed in Arabic-Indic or Persian digits, with a comma or a point, is the same number", () => {
  expect([
    readNumber("٣٧٫٥"),
    readNumber("37,5"),
    readNumber("۳۷.۵"),
    readNumber(" 37.5 "),
  ]).toEqual([37.5, 37.5, 37.5, 37.5]);
});

test("An empty field is no value, and letters are not a number", () => {
  expect(readNumber("  ")).toBeNull();
  expect([readNumber("abc"), readNumber("1.2.3"), readNumber("-4"), readNumber("12a")]).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
});

test("Arabic-Indic digits are written only where the setting asks for them, and never in English", () => {
  expect(arabicDigits.number(38.5, 1)).toBe("٣٨٫٥");
  expect(arabic.number(38.5, 1)).toBe("38.5");
  expect(createFormat({ language: "en", digits: "arabic" }).number(120)).toBe("120");
});

test("The digits of NEWS2 and SpO2 belong to their names and stay", () => {
  expect(toArabicDigits("NEWS2 خلال 72 ساعة {{count}}")).toBe("NEWS2 خلال ٧٢ ساعة {{count}}");
  expect(toLatinDigits("١٢٠/٨٠")).toBe("120/80");
});

test("The Hijri date is that of the Umm al-Qura calendar, in the language and digits chosen", () => {
  expect(english.hijri(noon)).toBe("29 Jumada I 1448 AH");
  expect(arabicDigits.hijri(noon)).toBe("٢٩ جمادى الأولى ١٤٤٨ هـ");
});

test("A time of today stands alone; another day is named", () => {
  expect(english.moment(noon, now)).toBe("12:05");
  expect(english.moment("2026-11-08T12:05:00+03:00", now)).toBe("08 Nov, 12:05");
  expect(english.moment("2024-11-08T12:05:00+03:00", now)).toBe("08 Nov 2024, 12:05");
});

test("The same wall time shown twice by a clock change carries its offset", () => {
  const berlin = createFormat({ language: "en", digits: "latin" }, "Europe/Berlin");
  expect(berlin.time("2026-10-25T00:30:00Z")).toBe("02:30 (GMT+02:00)");
  expect(berlin.time("2026-10-25T01:30:00Z")).toBe("02:30 (GMT+01:00)");
  expect(berlin.time("2026-10-25T03:30:00Z")).toBe("04:30");
});

test("A date of birth is the same day in every time zone, and a year alone stays a year", () => {
  const west = createFormat({ language: "en", digits: "latin" }, "America/Los_Angeles");
  expect(west.fhirDate("1948-03-12")).toBe("12 Mar 1948");
  expect(english.fhirDate("1948-03")).toBe("Mar 1948");
  expect(english.fhirDate("1948")).toBe("1948");
  expect(english.fhirDate("unclear")).toBe("unclear");
});

test("An age of a reading is said in the largest unit that helps", () => {
  const before = (minutes: number) => elapsed(new Date(now - minutes * 60_000).toISOString(), now);
  expect([before(0), before(59), before(60), before(47 * 60), before(72 * 60)]).toEqual([
    { count: 0, unit: "now" },
    { count: 59, unit: "minutes" },
    { count: 1, unit: "hours" },
    { count: 47, unit: "hours" },
    { count: 3, unit: "days" },
  ]);
});
