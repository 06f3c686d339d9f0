import fc from "fast-check";
import { expect, test } from "vitest";
import { readAllergies } from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { allergyTakes } from "./rules/allergy.ts";
import { isAdministrable } from "./rules/order.ts";
import { clinical, MORPHINE, NOW, passed, PENICILLIN, verification, versioned } from "./testing.ts";
import type { IncomingFact } from "./fact.ts";

/** Anything a hostile HIS may make of an allergy: known elements turned any way, unknown ones thrown in, removals, re-pointings. */
const allergyVersion = fc
  .record(
    {
      criticality: fc.constantFrom("low", "high", "unable-to-assess", undefined),
      code: fc.constantFrom(
        PENICILLIN["code"],
        { text: "Dust" },
        { text: "Penicillin" },
        { coding: [{ system: "http://snomed.info/sct", code: "716186003" }] },
      ),
      clinical: fc.constantFrom("active", "inactive", "resolved"),
      verification: fc.constantFrom("confirmed", "unconfirmed", "refuted", "entered-in-error"),
      reaction: fc.constantFrom(PENICILLIN["reaction"], undefined, [
        { manifestation: [{ text: "Rash" }], severity: "mild" },
      ]),
      note: fc.constantFrom(PENICILLIN["note"], undefined, [{ text: "Tolerates amoxicillin" }]),
      type: fc.constantFrom("allergy", "intolerance", undefined),
      category: fc.constantFrom(["medication"], ["food"], undefined),
      modifierExtension: fc.constantFrom(undefined, [{ url: "urn:x" }]),
      extra: fc.option(
        fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue(), { maxKeys: 2 }),
        { nil: undefined },
      ),
      patient: fc.constantFrom("p1", "p2"),
    },
    { requiredKeys: ["clinical", "verification", "patient", "code"] },
  )
  .map(({ clinical: c, verification: v, extra, patient, ...rest }) => ({
    patient,
    change: {
      ...rest,
      ...clinical(c),
      ...verification(v),
      patient: { reference: `Patient/${patient}` },
      ...(extra !== undefined &&
        Object.fromEntries(Object.entries(extra).filter(([key]) => !(key in PENICILLIN)))),
    },
  }));

const step = fc.oneof(
  { weight: 5, arbitrary: allergyVersion },
  { weight: 1, arbitrary: fc.constant("gone" as const) },
  { weight: 1, arbitrary: fc.constant("back" as const) },
);

test("whatever versions a HIS sends unsigned, an allergy once known never goes and never weakens", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(step, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 12 }),
      (steps) => {
        const incoming = steps.map(([one, number]): { incoming: IncomingFact } => {
          if (one === "gone") {
            const at = new Date(NOW + number * 60_000).toISOString();
            const removal = { version: String(number), at, exact: number > 2 };
            return { incoming: { patient: "p1", gone: removal, last: versioned(PENICILLIN, 1) } };
          }
          const { patient, change } = one === "back" ? { patient: "p1", change: {} } : one;
          const resource = versioned({ ...PENICILLIN, ...change }, number);
          return { incoming: { patient, resource } };
        });
        const first = { incoming: { patient: "p1", resource: versioned(PENICILLIN, 1) } };
        const fact = passed([first, ...incoming]);
        expect(fact?.removed).toBeNull();
        expect(fact?.patient).toBe("p1");
        const [read] = readAllergies([fact?.resource]);
        expect(read?.inForce).toBe(true);
        expect(read?.kind).toBe("allergy");
        expect(read?.allergy).toMatchObject({ substance: "Penicillin G", criticality: "high" });
        expect(allergyTakes(PENICILLIN, fact?.resource as FhirResource, NOW)).toEqual([]);
      },
    ),
    { numRuns: 400 },
  );
});

test("whatever versions a HIS sends unsigned, an order that had ended is never to be given again", () => {
  const status = fc.constantFrom(
    "active",
    "on-hold",
    "stopped",
    "cancelled",
    "completed",
    "entered-in-error",
    "draft",
    "unknown",
  );
  fc.assert(
    fc.property(
      fc.constantFrom("stopped", "cancelled", "completed", "entered-in-error", "gone"),
      fc.array(fc.tuple(status, fc.integer({ min: 1, max: 6 }), fc.constantFrom("p1", "p2")), {
        maxLength: 10,
      }),
      (end, later) => {
        const stop: IncomingFact =
          end === "gone"
            ? {
                patient: "p1",
                gone: { version: "2", at: new Date(NOW + 120_000).toISOString(), exact: true },
                last: versioned(MORPHINE, 1),
              }
            : { patient: "p1", resource: versioned({ ...MORPHINE, status: end }, 2) };
        const fact = passed([
          { incoming: { patient: "p1", resource: versioned(MORPHINE, 1) } },
          { incoming: stop },
          ...later.map(([next, number, patient]) => ({
            incoming: { patient, resource: versioned({ ...MORPHINE, status: next }, number) },
          })),
        ]);
        const isOff = fact === null || fact.removed !== null || !isAdministrable(fact.resource);
        expect(isOff).toBe(true);
      },
    ),
    { numRuns: 400 },
  );
});
