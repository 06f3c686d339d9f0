import { expect, test } from "vitest";
import { namedMedicines, nameOfMedicine, readPack } from "./index.ts";

const RX = "http://www.nlm.nih.gov/research/umls/rxnorm";
const pack = readPack(
  {
    entry: [
      {
        resourceType: "CodeSystem",
        url: "urn:amanah:knowledge:class",
        concept: [{ code: "penicillins", display: "Amoxi-like penicillins" }],
      },
      {
        resourceType: "ValueSet",
        url: "urn:amanah:knowledge:ingredients",
        compose: {
          include: [
            {
              system: RX,
              concept: [
                {
                  code: "723",
                  display: "Amoxicillin",
                  designation: [{ value: "Augmentin" }, { value: "أموكسيسيلين" }],
                },
                { code: "48203", display: "Clavulanate", designation: [{ value: "Augmentin" }] },
                {
                  code: "7980",
                  display: "Benzylpenicillin",
                  designation: [{ value: "procaine amoxi salt" }],
                },
              ],
            },
          ],
        },
      },
    ].map((resource) => ({ resource })),
  },
  { version: "1", title: "test", validTo: "2027-01-01T00:00:00Z" },
);
const names = (sought: string) => namedMedicines(pack, sought).map(({ name, by }) => [name, by]);

test("a medicine is found by the beginning of its name, a brand or a word in it, its own name first; a class is none", () => {
  expect(names("AMOX")).toEqual([
    ["Amoxicillin", null],
    ["Benzylpenicillin", "procaine amoxi salt"],
  ]);
  expect(names("augm")).toEqual([
    ["Amoxicillin", "augmentin"],
    ["Clavulanate", "augmentin"],
  ]);
  expect(names("الأموكسي")).toEqual([["Amoxicillin", "اموكسيسيلين"]]);
  expect([names("xyz"), names("  "), namedMedicines(null, "amox")]).toEqual([[], [], []]);
});

test("what is chosen is called as the pack calls it", () => {
  expect(namedMedicines(pack, "amoxicillin")[0]).toEqual({
    system: RX,
    code: "723",
    name: "Amoxicillin",
    by: null,
  });
  expect(nameOfMedicine(pack, { system: RX, code: "723" })).toBe("Amoxicillin");
  expect(nameOfMedicine(pack, { system: "urn:other", code: "723" })).toBeNull();
});
