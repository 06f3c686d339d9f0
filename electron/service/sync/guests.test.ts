import { afterEach, beforeEach, expect, test } from "vitest";
import { patientQuestion } from "./guests.ts";
import { leftBefore } from "./scope.ts";
import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, allergy, buildWard } from "./test-ward.ts";

const HOUR_MS = 3_600_000;
let his: TestHis;
let pc: TestPc;

beforeEach(async () => {
  his = createTestHis();
  buildWard(his, 2);
  admit(his, "amina", "bed-1");
  his.put({
    resourceType: "Patient",
    id: "basma",
    name: [{ family: "Basma" }],
    birthDate: "1961-04-02",
    gender: "female",
  });
  his.put(allergy("basma", "b1"));
  his.clock += HOUR_MS;
  pc = createTestPc(his);
  pc.now = his.clock;
  await round();
});
afterEach(async () => {
  await pc.sync.stop();
  pc.dispose();
});

async function round(ms = 30_000): Promise<void> {
  his.clock += ms;
  pc.now += ms;
  await pc.sync.pullNow();
  await pc.sync.idle();
  await pc.sync.applyNow();
}
const allergies = (patient: string): string[] =>
  pc.chart.resources(patient, "AllergyIntolerance").resources.map(({ id }) => id);

test("a patient of another ward is found, fetched whole, and stays until retention ends, on no board", async () => {
  his.before = ({ path, query }) =>
    path === "Patient" && query.has("name")
      ? his.answer(his.all("Patient").filter(({ id }) => id === "basma"))
      : null;
  expect(await pc.sync.find("Basma")).toMatchObject({
    answered: true,
    more: false,
    found: [{ patient: "basma", birthDate: "1961-04-02", sex: "female" }],
  });
  expect(await pc.sync.bring("basma")).toBe(true);
  expect(allergies("basma")).toEqual(["b1"]);
  expect(pc.chart.placements().map(({ patient }) => patient)).toEqual(["amina"]);
  his.put(allergy("basma", "b2"));
  await round();
  expect(allergies("basma").toSorted()).toEqual(["b1", "b2"]);
  expect(leftBefore(pc.journal.scope(), pc.now - HOUR_MS)).toEqual([]);
  await round(2 * HOUR_MS);
  expect(leftBefore(pc.journal.scope(), pc.now - HOUR_MS)).toEqual(["basma"]);
});

test("while the HIS is away nobody is found and nobody comes, and that is said", async () => {
  his.down = true;
  await round();
  expect(await pc.sync.find("Basma")).toMatchObject({ answered: false, found: [] });
  expect(await pc.sync.bring("basma")).toBe(false);
  his.down = false;
  await round(120_000);
  pc.believed = false;
  expect(await pc.sync.find("Basma")).toMatchObject({ answered: false });
  expect(await pc.sync.bring("basma")).toBe(false);
  expect(allergies("basma")).toEqual([]);
});

test("one who lies on the ward stays there when he is asked for", async () => {
  expect(await pc.sync.bring("amina")).toBe(true);
  expect(pc.journal.scope()).toMatchObject([{ patient: "amina", leftAt: null }]);
});

test.each([
  ["Basma", "Patient?name=Basma&_count=20"],
  [" 1961-04-02 ", "Patient?birthdate=1961-04-02&_count=20"],
  ["MRN-0042", "Patient?identifier=MRN-0042&_count=20"],
  ["a,b|c&_count=9", "Patient?identifier=a%5C%2Cb%5C%7Cc%26_count%3D9&_count=20"],
])("what is typed is one value of the search, whatever it holds: %s", (typed, question) => {
  expect(patientQuestion(typed, 20)).toBe(question);
});
