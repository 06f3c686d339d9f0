import { describe, expect, test } from "vitest";
import { ageAt, ageYears } from "./age.ts";
import {
  hospitalNumber,
  isDeceased,
  locationName,
  patientName,
  practitionerName,
} from "./names.ts";

const NOW = "2026-11-23T20:00:00+03:00";

const coded = (system: string, code: string, text?: string) => ({
  coding: [{ system, code }],
  ...(text !== undefined && { text }),
});

describe("age", () => {
  test.each([
    ["1950-11-24", 75, "years"],
    ["1950-11-23", 76, "years"],
    ["2024-11-23", 2, "years"],
    ["2024-11-24", 23, "months"],
    ["2026-10-23", 1, "months"],
    ["2026-10-24", 30, "days"],
    ["2026-11-23", 0, "days"],
    ["1950", 75, "years"],
    ["1950-11", 75, "years"],
  ] as const)("born %s is %d %s old", (born, value, unit) => {
    expect(ageAt(born, NOW)).toEqual({ value, unit });
  });
  test("a birth date in the future or unreadable gives none", () => {
    expect([
      ageAt("2026-12-01", NOW),
      ageAt("soon", NOW),
      ageAt("2026-02-31", NOW),
      ageAt(null, NOW),
    ]).toEqual([null, null, null, null]);
  });
  test("for NEWS2 a year of birth that leaves open whether he is 16 is not known", () => {
    expect([
      ageYears("2010", NOW),
      ageYears("2011", NOW),
      ageYears("2009", NOW),
      ageYears("2010-11-23", NOW),
    ]).toEqual([null, 14, 16, 16]);
  });
  test("born on 29 February he is a year older on the last day of February", () => {
    expect(ageYears("2008-02-29", "2026-02-27T23:59:00Z")).toBe(17);
    expect(ageYears("2008-02-29", "2026-02-28T00:00:00Z")).toBe(18);
  });
});

describe("names", () => {
  test("the official name is shown, and the Arabic one beside it", () => {
    const name = [
      { use: "nickname", family: "Abu Omar" },
      { use: "official", family: "العتيبي", given: ["خالد"] },
      { use: "official", family: "Al-Otaibi", given: ["Khalid", "Saad"] },
    ];
    expect(patientName({ name })).toEqual({
      family: "Al-Otaibi",
      given: "Khalid Saad",
      ar: { family: "العتيبي", given: "خالد" },
    });
  });
  test("a patient with only an Arabic name is shown by it", () => {
    expect(patientName({ name: [{ family: "العتيبي" }] })).toMatchObject({
      family: "العتيبي",
      ar: { family: "العتيبي" },
    });
  });
  test("missing parts are empty, a bare text is the family name, and no name at all is none", () => {
    expect(patientName({ name: [{ given: ["Noor"] }] })).toEqual({ family: "", given: "Noor" });
    expect(patientName({ name: { text: "Unknown male" } })).toEqual({
      family: "Unknown male",
      given: "",
    });
    expect(patientName({ name: [{ use: "official" }] })).toBeNull();
  });
  test("the hospital number is the MRN, and never the social security number", () => {
    const type = (code: string) => coded("http://terminology.hl7.org/CodeSystem/v2-0203", code);
    const identifier = [
      { type: type("SS"), value: "999-38-1344" },
      { value: "A1" },
      { type: type("MR"), value: "H-77" },
    ];
    expect(hospitalNumber({ identifier })).toBe("H-77");
    expect(hospitalNumber({ identifier: identifier.slice(0, 1) })).toBeNull();
  });
  test("a recorded time of death means deceased; a practitioner keeps his title; a ward has its Arabic name", () => {
    expect(isDeceased({ deceasedDateTime: "2020-01-01" })).toBe(true);
    expect(isDeceased({ deceasedBoolean: false })).toBe(false);
    expect(
      practitionerName({ name: [{ family: "Stark", given: ["Antonia"], prefix: ["Dr."] }] }),
    ).toBe("Dr. Antonia Stark");
    expect(locationName({ name: "Medical 1", alias: ["باطنية 1"] })).toEqual({
      name: "Medical 1",
      nameAr: "باطنية 1",
    });
  });
});
