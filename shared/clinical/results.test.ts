import { describe, expect, test } from "vitest";
import { readResults } from "./results.ts";

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

describe("results", () => {
  const lab = (change: object) => ({
    resourceType: "Observation",
    id: "k",
    status: "final",
    category: [coded("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")],
    code: { text: "Potassium" },
    effectiveDateTime: "2026-11-23",
    valueQuantity: { value: 6.1, unit: "mmol/L" },
    ...change,
  });
  const range = (low: number, high: number, unit = "mmol/L") => ({
    low: { value: low, unit },
    high: { value: high, unit },
  });
  const flag = (change: object) => readResults([lab(change)], [])[0]?.abnormal;

  test("the laboratory's own interpretation decides, also when it says normal", () => {
    expect(flag({ interpretation: [coded("x", "HH")], referenceRange: [range(3.5, 5.1)] })).toBe(
      "critical-high",
    );
    expect(
      flag({ interpretation: [coded("x", "N")], referenceRange: [range(3.5, 5.1)] }),
    ).toBeNull();
  });
  test("without one the single range in the same unit decides", () => {
    expect(flag({ referenceRange: [range(3.5, 5.1)] })).toBe("high");
    expect(flag({ referenceRange: [range(7, 9)] })).toBe("low");
    expect(flag({ referenceRange: [range(3.5, 5.1, "mg/dL")] })).toBeNull();
    expect(flag({ referenceRange: [range(3.5, 5.1), range(3, 5)] })).toBeNull();
    expect(flag({})).toBeNull();
  });
  test("below a limit of detection is low only where the whole of it is", () => {
    expect(
      flag({
        valueQuantity: { value: 5, unit: "mmol/L", comparator: "<" },
        referenceRange: [range(7, 9)],
      }),
    ).toBe("low");
    expect(
      flag({
        valueQuantity: { value: 10, unit: "mmol/L", comparator: "<" },
        referenceRange: [range(3, 5)],
      }),
    ).toBeNull();
  });
  test("they carry panel, range and comparator as given, and long fractions are cut to five digits", () => {
    const report = {
      resourceType: "DiagnosticReport",
      id: "r",
      code: { text: "Renal profile" },
      result: [{ reference: "urn:uuid:k" }],
    };
    const [result] = readResults(
      [
        lab({
          valueQuantity: { value: 8.124023510573677, comparator: ">", unit: "mg/dL" },
          referenceRange: [{ text: "up to 7" }],
        }),
      ],
      [report],
    );
    expect(result).toMatchObject({
      panel: "Renal profile",
      value: ">8.124",
      unit: "mg/dL",
      range: "up to 7",
    });
  });
  test("a report in prose is a result; vital signs and surveys are none", () => {
    const results = readResults(
      [
        observation("v", "8867-4", quantity(88, "/min")),
        lab({
          id: "s",
          category: [coded("http://terminology.hl7.org/CodeSystem/observation-category", "survey")],
        }),
      ],
      [
        {
          resourceType: "DiagnosticReport",
          id: "x",
          status: "final",
          code: { text: "Chest X-ray" },
          conclusion: "No focal lesion",
          effectiveDateTime: "2026-11-22",
        },
      ],
    );
    expect(results).toMatchObject([
      { name: "Chest X-ray", value: "No focal lesion", abnormal: null },
    ]);
  });
});
