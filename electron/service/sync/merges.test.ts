import { afterEach, beforeEach, expect, test } from "vitest";
import { guestRows, leftBefore } from "./scope.ts";
import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, allergy, buildWard, discharge, pulse } from "./test-ward.ts";

const HOUR = 3600;
let his: TestHis;
let pc: TestPc;

beforeEach(async () => {
  his = createTestHis();
  buildWard(his, 4);
  admit(his, "amina", "bed-1");
  his.put({ resourceType: "Patient", id: "unknown-7", name: [{ family: "Unknown" }] });
  his.put(allergy("unknown-7", "u1"));
  his.put(pulse("unknown-7", "u2"));
  his.clock += HOUR * 1000;
  pc = createTestPc(his);
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
  pc.chart.resources(patient, type).resources.map(({ id }) => id);
const person = (id: string, type: string, other: string): void => {
  his.put({
    ...his.all("Patient").find((one) => one.id === id),
    link: [{ type, other: { reference: `Patient/${other}` } }],
  });
};

test.each([true, false])(
  "the other half of a merged record is fetched whole, whichever side says that they are one (history: %s)",
  async (offersHistory) => {
    his.offersHistory = offersHistory;
    if (offersHistory) person("unknown-7", "replaced-by", "amina");
    else person("amina", "replaces", "unknown-7");
    await round();
    await round();
    await round();
    expect(ids("unknown-7", "AllergyIntolerance")).toEqual(["u1"]);
    expect(ids("unknown-7", "Observation")).toEqual(["u2"]);
    // He lies in no bed: the ward shows the one person once.
    expect(pc.chart.placements().map(({ patient }) => patient)).toEqual(["amina"]);
    his.put(allergy("unknown-7", "u3"));
    await round();
    expect(ids("unknown-7", "AllergyIntolerance").toSorted()).toEqual(["u1", "u3"]);
  },
);

test("a merged record stays as long as the other half is on the ward, and a restart knows of it", async () => {
  person("amina", "replaces", "unknown-7");
  await round();
  await round();
  await pc.sync.stop();
  pc = pc.restart();
  pc.now = his.clock;
  await round(48 * HOUR);
  await round();
  expect(ids("unknown-7", "AllergyIntolerance")).toEqual(["u1"]);
  person("amina", "seealso", "unknown-7");
  await round();
  await round(48 * HOUR);
  expect(pc.journal.scope().map(({ patient }) => patient)).toEqual(["amina"]);
  expect(pc.chart.patients()).not.toContain("unknown-7");
});

test("whoever comes back in another stay is placed by it, and is not forgotten when the first one's retention ends", async () => {
  discharge(his, "amina");
  await round();
  expect(pc.chart.placements()).toEqual([]);
  his.put({
    resourceType: "Encounter",
    id: "a-second-stay",
    status: "in-progress",
    class: { code: "IMP" },
    subject: { reference: "Patient/amina" },
    location: [{ location: { reference: "Location/bed-2" }, status: "active" }],
  });
  await round(12 * HOUR);
  expect(pc.chart.placements()).toMatchObject([{ patient: "amina", location: "bed-2" }]);
  await round(48 * HOUR);
  expect(pc.journal.scope()).toHaveLength(1);
  expect(leftBefore(pc.journal.scope(), pc.now - 24 * HOUR * 1000)).toEqual([]);
});

test("a guest's row is written anew once an hour, and never for one who lies on the ward", () => {
  const row = { patient: "b", encounter: "e", ward: "w", location: null, enteredAt: 0 };
  const held = new Map([
    ["b", { ...row, leftAt: 0 }],
    ["c", { ...row, patient: "c", leftAt: null }],
  ]);
  expect(guestRows(["a"], held, 5)).toMatchObject([{ patient: "a", enteredAt: 5, leftAt: 5 }]);
  expect(guestRows(["b", "c"], held, HOUR * 1000)).toEqual([]);
  expect(guestRows(["b", "c"], held, HOUR * 1000 + 1)).toMatchObject([{ patient: "b" }]);
});

test.each([
  ["the question who is here is refused", 400],
  ["the HIS goes away again at the question who is here", 503],
])(
  "after an outage of days the other half of a merged record is not forgotten though %s",
  async (_when, status) => {
    person("amina", "replaces", "unknown-7");
    await round();
    await round();
    await round();
    expect(ids("unknown-7", "AllergyIntolerance")).toEqual(["u1"]);
    his.down = true;
    for (let days = 0; days < 4; days += 1) await round(24 * HOUR);
    his.down = false;
    his.before = ({ path, query }) =>
      path === "Encounter" && query.has("location") ? new Response("{}", { status }) : null;
    await round();
    expect(ids("unknown-7", "AllergyIntolerance")).toEqual(["u1"]);
    his.before = () => null;
    await round(2 * HOUR);
    expect(ids("unknown-7", "AllergyIntolerance")).toEqual(["u1"]);
  },
);

test("who left is forgotten when retention ends, with all that was kept of him", async () => {
  admit(his, "basma", "bed-2");
  await round();
  await round();
  discharge(his, "basma");
  await round();
  await round(23 * HOUR);
  expect(pc.chart.patients()).toContain("basma");
  await round(2 * HOUR);
  expect(pc.chart.patients()).not.toContain("basma");
  expect(pc.journal.scope().map(({ patient }) => patient)).toEqual(["amina"]);
});
