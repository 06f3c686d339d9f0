import { expect, test } from "vitest";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { makeResolutionAct, makeWithdrawalAct } from "./acts-about-acts.ts";
import { makeCorrectionAct } from "./correction-act.ts";
import { makeVitalsAct } from "./vitals-act.ts";

const AT = "2026-11-23T20:00:00+03:00";
const who = { author: "nurse-1", workstation: "pc-1", at: AT };
const vitals = makeVitalsAct({
  ...who,
  uuid: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
  patient: "p1",
  encounter: "e1",
  values: {
    respiratoryRate: 18,
    spo2: 96,
    oxygenFlow: 0,
    systolic: 122,
    diastolic: 78,
    pulse: 88,
    consciousness: "A",
    temperature: 37.2,
  },
});
/** As the HIS answers with them. */
const pulled = vitals.entries.map(({ resource }): FhirResource => ({
  ...resource,
  meta: { versionId: "1", lastUpdated: "2026-11-23T17:00:00Z" },
}));
const correct = (change: Partial<Parameters<typeof makeCorrectionAct>[0]>, observations = pulled) =>
  makeCorrectionAct({
    ...who,
    uuid: "7f9619ff-8b86-4d01-b42d-00cf4fc964ff",
    patient: "p1",
    reason: "typed in the wrong field",
    observations,
    values: {},
    wrong: [],
    ...change,
  });

test("a correction changes only the Observation of that value, on its version, with reason and author as a note", () => {
  const made = correct({ values: { pulse: 78, spo2: 96 } });
  expect(made?.act.entries).toHaveLength(1);
  expect(made?.act.entries[0]).toMatchObject({
    base: "1",
    resource: {
      status: "corrected",
      valueQuantity: { value: 78, code: "/min" },
      effectiveDateTime: AT,
      note: [
        {
          text: "typed in the wrong field",
          time: AT,
          authorReference: { reference: "Practitioner/nurse-1" },
        },
      ],
    },
  });
  expect(made?.act.entries[0]?.resource.meta).toBeUndefined();
  expect(Object.values(made?.bases ?? {})).toMatchObject([{ valueQuantity: { value: 88 } }]);
});

test("one half of a blood pressure is corrected in its component, and the other half stays", () => {
  const made = correct({ values: { systolic: 112 } });
  expect(made?.act.entries.map(({ resource }) => resource["component"])).toMatchObject([
    [{ valueQuantity: { value: 112 } }, { valueQuantity: { value: 78 } }],
  ]);
});

test("a level of consciousness is corrected with its own code", () => {
  const made = correct({ values: { consciousness: "C" } });
  expect(made?.act.entries[0]?.resource["valueCodeableConcept"]).toMatchObject({
    coding: [{ code: "C" }],
    text: "New confusion",
  });
});

test("a value of another patient is marked as entered in error, and keeps what it said", () => {
  const made = correct({ wrong: ["pulse"], values: { pulse: 70 } });
  expect(made?.act.entries.map(({ resource }) => resource)).toMatchObject([
    { status: "entered-in-error", valueQuantity: { value: 88 } },
  ]);
});

test.each([
  ["nothing differs", { values: { pulse: 88 } }, pulled],
  ["the record holds none of it any more", { values: { pulse: 78 } }, []],
  [
    "its version is not known",
    { values: { pulse: 78 } },
    pulled.map(({ meta: _version, ...one }): FhirResource => one),
  ],
])("there is no correction when %s", (_name, change, observations) => {
  expect(correct(change, observations)).toBeNull();
});

test("a withdrawal carries the set as entered in error, under the same identifiers", () => {
  const made = makeWithdrawalAct(vitals, { ...who, uuid: "u", reason: "wrong bed" });
  expect(made.about).toEqual({ act: vitals.uuid, reason: "wrong bed" });
  expect(made.entries).toHaveLength(vitals.entries.length);
  for (const [index, { resource, base }] of made.entries.entries()) {
    expect(base).toBeNull();
    expect(resource).toMatchObject({
      id: vitals.entries[index]?.resource.id,
      identifier: vitals.entries[index]?.resource["identifier"],
      status: "entered-in-error",
      note: [{ text: "wrong bed" }],
    });
  }
});

const mine = correct({ values: { pulse: 78 } });
const before = Object.values(mine?.bases ?? {})[0];
const name = Object.keys(mine?.bases ?? {})[0] ?? "";
const theirs: FhirResource = {
  ...(before ?? { resourceType: "Observation", id: "none" }),
  status: "amended",
  valueQuantity: { value: 98, unit: "beats/min" },
  meta: { versionId: "2" },
};
const decide = (side: "mine" | "theirs") =>
  mine === null
    ? null
    : makeResolutionAct(mine.act, { bases: mine.bases, theirs: { [name]: theirs } }, () => side, {
        ...who,
        uuid: "u",
        reason: "conflict",
      });

test("a decision for what was charted here is an update of the version that the HIS holds", () => {
  expect(decide("mine")).toMatchObject({
    send: true,
    act: {
      kind: "resolution",
      entries: [{ base: "2", resource: { status: "corrected", valueQuantity: { value: 78 } } }],
    },
  });
});

test("a decision for what the HIS holds sends nothing where nothing of hers was merged", () => {
  const mineBare =
    mine === null
      ? null
      : {
          ...mine.act,
          entries: mine.act.entries.map(({ resource: { note: _n, ...resource }, base }) => ({
            resource,
            base,
          })),
        };
  const made =
    mineBare === null || mine === null
      ? null
      : makeResolutionAct(
          mineBare,
          { bases: mine.bases, theirs: { [name]: theirs } },
          () => "theirs",
          { ...who, uuid: "u", reason: "conflict" },
        );
  expect(made?.send).toBe(false);
  expect(made?.act.entries[0]).toMatchObject({
    base: "2",
    resource: { valueQuantity: { value: 98 } },
  });
});
