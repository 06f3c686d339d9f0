import { afterEach, beforeEach, expect, test } from "vitest";
import { aminasWard, idsOf, roundOf } from "./test-amina.ts";
import type { TestHis } from "./test-his.ts";
import type { TestPc } from "./test-pc.ts";
import { allergy } from "./test-ward.ts";

let his: TestHis;
let pc: TestPc;

beforeEach(() => {
  ({ his, pc } = aminasWard());
});
afterEach(async () => {
  await pc.sync.stop();
  pc.dispose();
});

const round = (seconds?: number): Promise<void> => roundOf(his, pc, seconds);
const ids = (patient: string, type: string): string[] => idsOf(pc, patient, type);

test("statements of the control key are handed on even before this PC has a vault, each once", async () => {
  const statement = (id: string) => ({
    resourceType: "Basic",
    id,
    code: { coding: [{ system: "urn:amanah:statement", code: "roster-entry" }] },
    extension: [{ url: "urn:amanah:statement:jws", valueString: `jws-of-${id}` }],
  });
  his.put(statement("s1"));
  await round();
  his.put(statement("s2"));
  await round();
  await round();
  expect(pc.statements).toEqual(["jws-of-s1", "jws-of-s2"]);
});

test("while the control key says not to believe the HIS, only the control key's own words are fetched, and all goes on afterwards", async () => {
  await round();
  pc.believed = false;
  his.put(allergy("amina", "a2"));
  const before = his.requests(/./u).length;
  await round();
  const asked = his.requests(/./u).slice(before);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.every((line) => line.includes("Basic"))).toBe(true);
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  pc.believed = true;
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
});

test("what was received before the HIS lost its trust stays sealed until it has it again", async () => {
  await round();
  pc.open = false;
  his.put(allergy("amina", "a2"));
  await round();
  pc.open = true;
  pc.believed = false;
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  pc.believed = true;
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
});
