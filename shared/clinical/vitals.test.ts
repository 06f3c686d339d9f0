import { describe, expect, test } from "vitest";
import { ACT_SYSTEM } from "../trust/act.ts";
import { ACT_IDENTIFIER } from "./codes.ts";
import { readVital, readVitals } from "./vitals.ts";

const SCT = "http://snomed.info/sct";

const LOINC = "http://loinc.org";

const coded = (system: string, code: string, text?: string) => ({
  coding: [{ system, code }],
  ...(text !== undefined && { text }),
});

const observation = (id: string, code: string, change: object) => ({
  resourceType: "Observation",
  id,
  status: "final",
  code: coded(LOINC, code),
  effectiveDateTime: "2026-11-23T10:00:10+03:00",
  encounter: { reference: "Encounter/e" },
  ...change,
});

const quantity = (value: number, unit?: string) => ({
  valueQuantity: { value, ...(unit !== undefined && { unit, code: unit }) },
});

describe("vital signs", () => {
  test("taken in one minute of one stay they are one set, whatever their zones", () => {
    const sets = readVitals([
      observation("a", "8867-4", quantity(88, "/min")),
      observation("b", "9279-1", {
        ...quantity(18, "/min"),
        effectiveDateTime: "2026-11-23T07:00:59Z",
      }),
      observation("c", "8867-4", {
        ...quantity(90, "/min"),
        effectiveDateTime: "2026-11-23T10:01:00+03:00",
      }),
      observation("d", "8867-4", {
        ...quantity(70, "/min"),
        encounter: { reference: "Encounter/other" },
      }),
    ]);
    expect(sets.map((set) => [set.at, set.values.pulse, set.values.respiratoryRate])).toEqual([
      ["2026-11-23T10:01:00+03:00", 90, null],
      ["2026-11-23T10:00:10+03:00", 88, 18],
      ["2026-11-23T10:00:10+03:00", 70, null],
    ]);
  });
  test("a blood pressure panel as Synthea writes it, with its long fractions", () => {
    const [set] = readVitals([
      observation("bp", "55284-4", {
        component: [
          { code: coded(LOINC, "8462-4"), ...quantity(80.2376738990815, "mm[Hg]") },
          { code: coded(LOINC, "8480-6"), ...quantity(107.79682887583836, "mm[Hg]") },
        ],
      }),
    ]);
    expect(set?.values).toMatchObject({ systolic: 107.8, diastolic: 80.2 });
  });
  test.each([
    ["8310-5", 100.4, "[degF]", "temperature", 38],
    ["8331-1", 37.2, "Cel", "temperature", 37.2],
    ["8310-5", 98.6, undefined, "temperature", null],
    ["8310-5", 37.1, undefined, "temperature", 37.1],
    ["8310-5", 310, "K", "temperature", null],
    ["2708-6", 97, "%", "spo2", 97],
    ["59408-5", 0.97, "1", "spo2", null],
    ["8480-6", 16, "kPa", "systolic", 120],
    ["3151-8", 2000, "mL/min", "oxygenFlow", 2],
  ] as const)("%s of %d %s is %s %s", (code, value, unit, name, expected) => {
    const [set] = readVitals([observation("x", code, quantity(value, unit))]);
    expect(set?.values[name] ?? null).toBe(expected);
  });
  test.each([
    [{ valueCodeableConcept: coded("urn:amanah:acvpu", "C", "New confusion") }, "C"],
    [{ valueCodeableConcept: coded(LOINC, "LA17108-4") }, "V"],
    [{ valueCodeableConcept: coded(SCT, "422768004") }, "U"],
    [{ valueCodeableConcept: { text: "Alert" } }, "A"],
    [{ valueString: "responds to pain" }, "P"],
    [{ valueString: "Not alert" }, null],
    [
      {
        valueCodeableConcept: {
          coding: [
            { system: LOINC, code: "LA9340-6" },
            { system: SCT, code: "422768004" },
          ],
        },
      },
      null,
    ],
  ])("consciousness %j reads %s", (value, level) => {
    expect(readVitals([observation("x", "67775-7", value)])[0]?.values.consciousness ?? null).toBe(
      level,
    );
  });
  test("what was entered in error is nobody's finding", () => {
    expect(
      readVital(
        observation("x", "8867-4", { ...quantity(88, "/min"), status: "entered-in-error" }),
      ),
    ).toBeNull();
  });
  test("a vital sign with only a date stands at the time it was issued, or is left out of the sets", () => {
    const dated = observation("x", "8867-4", {
      ...quantity(88, "/min"),
      effectiveDateTime: "2026-11-23",
    });
    expect(readVital(dated)).toBeNull();
    expect(readVital({ ...dated, issued: "2026-11-23T09:00:00Z" })?.at).toBe(
      "2026-11-23T09:00:00Z",
    );
  });
  test("the identifier by which we know our own acts is the one trust defines", () => {
    expect(ACT_IDENTIFIER).toBe(ACT_SYSTEM);
    expect(
      readVital(
        observation("his-1", "8867-4", {
          ...quantity(88, "/min"),
          identifier: [{ system: ACT_SYSTEM, value: "u" }],
        }),
      )?.ours,
    ).toBe("u");
  });
});
