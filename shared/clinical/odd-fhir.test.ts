import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  Age,
  Allergy,
  AllergySummary,
  Instant,
  MedicineOrder,
  Note,
  PatientName,
  Problem,
  Result,
  VitalValues,
} from "../contract/parts.ts";
import type { SectionState } from "../contract/parts.ts";
import { ageAt } from "./age.ts";
import { readAllergies, summariseAllergies } from "./allergies.ts";
import { readMedicines } from "./medicines.ts";
import { hospitalNumber, locationName, patientName, practitionerName } from "./names.ts";
import { readNotes } from "./notes.ts";
import { readProblems } from "./problems.ts";
import { readResults } from "./results.ts";
import {
  alerts,
  codeStatus,
  isPregnant,
  pregnancyStatements,
  spo2ScaleStatement,
} from "./status.ts";
import { instant } from "./time.ts";
import { readVitals } from "./vitals.ts";

const NOW = "2026-11-23T20:00:00+03:00";

const LOADED: SectionState = { loaded: true, asOf: NOW, unreadable: [], damaged: false };

const SCT = "http://snomed.info/sct";

const LOINC = "http://loinc.org";

describe("odd FHIR", () => {
  const KEYS = [
    "id",
    "status",
    "code",
    "coding",
    "system",
    "text",
    "value",
    "unit",
    "name",
    "family",
    "given",
    "effectiveDateTime",
    "component",
    "dosageInstruction",
    "timing",
    "repeat",
    "event",
    "timeOfDay",
    "period",
    "periodUnit",
    "frequency",
    "valueQuantity",
    "category",
    "content",
    "attachment",
    "data",
    "contentType",
    "clinicalStatus",
    "reaction",
    "request",
    "referenceRange",
    "low",
    "high",
    "birthDate",
    "identifier",
    "result",
    "reference",
    "interpretation",
    "boundsPeriod",
    "start",
    "count",
  ];
  const VALUES = [
    "final",
    "active",
    "completed",
    "order",
    "2026-11-23T10:00:00+03:00",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00-14:00",
    "2026-02-30",
    "8867-4",
    LOINC,
    SCT,
    "h",
    "d",
    "min",
    "08:00:00",
    "24:61",
    "__proto__",
    "constructor",
    "HH",
    "text/html",
    "//4=",
    "<div",
    "Patient/x/_history/1",
    1e308,
    -0,
    5e-324,
  ];
  const junk = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.constantFrom(...VALUES),
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...KEYS), tie("any"), { maxKeys: 6 }),
    ),
  })).any;
  const resource = fc
    .tuple(
      fc.constantFrom(
        "Patient",
        "Observation",
        "AllergyIntolerance",
        "MedicationRequest",
        "MedicationAdministration",
        "Condition",
        "Flag",
        "DiagnosticReport",
        "DocumentReference",
      ),
      fc.dictionary(fc.constantFrom(...KEYS), junk, { maxKeys: 12 }),
    )
    .map(([resourceType, body]) => Object.assign(body, { resourceType, id: "x" }));

  test("never throws, and what comes out is what the contract allows", () => {
    const View = z.object({
      name: PatientName.nullable(),
      age: Age.nullable(),
      allergies: z.array(Allergy),
      summary: AllergySummary,
      medicines: z.array(MedicineOrder),
      results: z.array(Result),
      problems: z.array(Problem),
      notes: z.array(Note),
      sets: z.array(z.object({ at: Instant, values: VitalValues })),
      words: z.array(z.string().nullable()),
    });
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 3 }), (all) => {
        const read = readAllergies(all);
        const view = {
          name: patientName(all[0]),
          age: ageAt("2001", NOW),
          allergies: read.map((one) => one.allergy),
          summary: summariseAllergies(read, LOADED),
          medicines: readMedicines(all, all, { now: NOW, answersKnown: true }),
          results: readResults(all, all),
          problems: readProblems(all),
          notes: readNotes(all),
          sets: readVitals(all),
          words: [
            codeStatus(all, NOW),
            ...alerts(all, NOW),
            hospitalNumber(all[0]),
            practitionerName(all[0]),
            locationName(all[0]).name,
          ],
        };
        isPregnant(pregnancyStatements(all), NOW);
        spo2ScaleStatement(all);
        const parsed = View.safeParse(view);
        expect(parsed.error?.issues ?? []).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
  test("every moment we take for an instant is one for the contract", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.date({ noInvalidDate: true }).map((one) => one.toISOString()),
          fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/u),
        ),
        (value) => {
          const taken = instant(value);
          expect(taken === null || Instant.safeParse(taken).success).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
