import { describe, expect, test } from "vitest";
import type { SectionState } from "../contract/parts.ts";
import { readAllergies, summariseAllergies } from "./allergies.ts";

const NOW = "2026-11-23T20:00:00+03:00";

const LOADED: SectionState = { loaded: true, asOf: NOW, unreadable: [], damaged: false };

const SCT = "http://snomed.info/sct";

const coded = (system: string, code: string, text?: string) => ({
  coding: [{ system, code }],
  ...(text !== undefined && { text }),
});

const summary = (resources: unknown[], section = LOADED) =>
  summariseAllergies(readAllergies(resources), section);

describe("allergies in the banner", () => {
  const penicillin = {
    resourceType: "AllergyIntolerance",
    id: "p",
    criticality: "high",
    code: { text: "Penicillin" },
    clinicalStatus: coded("x", "active"),
  };
  const none = {
    resourceType: "AllergyIntolerance",
    id: "n",
    code: coded(SCT, "716186003", "No known allergy"),
  };
  const status = (clinical: string, verification: string) => ({
    ...penicillin,
    clinicalStatus: coded("x", clinical),
    verificationStatus: coded("x", verification),
  });

  test("four states: the list, somebody said none, nobody said anything, not loaded", () => {
    expect(summary([penicillin])).toMatchObject({
      status: "listed",
      items: [{ substance: "Penicillin", criticality: "high" }],
    });
    expect(summary([none]).status).toBe("none-known");
    expect(summary([])).toMatchObject({ status: "not-recorded", items: [] });
    expect(summary([], { ...LOADED, loaded: false }).status).toBe("not-loaded");
  });
  test("no known allergy beside an allergy in force is the allergy", () => {
    expect(summary([none, penicillin])).toMatchObject({ status: "listed", items: [{ id: "p" }] });
  });
  test.each([
    ["active", "refuted"],
    ["active", "entered-in-error"],
    ["inactive", "confirmed"],
    ["resolved", "confirmed"],
  ])("%s and %s is not in force, but stays on the allergies page", (clinical, verification) => {
    expect(summary([status(clinical, verification)]).status).toBe("not-recorded");
    expect(readAllergies([status(clinical, verification)])).toHaveLength(1);
  });
  test("unconfirmed, and without any status at all, is in force", () => {
    expect(summary([status("active", "unconfirmed")]).status).toBe("listed");
    expect(summary([{ id: "x", code: { text: "Latex" } }]).status).toBe("listed");
  });
  test("no known drug allergy is said as recorded; no known food allergy alone is not none", () => {
    const drug = { id: "d", code: coded(SCT, "409137002", "No known drug allergy") };
    const food = { id: "f", code: coded(SCT, "429625007", "No known food allergy") };
    expect(summary([drug])).toMatchObject({
      status: "none-known",
      items: [{ substance: "No known drug allergy" }],
    });
    expect(summary([food]).status).toBe("not-recorded");
  });
  test("with a record unreadable or the section damaged there is never none", () => {
    const unreadable = [{ id: "u", text: "Peni…", reason: "no code" }];
    expect(summary([none], { ...LOADED, unreadable }).status).toBe("not-loaded");
    expect(summary([], { ...LOADED, damaged: true }).status).toBe("not-loaded");
    expect(summary([penicillin], { ...LOADED, damaged: true, unreadable }).status).toBe("listed");
  });
  test("what is already here of a section not yet loaded is given, and still reads not loaded", () => {
    expect(summary([penicillin], { ...LOADED, loaded: false })).toMatchObject({
      status: "not-loaded",
      items: [{ id: "p" }],
    });
  });
  test("an allergy without a code is named by reaction, narrative or id: never a blank chip", () => {
    const names = readAllergies([
      {
        resourceType: "AllergyIntolerance",
        id: "1",
        reaction: [{ substance: { text: "Bee venom" } }],
      },
      {
        resourceType: "AllergyIntolerance",
        id: "2",
        text: { div: "<div>Allergic to <b>iodine</b></div>" },
      },
      { resourceType: "AllergyIntolerance", id: "3" },
    ]).map(({ allergy }) => allergy.substance);
    expect(names).toEqual(["Bee venom", "Allergic to iodine", "AllergyIntolerance/3"]);
  });
  test("the most dangerous comes first", () => {
    const low = { id: "l", criticality: "low", code: { text: "Grass" } };
    expect(summary([low, penicillin]).items.map((one) => one.id)).toEqual(["p", "l"]);
  });
});
