import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, allergy, buildWard, pulse } from "./test-ward.ts";

const HOUR = 3600;
let his: TestHis;
let pc: TestPc;

/** A HIS that tells all changes in one question, and has been seen to do so. */
beforeEach(async () => {
  his = createTestHis();
  his.offersSystemHistory = true;
  buildWard(his, 4);
  admit(his, "amina", "bed-1");
  his.put(allergy("amina", "a1"));
  his.put(pulse("amina", "o1"));
  his.clock += HOUR * 1000;
  pc = createTestPc(his);
  pc.now = his.clock;
  await round();
  his.put(pulse("amina", "o2"));
  await round();
  await round(60);
});
afterEach(async () => {
  await pc.sync.stop();
  pc.dispose();
});

async function round(seconds = 30): Promise<void> {
  his.clock += seconds * 1000;
  pc.now += seconds * 1000;
  await pc.sync.pullNow();
  await pc.sync.idle();
  await pc.sync.applyNow();
}
async function requestsOf(work: () => Promise<void>): Promise<string[]> {
  const before = his.log.length;
  await work();
  return his.log.slice(before);
}
const ids = (patient: string, type: string): string[] =>
  pc.chart
    .resources(patient, type)
    .resources.map(({ id }) => id)
    .toSorted();

test("after an hour in which nothing changed no type is asked for changes, and every section says so", async () => {
  // Types without a history of their own have their ids compared once more, after the last change.
  const asked = await requestsOf(async () => await round(HOUR));
  expect(asked.filter((line) => line.startsWith("GET _history"))).toHaveLength(1);
  expect(asked.filter((line) => line.includes("_lastUpdated="))).toEqual([]);
  const sections = pc.chart.sections("amina");
  expect(sections.length).toBeGreaterThan(10);
  for (const { asOf } of sections) expect(asOf).toBe(new Date(his.clock).toISOString());
  expect(pc.sync.view()).toMatchObject({ state: "live", detail: null });
});

test("only what changed is asked for, and nothing of it is missed", async () => {
  his.put(allergy("amina", "a2"));
  his.remove("Observation", "o1");
  const asked = await requestsOf(async () => await round());
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
  expect(ids("amina", "Observation")).toEqual(["o2"]);
  expect(asked.filter((line) => line.includes("Condition"))).toEqual([]);
});

test("an admission and a move are seen at once", async () => {
  admit(his, "basma", "bed-2");
  await round();
  await round();
  expect(pc.chart.placements().map(({ patient }) => patient)).toEqual(["amina", "basma"]);
});

test("an admission told of while the question about the stays fails is not forgotten", async () => {
  admit(his, "basma", "bed-2");
  his.before = ({ path, query }) =>
    path === "Encounter" && query.has("location") ? new Response("{}", { status: 500 }) : null;
  await round();
  his.before = () => null;
  await round(60);
  await round(60);
  expect(pc.chart.placements().map(({ patient }) => patient)).toEqual(["amina", "basma"]);
});

test("a history that keeps a change to itself hides it for 90 minutes at most, and is not believed for a day", async () => {
  const empty = { resourceType: "Bundle", type: "history" };
  his.before = ({ path }) =>
    path === "_history"
      ? Response.json(empty, {
          headers: {
            "content-type": "application/fhir+json",
            date: new Date(his.clock).toUTCString(),
          },
        })
      : null;
  his.put(allergy("amina", "a2"));
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  await round(91 * 60);
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
  his.put(allergy("amina", "a3"));
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1", "a2", "a3"]);
});

test.each([
  ["is not offered", () => (his.offersSystemHistory = false)],
  [
    "is refused",
    () =>
      (his.before = ({ path }) => (path === "_history" ? new Response("", { status: 404 }) : null)),
  ],
])("a history of everything that %s is done without", async (_, change) => {
  change();
  his.down = true;
  await round();
  his.down = false;
  await round();
  his.put(allergy("amina", "a2"));
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
});
