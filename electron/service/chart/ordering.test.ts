import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readPack } from "../../../shared/clinical/drug-allergy/index.ts";
import { field } from "../../../shared/clinical/index.ts";
import type { MedicineChoice } from "../../../shared/contract/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { ACT_SYSTEM, type Act } from "../../../shared/trust/index.ts";
import type { ActRow } from "../store/index.ts";
import { givingFacts } from "./giving.ts";
import { orderingFacts, type OrderingFacts } from "./ordering.ts";
import { outboxEntries } from "./outbox-entries.ts";
import { patientView } from "./patient-view.ts";
import { actRow, bed, memoryHospital, NOW, patient, type MemoryHospital } from "./testing.ts";
import type { Sources } from "./sources.ts";
import { wardBoard } from "./ward-board.ts";

const RX = "http://www.nlm.nih.gov/research/umls/rxnorm";
const concept = (code: string, display: string, ...names: string[]) => ({
  code,
  display,
  designation: names.map((value) => ({ value })),
});
const set = (url: string, ...codes: object[]) => ({
  resourceType: "ValueSet",
  url,
  compose: { include: [{ system: RX, concept: codes }] },
});
const CLASS = "urn:amanah:knowledge:class";
/** A penicillin, a cephalosporin that reacts with them now and then, and paracetamol. */
const knowledge = readPack(
  {
    entry: [
      {
        resourceType: "CodeSystem",
        url: CLASS,
        concept: [
          {
            ...concept("penicillins", "Penicillins", "penicillin"),
            property: [{ code: "within", valueCode: "definite" }],
          },
          concept("cephalosporins", "Cephalosporins"),
        ],
      },
      set(
        "urn:amanah:knowledge:ingredients",
        concept("723", "Amoxicillin", "Augmentin", "أموكسيسيلين"),
        concept("2193", "Ceftriaxone"),
        concept("161", "Paracetamol", "acetaminophen"),
      ),
      set(`${CLASS}:penicillins`, { code: "723" }),
      set(`${CLASS}:cephalosporins`, { code: "2193" }),
      {
        resourceType: "ConceptMap",
        url: "urn:amanah:knowledge:cross-reactivity",
        group: [
          {
            source: CLASS,
            target: CLASS,
            element: [
              {
                code: "penicillins",
                target: [
                  {
                    code: "cephalosporins",
                    product: [{ property: "urn:amanah:knowledge:strength", value: "possible" }],
                  },
                ],
              },
            ],
          },
        ],
      },
    ].map((resource) => ({ resource })),
  },
  { version: "1", title: "test", validTo: "2027-01-01T00:00:00Z" },
);

const coded = (code: string): MedicineChoice => ({ kind: "coded", system: RX, code });
const words = (said: string): MedicineChoice => ({ kind: "words", words: said });
const penicillin = (change: object = {}): FhirResource => ({
  resourceType: "AllergyIntolerance",
  id: "a1",
  code: { text: "Penicillin" },
  recordedDate: "2019-05-01",
  ...change,
});
const severe = penicillin({
  criticality: "high",
  reaction: [{ manifestation: [{ text: "Anaphylaxis" }] }],
});

/** The guard's mark that somebody's removal, or another change, waits for a clinician. */
const held = (fact: FhirResource, claim: object = {}): FhirResource => ({
  resourceType: "GuardMark",
  id: `${fact.resourceType}.${fact.id}`,
  of: { type: fact.resourceType, id: fact.id, patient: "p1" },
  verdict: "apply-unverified",
  firstSeen: false,
  signedBy: null,
  suspended: false,
  before: null,
  inForce: fact,
  claims: [
    {
      resource: null,
      removed: { version: "2", at: NOW, exact: true },
      patient: "p1",
      reasons: ["removed"],
      bothShown: false,
      by: "svc-interface-3",
      opinions: [],
      ...claim,
    },
  ],
});

function admitted(record: readonly FhirResource[] = [], person = patient("p1")): MemoryHospital {
  const hospital = memoryHospital();
  hospital.admit(person, bed("Bed 1"), record);
  return hospital;
}
const sources = (hospital: MemoryHospital): Sources => ({ ...hospital.sources(), knowledge });

function facts(record: readonly FhirResource[], choice: MedicineChoice): OrderingFacts {
  const found = orderingFacts(sources(admitted(record)), "p1", choice);
  if (typeof found === "string") throw new Error(found);
  return found;
}

/** An order of the record, or one charted here. */
function order(id: string, code: string, change: object = {}): FhirResource {
  return {
    resourceType: "MedicationRequest",
    id,
    status: "active",
    intent: "order",
    authoredOn: "2026-11-23T09:00:00+03:00",
    medicationCodeableConcept: { coding: [{ system: RX, code }], text: "as ordered" },
    ...change,
  };
}

function ordered(hospital: MemoryHospital, code: string, change: Partial<ActRow> = {}) {
  const id = randomUUID();
  const resource = { ...order(id, code), identifier: [{ system: ACT_SYSTEM, value: id }] };
  const act: Act = {
    v: 1,
    uuid: randomUUID(),
    kind: "order",
    patient: "p1",
    author: "n1",
    workstation: "pc-1",
    at: NOW,
    entries: [{ resource, base: null }],
  };
  hospital.acts.push({ ...actRow(act, "waiting"), kind: "order", ...change });
  return { act, resource };
}

describe("the check before an order is signed", () => {
  test("amoxicillin stops for a penicillin allergy whose removal at the HIS waits for a clinician", () => {
    const { check, medicine } = facts([severe, held(severe)], coded("723"));
    expect(medicine).toBe("Amoxicillin");
    expect(check).toMatchObject({
      action: "stop",
      reasons: [{ allergy: { id: "a1", substance: "Penicillin" }, severe: true }],
    });
  });

  test("so it does when nothing is left of the allergy but what was claimed against it", () => {
    const claimed = held(severe, { resource: penicillin({ code: { text: "Aspirin" } }) });
    expect(facts([claimed], coded("723")).check).toMatchObject({
      action: "stop",
      reasons: [{ provenance: ["claimed"] }],
    });
  });

  test.each([
    [
      "a severe reaction to a penicillin stops what is of a class that can react too",
      severe,
      "stop",
    ],
    ["one that was not severe informs", penicillin({ criticality: "low" }), "inform"],
    ["an allergy to something else says nothing", penicillin({ code: { text: "Latex" } }), "none"],
  ])("%s", (_name, record, action) => {
    expect(facts([record], coded("2193")).check.action).toBe(action);
  });

  test.each([
    ["by its name", "Amoxicillin 500 mg", "stop"],
    ["in Arabic", "الأموكسيسيلين", "stop"],
    ["with a slip of the key, after a severe reaction", "amoxicilin forte", "stop"],
    ["in words that nobody knows", "Mixture 7", "none"],
  ])("an order in words is known %s", (_how, said, action) => {
    const { check, coded: isCoded } = facts([severe], words(said));
    const isUnknown = check.notChecked.some(({ kind }) => kind === "medicine-unknown");
    expect({ isCoded, action: check.action, isUnknown }).toEqual({
      isCoded: false,
      action,
      isUnknown: action === "none",
    });
  });

  test("a dose tolerated since is shown beside the stop, and takes nothing from it", () => {
    const given = {
      resourceType: "MedicationAdministration",
      id: "g1",
      status: "completed",
      effectiveDateTime: "2025-01-01T10:00:00+03:00",
      medicationCodeableConcept: { coding: [{ system: RX, code: "723" }], text: "Amoxicillin" },
    };
    expect(facts([severe, given], coded("723")).check).toMatchObject({
      action: "stop",
      reasons: [{ tolerance: [{ kind: "given" }] }],
    });
  });

  test("an order of the same substance is named, in the record or charted here; what is over is not", () => {
    const hospital = admitted([
      order("o1", "161"),
      order("o2", "161", { status: "stopped" }),
      order("o3", "723"),
      order("o4", "161", {
        dosageInstruction: [
          { timing: { repeat: { boundsPeriod: { end: "2026-11-22T09:00:00+03:00" } } } },
        ],
      }),
      order("o5", "x", { medicationCodeableConcept: { text: "Acetaminophen drops" } }),
    ]);
    const { resource } = ordered(hospital, "161");
    const found = orderingFacts(sources(hospital), "p1", coded("161"));
    expect(
      typeof found === "string" ? found : found.same.map(({ id, here }) => [id, here]),
    ).toEqual([
      [resource.id, true],
      ["o5", false],
      ["o1", false],
    ]);
  });
});

describe("nothing is ordered", () => {
  const person = patient("p1");
  const into = { link: [{ type: "replaced-by", other: { reference: "Patient/p2" } }] };
  test.each([
    ["in a record that was merged into another", [], { ...person, ...into }, "merged"],
    ["for who has died", [], { ...person, deceasedBoolean: true }, "deceased"],
    [
      "while somebody has changed who he is and nobody has decided",
      [held(person, { resource: { ...person, birthDate: "1999-01-01" }, removed: null })],
      person,
      "identity-held",
    ],
  ] as const)("%s", (_when, record, who, why) => {
    expect(orderingFacts(sources(admitted(record, who)), "p1", coded("161"))).toBe(why);
  });

  test.each(["AllergyIntolerance", "MedicationRequest"])(
    "while what it is checked against is not here: %s",
    (type) => {
      const hospital = admitted();
      hospital.unload("p1", type);
      expect(orderingFacts(sources(hospital), "p1", coded("161"))).toBe("not-loaded");
    },
  );

  test("by a code that the pack does not name, whatever the page calls it", () => {
    expect(orderingFacts(sources(admitted()), "p1", coded("0000"))).toBe("medicine-unknown");
    expect(orderingFacts({ ...sources(admitted()), knowledge: null }, "p1", coded("161"))).toBe(
      "medicine-unknown",
    );
  });
});

describe("an order charted here", () => {
  const view = (hospital: MemoryHospital) => patientView(sources(hospital), "p1");

  test("is shown at once and marked, is nothing to give by, and counts as no dose that is due", () => {
    const hospital = admitted([severe]);
    const { act, resource } = ordered(hospital, "723");
    expect(view(hospital)?.orderedHere).toMatchObject([
      { act: act.uuid, state: "waiting", coded: true, missing: false, check: { action: "stop" } },
    ]);
    expect(view(hospital)?.medicines).toEqual([]);
    expect(givingFacts(sources(hospital), "p1", resource.id)).toBe("gone");
    expect(wardBoard(sources(hospital), "ward-1").rows[0]).toMatchObject({ due: 0, overdue: 0 });
    expect(outboxEntries(sources(hospital), [])[0]).toMatchObject({
      kind: "order",
      values: { medicine: "as ordered" },
    });
  });

  test.each([
    ["under our id", (own: FhirResource) => own],
    [
      "under an id of its own, with ours as identifier",
      (own: FhirResource) => ({ ...own, id: "77" }),
    ],
    ["as an error there", (own: FhirResource) => ({ ...own, status: "entered-in-error" })],
  ])("gives way to the record's own as soon as that is here, %s", (_how, stored) => {
    const hospital = admitted();
    const { resource } = ordered(hospital, "161", { state: "acknowledged" });
    const twin = stored(resource);
    hospital.apply("p1", [twin]);
    const shown = view(hospital);
    expect(shown?.orderedHere).toEqual([]);
    const isGiven = field(twin, "status") === "active";
    expect(shown?.medicines.map(({ id }) => id)).toEqual(isGiven ? [twin.id] : []);
    expect(typeof givingFacts(sources(hospital), "p1", twin.id) === "string").toBe(!isGiven);
  });

  test("that was taken back before it was sent is shown no more", () => {
    const hospital = admitted();
    const { act } = ordered(hospital, "161");
    const about = { kind: "withdrawal", uuid: randomUUID(), about: act.uuid };
    hospital.acts.push({ ...actRow(act, "waiting"), ...about });
    expect(view(hospital)?.orderedHere).toEqual([]);
  });

  test("that the HIS took and does not list any more is said to be missing, not hidden", () => {
    const hospital = admitted();
    const at = Date.parse("2026-11-23T16:00:00Z");
    ordered(hospital, "161", { state: "acknowledged", acknowledgedAt: at });
    expect(view(hospital)?.orderedHere).toMatchObject([{ missing: true }]);
    ordered(hospital, "161", { state: "acknowledged", acknowledgedAt: Date.parse(NOW) });
    expect(view(hospital)?.orderedHere.map(({ missing }) => missing)).toContain(false);
  });
});
