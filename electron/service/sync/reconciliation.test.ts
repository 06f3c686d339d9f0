import { afterEach, beforeEach, expect, test } from "vitest";
import { NO_CHANGES } from "../store/index.ts";
import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, allergy, buildWard, pulse } from "./test-ward.ts";

const HOUR = 3600;

let his: TestHis;
let pc: TestPc;

/** A HIS that keeps no history of a type. */
beforeEach(async () => {
  his = createTestHis();
  his.offersHistory = false;
  buildWard(his, 4);
  admit(his, "amina", "bed-1");
  admit(his, "basma", "bed-2");
  his.put(allergy("amina", "a1", REFUTED));
  for (const id of ["o1", "o2", "o3", "o4", "o5"]) his.put(pulse("amina", id));
  his.put(pulse("basma", "o6"));
  his.clock += HOUR * 1000;
  pc = createTestPc(his, { pageSize: 2 });
  pc.now = his.clock;
  await round();
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
const ids = (patient: string, type: string): string[] =>
  pc.chart
    .resources(patient, type)
    .resources.map(({ id }) => id)
    .toSorted();
/** What protects nobody any more may go unsigned. */
const REFUTED = { verificationStatus: { coding: [{ code: "refuted" }] } };
const ALL = ["o1", "o2", "o3", "o4", "o5"];
const listings = (type: string): string[] => his.requests(new RegExp(`${type}\\?.*_elements`, "u"));

test("a HIS without a history is asked once an hour what it still has, and what it lacks disappears here", async () => {
  his.remove("Observation", "o1");
  his.remove("AllergyIntolerance", "a1");
  await round();
  expect(listings("Observation")).toEqual([]);
  await round(HOUR);
  expect(ids("amina", "Observation")).toEqual(["o2", "o3", "o4", "o5"]);
  expect(ids("basma", "Observation")).toEqual(["o6"]);
  expect(ids("amina", "AllergyIntolerance")).toEqual([]);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({
    resource: { code: { text: "Penicillin" } },
    removed: { version: null },
  });
  expect(pc.alarms.filter(({ kind }) => kind === "removed")).toHaveLength(1);
  expect(his.requests(/_history/u)).toEqual([]);
  const asked = listings("Observation").length;
  await round();
  expect(listings("Observation")).toHaveLength(asked);
});

test("what is made anew in the very second in which it was found to be gone is there", async () => {
  his.remove("Observation", "o1");
  const listed = listings("Observation").length;
  his.before = ({ path, query }) => {
    if (
      path === "Observation" &&
      query.has("_lastUpdated") &&
      listings("Observation").length > listed
    ) {
      his.before = () => null;
      his.put(pulse("amina", "o1", 99));
    }
    return null;
  };
  await round(HOUR);
  expect(ids("amina", "Observation")).toEqual(ALL);
  await round();
  expect(ids("amina", "Observation")).toEqual(ALL);
});

test("after an outage it is asked at once", async () => {
  his.down = true;
  await round();
  his.remove("Observation", "o1");
  his.down = false;
  await round(60);
  await round(60);
  expect(ids("amina", "Observation")).toEqual(["o2", "o3", "o4", "o5"]);
});

test("what was listed while nobody was signed in is compared at the next sign-in", async () => {
  pc.open = false;
  his.remove("Observation", "o1");
  await round(HOUR);
  his.down = true;
  pc.open = true;
  expect(ids("amina", "Observation")).toEqual(ALL);
  await pc.sync.applyNow();
  expect(ids("amina", "Observation")).toEqual(["o2", "o3", "o4", "o5"]);
});

test.each([
  ["is cut short", () => his.answer(null)],
  ["is another type's", () => his.answer(his.all("AllergyIntolerance"))],
  [
    "fails",
    () =>
      Response.json(
        { resourceType: "OperationOutcome", issue: [] },
        {
          status: 500,
          headers: {
            "content-type": "application/fhir+json",
            date: new Date(his.clock).toUTCString(),
          },
        },
      ),
  ],
])(
  "a listing whose last page %s takes nothing away, and is asked for again",
  async (_what, bad) => {
    his.remove("Observation", "o1");
    his.before = ({ path, query }) =>
      path === "Observation" && query.has("_elements") && query.get("_offset") === "4"
        ? bad()
        : null;
    await round(HOUR);
    expect(listings("Observation").length).toBeGreaterThan(0);
    expect(ids("amina", "Observation")).toEqual(ALL);
    expect(pc.sync.view().detail).toContain("Observation (deletions)");
    his.before = () => null;
    await round();
    expect(ids("amina", "Observation")).toEqual(["o2", "o3", "o4", "o5"]);
    expect(pc.sync.view().detail).toBeNull();
  },
);

test("a record that a listing skips because the pages moved meanwhile stays", async () => {
  let passes = 0;
  his.before = ({ path, query }) => {
    if (path !== "Observation" || !query.has("_elements") || query.get("_offset") !== "4")
      return null;
    passes += 1;
    return passes === 1 ? his.answer([]) : null;
  };
  await round(HOUR);
  expect(passes).toBe(2);
  expect(ids("amina", "Observation")).toEqual(ALL);
  expect(ids("basma", "Observation")).toEqual(["o6"]);
});

test("a record written so lately that the listing may have missed it stays", async () => {
  his.before = ({ path, query }) =>
    path === "Observation" && query.has("_elements")
      ? his.answer(his.all("Observation").filter(({ id }) => id !== "late"))
      : null;
  his.clock += (HOUR - 20) * 1000;
  pc.now += (HOUR - 20) * 1000;
  his.put(pulse("amina", "late"));
  await round(5);
  expect(ids("amina", "Observation")).toContain("late");
  expect(listings("Observation")).toEqual([]);
  await round(20);
  expect(listings("Observation").length).toBeGreaterThan(0);
  expect(ids("amina", "Observation")).toContain("late");
});

test("what this PC lacks, or holds in another version, is fetched again", async () => {
  const [held] = pc.chart.resources("amina", "Observation").resources;
  pc.chart.write({
    ...NO_CHANGES,
    upserts: held === undefined ? [] : [{ patient: "amina", resource: { ...held, meta: {} } }],
    removals: [{ patient: "amina", type: "AllergyIntolerance", id: "a1" }],
  });
  expect(ids("amina", "AllergyIntolerance")).toEqual([]);
  await round(HOUR);
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  expect(
    pc.chart.resources("amina", "Observation").resources.every(({ meta }) => meta?.versionId),
  ).toBe(true);
});

test("when nothing differs nothing is fetched again", async () => {
  const before = his.requests(/patient=amina&_count/u).length;
  await round(HOUR);
  await round();
  expect(his.requests(/patient=amina&_count/u)).toHaveLength(before);
  expect(pc.sync.view().state).toBe("live");
});

test("a history that is offered and not given is replaced by asking what is still there", async () => {
  his.offersHistory = true;
  his.before = ({ path }) => (path.endsWith("/_history") ? his.answer(his.all("Patient")) : null);
  his.down = true;
  await round();
  his.down = false;
  his.remove("Observation", "o1");
  await round(60);
  expect(his.requests(/Observation\/_history/u)).not.toEqual([]);
  expect(ids("amina", "Observation")).toEqual(["o2", "o3", "o4", "o5"]);
});

test("after a day apart the patients' ids are asked for, not the whole hospital's history", async () => {
  his.offersHistory = true;
  his.down = true;
  await round();
  his.remove("Observation", "o1");
  await round(24 * HOUR);
  his.down = false;
  await round();
  expect(his.requests(/Observation\/_history/u)).toEqual([]);
  expect(ids("amina", "Observation")).toEqual(["o2", "o3", "o4", "o5"]);
  await round();
  expect(his.requests(/Observation\/_history/u)).not.toEqual([]);
});
