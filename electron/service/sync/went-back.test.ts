import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, allergy, buildWard, discharge, pulse } from "./test-ward.ts";

const MINUTE = 60;
let his: TestHis;
let pc: TestPc;
/** A moment from which the HIS has a backup. */
let backup: number;

/** A HIS whose history of everything is believed, and a PC that charts nothing: no act of its own can be missing. */
beforeEach(async () => {
  his = createTestHis();
  his.offersSystemHistory = true;
  buildWard(his, 4);
  admit(his, "amina", "bed-1");
  admit(his, "celine", "bed-3");
  his.put(allergy("amina", "a1"));
  his.put(pulse("amina", "o1", 60));
  his.clock += 60 * MINUTE * 1000;
  pc = createTestPc(his);
  pc.now = his.clock;
  await round();
  his.put(pulse("amina", "o2"));
  await round();
  await round();
  backup = his.clock;
});
afterEach(async () => {
  await pc.sync.stop();
  pc.dispose();
});

function pass(seconds: number): void {
  his.clock += seconds * 1000;
  pc.now += seconds * 1000;
}
async function round(seconds = 30): Promise<void> {
  pass(seconds);
  await pc.sync.pullNow();
  await pc.sync.idle();
  await pc.sync.applyNow();
}
async function away(seconds = 5 * MINUTE): Promise<void> {
  his.down = true;
  await round();
  pass(seconds);
  his.down = false;
}
async function requestsOf(work: () => Promise<void>): Promise<string[]> {
  const before = his.log.length;
  await work();
  return his.log.slice(before);
}
const held = (patient: string, type: string): Record<string, string | undefined> =>
  Object.fromEntries(
    pc.chart
      .resources(patient, type)
      .resources.map(({ id, meta }) => [id, meta?.versionId] as const),
  );
const board = (): string[] =>
  pc.chart
    .placements()
    .map(({ patient }) => patient)
    .toSorted();
const isLook = (line: string): boolean => /_elements=id,meta&_count=[1-8]$/u.test(line);
const isListing = (line: string): boolean => line.endsWith("_elements=id,meta&_count=50");
const backs = (): unknown[] => pc.alarms.filter(({ kind }) => kind === "his-went-back");

async function somethingHappens(): Promise<void> {
  pass(10 * MINUTE);
  his.put(pulse("amina", "o1", 90));
  his.put(pulse("amina", "o3", 95));
  admit(his, "basma", "bed-2");
  discharge(his, "celine");
  await round();
  await round(5 * MINUTE);
  expect(held("amina", "Observation")).toEqual({ o1: "2", o2: "1", o3: "1" });
  expect(board()).toEqual(["amina", "basma"]);
}

test.each([
  ["comes back from an outage", away],
  ["was restored while this PC slept", async () => pass(40 * MINUTE)],
  [
    "comes back to a PC that was started anew in the outage",
    async () => {
      await away();
      await pc.sync.stop();
      pc = pc.restart();
    },
  ],
])(
  "a HIS that %s with an older backup is found out by one question, and this PC has what it has",
  async (_when, absent) => {
    await somethingHappens();
    await absent();
    his.goBack(backup);
    const asked = await requestsOf(async () => await round());
    await round();
    expect(asked.filter(isLook)).toHaveLength(1);
    expect(backs()).toHaveLength(1);
    expect(board()).toEqual(["amina", "celine"]);
    // What it lacks stays until others had their time to bring it back.
    expect(held("amina", "Observation")).toEqual({ o1: "1", o2: "1", o3: "1" });
    await round(11 * MINUTE);
    await round();
    expect(held("amina", "Observation")).toEqual({ o1: "1", o2: "1" });
    expect((await requestsOf(async () => await round(5 * MINUTE))).filter(isListing)).toEqual([]);
    expect(backs()).toHaveLength(1);
  },
);

test("a HIS that comes back and has forgotten nothing costs one question more, and a quiet round none", async () => {
  await somethingHappens();
  await away();
  const back = await requestsOf(async () => await round());
  expect(back.filter(isLook)).toHaveLength(1);
  expect(back.filter((line) => isListing(line) && line.includes("Observation"))).toEqual([]);
  for (let minutes = 0; minutes < 50; minutes += 5)
    expect((await requestsOf(async () => await round(5 * MINUTE))).filter(isLook)).toEqual([]);
  expect(backs()).toEqual([]);
});

test.each([
  ["was changed again meanwhile", () => void his.put(pulse("amina", "o3", 99))],
  ["was deleted meanwhile", () => his.remove("Observation", "o3")],
])("a newest record that %s is no sign of a restore", async (_what, change) => {
  pass(10 * MINUTE);
  his.put(pulse("amina", "o3", 95));
  await round();
  await away();
  change();
  await round();
  await round();
  expect(backs()).toEqual([]);
  expect(held("amina", "Observation")["o3"]).toBe(
    his.all("Observation").find(({ id }) => id === "o3") === undefined ? undefined : "2",
  );
});

test("a deletion that a restored HIS has forgotten is noticed too", async () => {
  pass(10 * MINUTE);
  his.remove("Observation", "o1");
  await round();
  await round(5 * MINUTE);
  expect(held("amina", "Observation")).toEqual({ o2: "1" });
  await away();
  his.goBack(backup);
  await round();
  await round();
  expect(held("amina", "Observation")).toEqual({ o1: "1", o2: "1" });
});

test("an allergy that a restored HIS has forgotten stays in force here until a clinician says otherwise", async () => {
  pass(10 * MINUTE);
  his.put(allergy("amina", "a2", { code: { text: "Latex" } }));
  await round();
  await round(5 * MINUTE);
  await away();
  his.goBack(backup);
  await round();
  await round(11 * MINUTE);
  await round();
  expect(Object.keys(held("amina", "AllergyIntolerance"))).toEqual(["a1", "a2"]);
  expect(pc.fact("AllergyIntolerance", "a2")).toMatchObject({
    removed: null,
    claims: [{ reasons: ["removed"] }],
  });
});

test("an order that another PC brings back to a restored HIS is never taken away here, and waits for nobody", async () => {
  const order = {
    resourceType: "MedicationRequest",
    id: "order-1",
    status: "active",
    intent: "order",
    subject: { reference: "Patient/amina" },
    medicationCodeableConcept: { text: "Ibuprofen" },
    dosageInstruction: [{ text: "400 mg" }],
  };
  pass(10 * MINUTE);
  his.put(order);
  await round();
  await round(5 * MINUTE);
  await away();
  his.goBack(backup);
  await round();
  expect(held("amina", "MedicationRequest")).toEqual({ "order-1": "1" });
  his.put(order);
  await round();
  await round(11 * MINUTE);
  await round();
  expect(held("amina", "MedicationRequest")).toEqual({ "order-1": "1" });
  expect(pc.fact("MedicationRequest", "order-1")).toMatchObject({ removed: null, claims: [] });
});

test("killed before what is missing was taken away, a PC that starts anew takes it away in the end", async () => {
  await somethingHappens();
  await away();
  his.goBack(backup);
  await round();
  await pc.sync.stop();
  pc = pc.restart();
  await round();
  expect(held("amina", "Observation")).toEqual({ o1: "1", o2: "1", o3: "1" });
  await round(11 * MINUTE);
  await round();
  expect(held("amina", "Observation")).toEqual({ o1: "1", o2: "1" });
});

test("a HIS that looks every time as if it had gone back is compared with six times a day and no more", async () => {
  his.before = ({ path, query }) => {
    if (!query.has("_id") || !query.has("_elements") || query.get("_count") === "50") return null;
    const early = new Date(his.clock - 7_200_000).toISOString();
    return his.answer(
      (query.get("_id") ?? "")
        .split(",")
        .map((id) => ({ resourceType: path, id, meta: { versionId: "1", lastUpdated: early } })),
    );
  };
  const asked = await requestsOf(async () => {
    for (let n = 0; n < 20; n += 1) {
      await away(30);
      await round();
    }
  });
  expect(backs()).toHaveLength(6);
  // And once to take away what is missing.
  expect(asked.filter((line) => isListing(line) && line.includes("Condition"))).toHaveLength(7);
  expect(pc.sync.view()).toMatchObject({ state: "live", detail: null });
});

test("a HIS that does not understand the question is worked with as before", async () => {
  his.before = ({ query }) =>
    query.has("_elements") && query.get("_count") !== "50"
      ? new Response("", { status: 400 })
      : null;
  await away();
  await round();
  expect(pc.sync.view()).toMatchObject({ state: "live", detail: null });
  expect(backs()).toEqual([]);
});

test.each([
  ["is too busy for it each time", 503, "application/fhir+json"],
  ["lets a proxy answer it", 200, "text/html"],
])(
  "a HIS that, asked so, %s is worked with after three tries, and asked again by the hour",
  async (_how, status, type) => {
    his.before = ({ query }) =>
      query.has("_elements") && query.get("_count") !== "50"
        ? new Response("no", { status, headers: { "content-type": type } })
        : null;
    await away();
    const asked = await requestsOf(async () => {
      for (let n = 0; n < 10; n += 1) await round(5 * MINUTE);
    });
    expect(asked.filter(isLook)).toHaveLength(3);
    his.put(pulse("amina", "o9", 80));
    await round();
    expect(pc.sync.view()).toMatchObject({ state: "live", detail: null });
    expect(held("amina", "Observation")).toHaveProperty("o9");
    expect((await requestsOf(async () => await round(61 * MINUTE))).filter(isLook)).toHaveLength(1);
    his.before = () => null;
    await round(61 * MINUTE);
    expect(pc.sync.view()).toMatchObject({ state: "live", detail: null });
  },
);
