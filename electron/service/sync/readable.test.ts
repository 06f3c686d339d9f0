import fc from "fast-check";
import { expect, test } from "vitest";
import { isPlainObservation } from "./plain-observation.ts";
import { readable, readableBySchema } from "./readable.ts";

type Json = Record<string, unknown>;

const HEART_RATE: Json = {
  resourceType: "Observation",
  id: "o1",
  meta: { versionId: "1", lastUpdated: "2026-11-23T07:00:00Z" },
  status: "final",
  code: { coding: [{ system: "http://loinc.org", code: "8867-4", display: "Heart rate" }] },
  subject: { reference: "Patient/p1" },
  effectiveDateTime: "2026-11-23T07:00:00+01:00",
  valueQuantity: { value: 80, unit: "/min", code: "/min" },
};
const BLOOD_PRESSURE: Json = {
  ...HEART_RATE,
  valueQuantity: undefined,
  effectiveDateTime: undefined,
  effectivePeriod: { start: "2026-11-23", end: "2026-11-23T07:00:00Z" },
  component: [
    { code: { text: "Systolic" }, valueQuantity: { value: 120, unit: "mmHg" } },
    { code: {}, valueCodeableConcept: { text: "not measured" } },
    { code: { coding: [] }, valueString: "90" },
  ],
};

test.each([
  ["a heart rate", HEART_RATE],
  ["a blood pressure", json(BLOOD_PRESSURE)],
  ["an observation without a value", json({ ...HEART_RATE, valueQuantity: undefined })],
])("%s is read without asking the schema, and the schema would read it too", (_what, one) => {
  expect(isPlainObservation(one)).toBe(true);
  expect(readableBySchema(one)).toEqual({ ok: true, resource: one });
});

test.each<[string, Json]>([
  ["has a status of its own making", { status: "done" }],
  ["has no status", { status: undefined }],
  ["has an id that is none", { id: "a/b" }],
  ["names nothing", { code: { coding: [{ system: "http://loinc.org" }] } }],
  ["has an empty name", { code: { text: "", coding: [{ display: "", code: "8867-4" }] } }],
  ["has a code that is a list", { code: [{ text: "Heart rate" }] }],
  ["has a number for a code", { code: { text: "x", coding: [{ code: 8867 }] } }],
  ["has a date that is none", { effectiveDateTime: "23.11.2026" }],
  ["has a time without an offset", { effectiveDateTime: "2026-11-23T07:00:00" }],
  ["has a period with a date that is none", { effectivePeriod: { start: "today" } }],
  ["carries two values", { valueString: "81" }],
  ["has a number written as text", { valueQuantity: { value: "80" } }],
  ["has a number no one can write", { valueQuantity: { value: Number.POSITIVE_INFINITY } }],
  ["has null for a value", { valueQuantity: null }],
  ["has a component without a code", { component: [{ valueString: "1" }] }],
  [
    "has a component with two values",
    { component: [{ code: {}, valueString: "1", valueBoolean: true }] },
  ],
  ["has components that are no list", { component: { code: {} } }],
])("an observation that %s is left unread, in the schema's words", (_what, change) => {
  const one = { ...HEART_RATE, ...change };
  expect(isPlainObservation(one)).toBe(false);
  expect(readableBySchema(one).ok).toBe(false);
  expect(readable(one)).toEqual(readableBySchema(one));
});

test("whatever an observation looks like, the quick look reads none that the schema would not", () => {
  let quick = 0;
  let refused = 0;
  fc.assert(
    fc.property(observation, (one) => {
      const bySchema = readableBySchema(one);
      const isQuick = isPlainObservation(one);
      quick += Number(isQuick);
      refused += Number(!bySchema.ok);
      expect(isQuick && !bySchema.ok).toBe(false);
      expect(readable(one)).toEqual(bySchema);
    }),
    { numRuns: 3000, seed: 1 },
  );
  // Both ways must really have been gone.
  expect(quick).toBeGreaterThan(300);
  expect(refused).toBeGreaterThan(300);
});

function json(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** Mostly what belongs in a place, and now and then what does not. */
function mostly(good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { arbitrary: good, weight: 60 },
    { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 },
    {
      arbitrary: fc.constantFrom(null, "", 0, [], {}, [null], Number.POSITIVE_INFINITY),
      weight: 1,
    },
  );
}

function some(parts: Record<string, fc.Arbitrary<unknown>>, always: string[] = []) {
  const kept = Object.fromEntries(Object.entries(parts).map(([key, one]) => [key, mostly(one)]));
  return fc.record(kept, { requiredKeys: always }) as fc.Arbitrary<Json>;
}

const word = fc.constantFrom("8867-4", "Heart rate", "http://loinc.org", "");
const concept = some({
  text: word,
  coding: fc.array(mostly(some({ system: word, code: word, display: word })), { maxLength: 2 }),
});
const date = fc.constantFrom(
  "2026",
  "2026-11",
  "2026-11-23",
  "2026-11-23T07:00:00Z",
  "2026-11-23T07:00:00.5-05:00",
  "2026-11-23T07:00Z",
  "yesterday",
);
const measured = {
  valueQuantity: some({ value: fc.double(), unit: word }),
  valueCodeableConcept: concept,
  valueString: word,
  valueInteger: fc.integer(),
  values: fc.integer(),
};
/** One kind of value, two now and then. */
const withValues = (parts: Record<string, fc.Arbitrary<unknown>>, always: string[]) =>
  fc
    .tuple(some(parts, always), some(measured), fc.integer({ min: 0, max: 7 }), fc.integer())
    .map(([one, values, many, which]): Json => {
      const entries = Object.entries(values);
      const first = Math.abs(which) % Math.max(entries.length, 1);
      const kept = many === 0 ? entries : entries.slice(first, first + 1);
      return Object.fromEntries([...Object.entries(one), ...kept]);
    });
const observation = withValues(
  {
    resourceType: fc.constant("Observation"),
    id: fc.constantFrom("o1", "a.b-c", "x".repeat(64)),
    status: fc.constantFrom("final", "amended", "entered-in-error"),
    code: concept,
    effectiveDateTime: date,
    effectivePeriod: some({ start: date, end: date }),
    component: fc.array(mostly(withValues({ code: concept }, ["code"])), { maxLength: 2 }),
  },
  ["resourceType", "id", "status", "code"],
);
