import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drugAllergyCheck, medicineOf, PackUnusable, readPack } from "./index.ts";
import type { AllergyEntry, Check, CheckInput, Medicine } from "./index.ts";

const RX = "http://www.nlm.nih.gov/research/umls/rxnorm";
const NOW = "2026-11-23T14:00:00+03:00";
const head = { version: "1", title: "test", validTo: "2027-01-01T00:00:00Z" };

/** Two penicillins, a cephalosporin, an NSAID and a food: as small as a pack can be. */
const bundle = (change: object[] = []) => ({
  resourceType: "Bundle",
  entry: [
    {
      resource: {
        resourceType: "CodeSystem",
        url: "urn:amanah:knowledge:class",
        concept: [
          {
            code: "penicillins",
            display: "Penicillins",
            definition: "one core",
            designation: [{ value: "penicillin" }],
            property: [{ code: "within", valueCode: "definite" }],
          },
          { code: "cephalosporins", display: "Cephalosporins" },
        ],
      },
    },
    {
      resource: {
        resourceType: "CodeSystem",
        url: "urn:amanah:knowledge:apart",
        concept: [{ code: "peanut", display: "Peanut" }],
      },
    },
    {
      resource: {
        resourceType: "ValueSet",
        url: "urn:amanah:knowledge:ingredients",
        compose: {
          include: [
            {
              system: RX,
              concept: [
                { code: "723", display: "Amoxicillin", designation: [{ value: "Augmentin" }] },
                { code: "733", display: "Ampicillin" },
                { code: "2193", display: "Ceftriaxone" },
              ],
            },
          ],
        },
      },
    },
    member("penicillins", "723", "733"),
    member("cephalosporins", "2193"),
    {
      resource: {
        resourceType: "ConceptMap",
        url: "urn:amanah:knowledge:cross-reactivity",
        group: [
          {
            source: "urn:amanah:knowledge:class",
            target: "urn:amanah:knowledge:class",
            element: [
              {
                code: "penicillins",
                target: [
                  {
                    code: "cephalosporins",
                    comment: "about 2 %",
                    product: [{ property: "urn:amanah:knowledge:strength", value: "remote" }],
                  },
                ],
              },
            ],
          },
        ],
      },
    },
    ...change,
  ],
});

function member(id: string, ...codes: string[]) {
  return {
    resource: {
      resourceType: "ValueSet",
      url: `urn:amanah:knowledge:class:${id}`,
      compose: { include: [{ system: RX, concept: codes.map((code) => ({ code })) }] },
    },
  };
}

const pack = readPack(bundle(), head);
const medicine = (words: string, code?: string): Medicine => ({
  words,
  concept: { text: words, ...(code !== undefined && { coding: [{ system: RX, code }] }) },
});
const allergy = (
  says: string,
  change: object = {},
  provenance: AllergyEntry["provenance"] = "effective",
): AllergyEntry => ({
  provenance,
  resource: {
    resourceType: "AllergyIntolerance",
    id: "a1",
    code: { text: says },
    recordedDate: "2019-05-01",
    ...change,
  },
});
const section = { loaded: true, damaged: false, unreadable: [] };
const check = (
  allergies: readonly AllergyEntry[],
  what: Medicine,
  change: Partial<CheckInput> = {},
): Check =>
  drugAllergyCheck({ allergies, section, given: [], knowledge: pack, now: NOW, ...change })(what);
const severe = { criticality: "high" };

describe("giving a medicine to somebody with an allergy", () => {
  test("stops for another of the class, and names the record, the class and the evidence", () => {
    const { action, reasons } = check([allergy("Ampicillin", severe)], medicine("Amoxicillin 1 g"));
    expect(action).toBe("stop");
    expect(reasons[0]).toMatchObject({
      allergy: { id: "a1", recordedDate: "2019-05-01" },
      severe: true,
      match: {
        kind: "class",
        className: "Penicillins",
        evidence: "one core",
        medicine: "Amoxicillin",
      },
    });
  });

  test("informs, however severe the reaction was, where hardly anybody reacts again", () => {
    const found = check([allergy("penicillin", severe)], medicine("Ceftriaxone 2 g", "2193"));
    expect(found.action).toBe("inform");
    expect(found.reasons[0]?.match).toMatchObject({ kind: "cross", evidence: "about 2 %" });
  });

  test("a record that lost its code keeps its words, and one whose words were changed keeps its code", () => {
    const coded = { code: { text: "Paracetamol", coding: [{ system: RX, code: "733" }] } };
    expect(check([allergy("", coded)], medicine("Amoxicillin")).action).toBe("stop");
    const swapped = { code: { text: "Ampicillin", coding: [{ system: RX, code: "161" }] } };
    expect(check([allergy("", swapped)], medicine("Amoxicillin")).action).toBe("stop");
  });

  test("of a record that is held both versions count, and the answer says which", () => {
    const held = [allergy("Ampicillin"), allergy("Peanut", {}, "claimed")];
    const found = check(held, medicine("Amoxicillin"));
    expect(found.reasons).toHaveLength(1);
    expect(found.reasons[0]?.provenance).toEqual(["effective"]);
    const refuted = { verificationStatus: { coding: [{ code: "refuted" }] } };
    const weakened = check(
      [allergy("Ampicillin"), allergy("Ampicillin", refuted, "claimed")],
      medicine("Amoxicillin"),
    );
    expect(weakened.action).toBe("stop");
    // Nobody has accepted the refutation: it reassures nobody.
    expect(weakened.reasons[0]?.tolerance).toEqual([]);
    const claimed = check([allergy("Ampicillin", {}, "claimed")], medicine("Amoxicillin"));
    expect(claimed.reasons[0]?.provenance).toEqual(["claimed"]);
  });

  test("shows what was tolerated since, and stops all the same", () => {
    const dose = (words: string, at: string) => ({ medicine: medicine(words), at });
    const given = [
      dose("Amoxicillin 500 mg", "2018-01-01T08:00:00+03:00"),
      dose("Augmentin", "2024-02-01T08:00:00+03:00"),
      // Given twice, and later, and of neither.
      dose("Ceftriaxone 1 g", "2024-03-01T08:00:00+03:00"),
      dose("Ceftriaxone 1 g", "2024-03-02T08:00:00+03:00"),
    ];
    const found = check([allergy("Ampicillin", severe)], medicine("Amoxicillin"), { given });
    expect(found.action).toBe("stop");
    expect(found.reasons[0]?.tolerance).toEqual([
      { kind: "given", what: "Augmentin", at: "2024-02-01T08:00:00+03:00" },
    ]);
    const classOnly = check([allergy("Ampicillin", severe)], medicine("Amoxicillin"), {
      given: [dose("Ampicillin 1 g", "2024-02-01T08:00:00+03:00")],
    });
    expect(classOnly.reasons[0]?.tolerance[0]?.kind).toBe("given-class");
    // A year that is not over proves no order of events.
    const sameYear = check(
      [allergy("Ampicillin", { recordedDate: "2024" })],
      medicine("Amoxicillin"),
      { given },
    );
    expect(sameYear.reasons[0]?.tolerance).toEqual([]);
  });

  test("says what it could not check, beside whatever it found", () => {
    const kinds = (found: Check) => found.notChecked.map(({ kind }) => kind);
    expect(kinds(check([], medicine("Amoxicillin")))).toEqual([]);
    expect(
      kinds(
        check([allergy("Xylophone")], medicine("Unheard-of"), {
          section: { loaded: false, damaged: true, unreadable: [1, 2] },
          knowledge: null,
        }),
      ),
    ).toEqual([
      "allergies-not-loaded",
      "allergies-damaged",
      "allergies-unreadable",
      "no-pack",
      "allergy-unknown",
      "medicine-unknown",
    ]);
    const old = readPack(bundle(), { ...head, validTo: "2026-11-01T00:00:00Z" });
    const found = check([allergy("penicillin")], medicine("Amoxicillin"), { knowledge: old });
    // What an old pack knows, it knows.
    expect([found.action, kinds(found)]).toEqual(["stop", ["pack-expired"]]);
    const food = { category: ["food"] };
    expect(kinds(check([allergy("Durian", food)], medicine("Amoxicillin")))).toEqual([]);
  });

  test("reads the medicine in a contained Medication and its ingredients", () => {
    const order = {
      resourceType: "MedicationRequest",
      id: "o",
      medicationReference: { reference: "#m" },
      contained: [
        {
          resourceType: "Medication",
          id: "m",
          code: { text: "House mixture" },
          ingredient: [{ itemCodeableConcept: { coding: [{ system: RX, code: "723" }] } }],
        },
      ],
    };
    expect(check([allergy("penicillin")], medicineOf(order)).action).toBe("stop");
  });
});

describe("for any records", () => {
  const substances = ["penicillin", "Ampicillin", "Augmentin", "Peanut", "Ceftriaxone", "xyz"];
  const record = fc.record({
    says: fc.constantFrom(...substances),
    id: fc.constantFrom("a", "b", "c"),
    criticality: fc.constantFrom("high", "low", undefined),
    status: fc.constantFrom("confirmed", "refuted", "entered-in-error"),
    provenance: fc.constantFrom("effective" as const, "claimed" as const),
  });
  const GRAVITY = ["none", "inform", "stop"];

  test("one more record, or one more version of a record, never makes the answer milder", () => {
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 6 }),
        record,
        fc.constantFrom("Amoxicillin", "Ceftriaxone 1 g", "Paracetamol"),
        (some, another, what) => {
          const entries = [...some, another].map((one) =>
            allergy(
              one.says,
              {
                id: one.id,
                ...(one.criticality !== undefined && { criticality: one.criticality }),
                verificationStatus: { coding: [{ code: one.status }] },
              },
              one.provenance,
            ),
          );
          const fewer = check(entries.slice(0, -1), medicine(what)).action;
          const more = check(entries, medicine(what)).action;
          expect(GRAVITY.indexOf(more)).toBeGreaterThanOrEqual(GRAVITY.indexOf(fewer));
        },
      ),
    );
  });

  test("what was recognised before, for another medicine or dose, changes no answer", () => {
    const words = fc.constantFrom("Amoxicillin", "amoxicilin", "Ceftriaxone 1 g", "Aspirin", "");
    const order = fc.record({ words, code: fc.constantFrom("723", "2193", undefined) });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 4 }),
        fc.array(order, { minLength: 1, maxLength: 6 }),
        fc.array(order, { maxLength: 6 }),
        (some, orders, doses) => {
          const allergies = some.map(({ says, id }) => allergy(says, { id, ...severe }));
          const given = doses.map((one) => ({
            medicine: medicine(one.words, one.code),
            at: "2026-11-20T08:00:00+03:00",
          }));
          const input = { allergies, section, given, knowledge: pack, now: NOW };
          const ready = drugAllergyCheck(input);
          for (const { words: said, code } of [...orders, ...orders.toReversed()])
            expect(ready(medicine(said, code))).toEqual(
              drugAllergyCheck(input)(medicine(said, code)),
            );
        },
      ),
    );
  });

  test("no shape of an allergy or order makes it throw", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const resource = { resourceType: "AllergyIntolerance", id: "x", code: a, reaction: b };
        const found = check([{ resource, provenance: "effective" }], {
          concept: b,
          words: "",
        });
        expect(["none", "inform", "stop"]).toContain(found.action);
      }),
    );
  });
});

describe("a pack", () => {
  test.each([
    ["a class of a substance it does not know", [member("penicillins", "999")]],
    [
      "the classes twice",
      [{ resource: { resourceType: "CodeSystem", url: "urn:amanah:knowledge:class" } }],
    ],
  ])("with %s is not used at all", (_what, change) => {
    expect(() => readPack(bundle(change), head)).toThrow(PackUnusable);
  });

  test("that is no pack is refused", () => {
    for (const odd of [null, {}, [], { entry: [] }, "x"])
      expect(() => readPack(odd, head)).toThrow(PackUnusable);
  });
});
