import { describe, expect, test } from "vitest";
import { readNotes } from "./notes.ts";
import { readProblems } from "./problems.ts";
import {
  alerts,
  codeStatus,
  isPregnant,
  pregnancyStatements,
  spo2ScaleStatement,
} from "./status.ts";

const NOW = "2026-11-23T20:00:00+03:00";

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

describe("problems, notes, alerts", () => {
  test("a problem without a status is active until its end is recorded; refuted ones are gone", () => {
    const problems = readProblems([
      { id: "1", code: { text: "Asthma" } },
      { id: "2", code: { text: "Pneumonia" }, abatementDateTime: "2020" },
      { id: "3", code: { text: "Not so" }, verificationStatus: coded("x", "refuted") },
    ]);
    expect(problems.map((one) => [one.text, one.active])).toEqual([
      ["Asthma", true],
      ["Pneumonia", false],
    ]);
  });
  test("a note's inline text is read, in Arabic too; a PDF leaves its description", () => {
    const data = "2KfZhNmF2LHZiti2INmF2LPYqtmC2LE=";
    const notes = readNotes([
      {
        id: "1",
        content: [{ attachment: { contentType: "text/plain; charset=utf-8", data } }],
        type: { text: "Progress note" },
      },
      {
        id: "2",
        content: [{ attachment: { contentType: "application/pdf", data } }],
        description: "Scan",
      },
    ]);
    expect(notes.map((one) => one.text)).toEqual(["المريض مستقر", "Scan"]);
  });
  test("two resuscitation decisions in force are both shown; a request not to is never shown as one to do", () => {
    const flag = (text: string) => ({
      resourceType: "Flag",
      status: "active",
      category: [coded("http://terminology.hl7.org/CodeSystem/flag-category", "advance-directive")],
      code: { text },
    });
    expect(codeStatus([flag("Full code"), flag("DNACPR")], NOW)).toBe("DNACPR / Full code");
    expect(codeStatus([{ ...flag("DNACPR"), status: "inactive" }], NOW)).toBeNull();
    const request = {
      resourceType: "ServiceRequest",
      status: "active",
      doNotPerform: true,
      code: coded(SCT, "89666000", "Cardiopulmonary resuscitation"),
    };
    expect(codeStatus([request], NOW)).toBe("doNotPerform: Cardiopulmonary resuscitation");
    expect(
      alerts(
        [flag("DNACPR"), { resourceType: "Flag", status: "active", code: { text: "Falls risk" } }],
        NOW,
      ),
    ).toEqual(["Falls risk"]);
  });
  test("pregnancy counts until denied or too long ago to be true", () => {
    const status = (code: string, at: string) =>
      observation("p", "82810-3", {
        effectiveDateTime: at,
        valueCodeableConcept: coded(LOINC, code),
      });
    const pregnant = (...all: unknown[]) => isPregnant(pregnancyStatements(all), NOW);
    expect(pregnant(status("LA15173-0", "2026-09-01"))).toBe(true);
    expect(pregnant(status("LA15173-0", "2026-09-01"), status("LA26683-5", "2026-10-01"))).toBe(
      false,
    );
    expect(pregnant(status("LA15173-0", "2019-09-01"))).toBe(false);
    expect(
      pregnant({
        resourceType: "Condition",
        code: coded(SCT, "72892002"),
        clinicalStatus: coded("x", "active"),
      }),
    ).toBe(true);
    expect(
      pregnant({
        resourceType: "Condition",
        code: coded(SCT, "72892002"),
        clinicalStatus: coded("x", "resolved"),
      }),
    ).toBe(false);
  });
  test("SpO2 scale 2 only by a clinician's explicit choice, the latest one", () => {
    const flag = (code: string, start: string) => ({
      resourceType: "Flag",
      status: "active",
      period: { start },
      code: coded("urn:amanah:spo2-scale", code),
    });
    expect(spo2ScaleStatement([flag("2", "2026-01-01"), flag("1", "2026-02-01")])?.scale).toBe(1);
    expect(
      spo2ScaleStatement([
        { resourceType: "Flag", status: "active", code: { text: "SpO2 scale 2" } },
      ]),
    ).toBeNull();
  });
});
