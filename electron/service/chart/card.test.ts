import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PATIENT_TYPES } from "../../../shared/fhir/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { makeCard, parseCard } from "./card.ts";
import { NOW, vitals } from "./testing.ts";

describe("the card", () => {
  const hours = fc.integer({ min: 0, max: 40 });
  const change = fc.oneof(
    fc.record({
      kind: fc.constant("add" as const),
      hour: hours,
      rate: fc.integer({ min: 8, max: 30 }),
    }),
    fc.record({ kind: fc.constant("mistake" as const), hour: hours }),
    fc.record({ kind: fc.constant("remove" as const), hour: hours }),
    fc.record({ kind: fc.constant("pregnant" as const), hour: hours, yes: fc.boolean() }),
    fc.record({
      kind: fc.constant("scale" as const),
      hour: hours,
      scale: fc.constantFrom("1", "2"),
    }),
  );
  const at = (hour: number): string => new Date(Date.UTC(2026, 10, 22, hour)).toISOString();

  test("kept up to date step by step is the card made from everything", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 25 }), (steps) => {
        const held = new Map<string, FhirResource>();
        const read = (type: string) =>
          [...held.values()].filter((one) => one.resourceType === type);
        let card: unknown = null;
        for (const step of steps) {
          const upserts: FhirResource[] = [];
          const removed: { type: string; id: string }[] = [];
          const [rate] = vitals(
            at(step.hour),
            "rate" in step ? { respiratoryRate: step.rate } : {},
          );
          if (rate === undefined) throw new Error("no vitals");
          if (step.kind === "add") upserts.push(rate);
          if (step.kind === "mistake") upserts.push({ ...rate, status: "entered-in-error" });
          if (step.kind === "remove") removed.push({ type: "Observation", id: rate.id });
          if (step.kind === "pregnant")
            upserts.push({
              resourceType: "Observation",
              id: `preg${step.hour}`,
              status: "final",
              code: { coding: [{ system: "http://loinc.org", code: "82810-3" }] },
              effectiveDateTime: at(step.hour),
              valueCodeableConcept: {
                coding: [
                  { system: "http://loinc.org", code: step.yes ? "LA15173-0" : "LA26683-5" },
                ],
              },
            });
          if (step.kind === "scale")
            upserts.push({
              resourceType: "Observation",
              id: `scale${step.hour}`,
              status: "final",
              effectiveDateTime: at(step.hour),
              valueCodeableConcept: {
                coding: [{ system: "urn:amanah:spo2-scale", code: step.scale }],
              },
            });
          for (const one of upserts) held.set(one.id, one);
          for (const one of removed) held.delete(one.id);
          card = JSON.parse(JSON.stringify(makeCard(card, { upserts, removed }, read)));
        }
        const whole = parseCard(
          JSON.parse(JSON.stringify(makeCard(null, { upserts: [], removed: [] }, read))),
        );
        const kept = parseCard(card) ?? whole;
        const sorted = (value: typeof whole) =>
          value && {
            ...value,
            readings: value.readings.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
            marks: value.marks.toSorted(),
          };
        expect(sorted(kept)).toEqual(sorted(whole));
      }),
      { numRuns: 200 },
    );
  });
  test("does not read the Observations again for one more of them", () => {
    const first = makeCard(null, { upserts: [], removed: [] }, () => []);
    const asked: string[] = [];
    const card = parseCard(
      makeCard(first, { upserts: vitals(NOW, {}), removed: [] }, (type) => (asked.push(type), [])),
    );
    expect(asked).toEqual([]);
    expect(card?.readings).toHaveLength(7);
  });
  test("holds no more than the latest sets, however many there are", () => {
    const all = Array.from({ length: 30 }, (_, hour) => vitals(at(hour), {})).flat();
    const card = parseCard(
      makeCard(null, { upserts: [], removed: [] }, (type) => (type === "Observation" ? all : [])),
    );
    expect(card?.readings).toHaveLength(4 * 7);
    expect(PATIENT_TYPES).toContain("Observation");
  });
});
