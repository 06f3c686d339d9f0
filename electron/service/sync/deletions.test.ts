import { deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreError } from "../store/index.ts";
import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { GUARD_MARK } from "../guard/index.ts";
import { admit, allergy, buildWard, pulse } from "./test-ward.ts";

let his: TestHis;
let pc: TestPc;

beforeEach(() => {
  his = createTestHis();
  buildWard(his, 4);
  admit(his, "amina", "bed-1");
  admit(his, "basma", "bed-2");
  his.put(allergy("amina", "a1", REFUTED));
  his.put(pulse("amina", "o1"));
  his.put(pulse("amina", "o2"));
  his.put(pulse("basma", "o3"));
  his.clock += 3_600_000;
  pc = createTestPc(his);
  pc.now = his.clock;
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
async function rounds(count: number, seconds = 30): Promise<void> {
  for (let n = 0; n < count; n += 1) await round(seconds);
}
const ids = (patient: string, type: string): string[] =>
  pc.chart
    .resources(patient, type)
    .resources.map(({ id }) => id)
    .toSorted();
const section = (patient: string, type: string) =>
  pc.chart.sections(patient).find((row) => row.type === type);
const listings = (): string[] => his.requests(/_elements=/u);
/** What protects nobody any more may go unsigned. */
const REFUTED = { verificationStatus: { coding: [{ code: "refuted" }] } };
const removals = () => pc.alarms.filter(({ kind }) => kind === "removed");

test("a result deleted at the HIS disappears here with the next round, and nothing else does", async () => {
  await round();
  his.remove("Observation", "o1");
  await round();
  expect(ids("amina", "Observation")).toEqual(["o2"]);
  expect(ids("basma", "Observation")).toEqual(["o3"]);
  expect(listings()).toEqual([]);
});

test("an allergy in force that is deleted at the HIS stays, is said to be held once, and its removal is a claim", async () => {
  his.put(allergy("amina", "a9"));
  await round();
  his.remove("AllergyIntolerance", "a9");
  await rounds(4);
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1", "a9"]);
  expect(removals()).toEqual([]);
  expect(pc.alarms.filter(({ kind }) => kind === "held")).toMatchObject([
    { type: "AllergyIntolerance", id: "a9", patient: "amina", reasons: "removed" },
  ]);
  expect(pc.fact("AllergyIntolerance", "a9")).toMatchObject({
    removed: null,
    claims: [{ resource: null, removed: { version: "2", exact: true }, reasons: ["removed"] }],
  });
  expect(pc.chart.resources("amina", GUARD_MARK).resources).toMatchObject([
    { of: { id: "a9" }, claims: [{ reasons: ["removed"] }] },
  ]);
});

test("a refuted allergy deleted at the HIS goes, the alarm is raised once, and the ledger keeps what it was", async () => {
  await round();
  his.remove("AllergyIntolerance", "a1");
  await rounds(4);
  expect(ids("amina", "AllergyIntolerance")).toEqual([]);
  expect(section("amina", "AllergyIntolerance")).toMatchObject({ loaded: true });
  expect(removals()).toEqual([
    { kind: "removed", type: "AllergyIntolerance", id: "a1", patient: "amina" },
  ]);
  const fact = pc.fact("AllergyIntolerance", "a1");
  expect(fact).toMatchObject({
    patient: "amina",
    verdict: "apply-unverified",
    resource: { code: { text: "Penicillin" } },
    removed: { version: "2", exact: true },
  });
});

test("a deletion while nobody is signed in is applied at the next sign-in, even when the HIS is down by then", async () => {
  await round();
  pc.open = false;
  his.remove("Observation", "o1");
  his.remove("AllergyIntolerance", "a1");
  await rounds(2);
  expect(ids("amina", "Observation")).toEqual(["o1", "o2"]);
  his.down = true;
  pc.open = true;
  await pc.sync.applyNow();
  expect(ids("amina", "Observation")).toEqual(["o2"]);
  expect(ids("amina", "AllergyIntolerance")).toEqual([]);
});

test("what is deleted and made anew comes back, also when both happen between two rounds", async () => {
  await round();
  his.remove("AllergyIntolerance", "a1");
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual([]);
  his.put(allergy("amina", "a1", REFUTED));
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({ removed: null });
  his.clock += 1000;
  his.remove("Observation", "o1");
  his.clock += 1000;
  his.put(pulse("amina", "o1", 99));
  await rounds(4);
  expect(ids("amina", "Observation")).toEqual(["o1", "o2"]);
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
});

test.each([
  ["", false],
  [", even when the PC was restarted in between", true],
])(
  "an answer from before a deletion that is applied after it brings nothing back%s",
  async (_when, restarts) => {
    await round();
    const asOf = new Date(his.clock).toISOString();
    const pages = ["Observation", "AllergyIntolerance"].map((type) => {
      const entry = his.all(type).map((resource) => ({ resource }));
      const bundle = JSON.stringify({ resourceType: "Bundle", type: "searchset", entry });
      return { type, bytes: deflateRawSync(bundle) };
    });
    his.clock += 5000;
    his.remove("Observation", "o1");
    his.remove("AllergyIntolerance", "a1");
    await round();
    if (restarts) {
      await pc.sync.stop();
      pc = pc.restart();
    }
    for (const { type, bytes } of pages) {
      const place = { kind: "pull", type, patient: null } as const;
      const sealed = await pc.seal(place, bytes);
      pc.journal.receive({ page: { ...place, last: false, asOf, resources: 3, sealed } });
    }
    await pc.sync.applyNow();
    expect(pc.journal.inboxSize().pages).toBe(0);
    expect(ids("amina", "AllergyIntolerance")).toEqual([]);
    if (restarts) {
      // Of what is not safety-critical nothing is remembered: the next round's overlap puts it right.
      pc.now = his.clock;
      await round(1);
    }
    expect(ids("amina", "Observation")).toEqual(["o2"]);
  },
);

test("a HIS put back to a backup from before the deletion is believed: the record is there again", async () => {
  await round();
  const before = his.all("AllergyIntolerance");
  his.remove("AllergyIntolerance", "a1");
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual([]);
  his.clock += 60_000;
  his.before = ({ path, query }) =>
    path === "AllergyIntolerance" && query.get("patient") === "amina" ? his.answer(before) : null;
  pc.journal.wantBackfill([{ patient: "amina", type: "AllergyIntolerance" }]);
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({ removed: null });
});

test("a deletion that is told again after a restart does not touch what was made anew since", async () => {
  await round();
  his.remove("Observation", "o1");
  his.remove("AllergyIntolerance", "a1");
  his.clock += 1000;
  his.put(pulse("amina", "o1", 99));
  his.put(allergy("amina", "a1", REFUTED));
  await round(10);
  await pc.sync.stop();
  pc = pc.restart();
  pc.now = his.clock;
  // Of these types nothing but the history can be had.
  his.before = ({ path, query }) =>
    ["Observation", "AllergyIntolerance"].includes(path) && query.has("patient")
      ? his.answer(null)
      : null;
  await round(10);
  expect(his.requests(/Observation\/_history/u)).toHaveLength(3);
  expect(ids("amina", "Observation")).toEqual(["o1", "o2"]);
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
});

test("a section begun before a deletion and finished after it does not keep what was deleted meanwhile", async () => {
  await round();
  const snapshot = his.all("Observation").filter(({ id }) => id !== "o3");
  const next = `${new Date(his.clock).toISOString()}|http://his.test/fhir/Observation?rest=1`;
  const row = { patient: "amina", type: "Observation", state: "wanted", next } as const;
  pc.journal.receive({ page: null, backfill: row });
  const isOfSection = (query: URLSearchParams): boolean =>
    query.has("rest") || (query.get("patient") === "amina" && !query.has("_elements"));
  his.before = ({ path, query }) =>
    path === "Observation" && isOfSection(query) ? his.answer(null) : null;
  his.clock += 1000;
  his.remove("Observation", "o1");
  await rounds(6);
  expect(ids("amina", "Observation")).toEqual(["o2"]);
  await pc.sync.stop();
  pc = pc.restart();
  pc.now = his.clock;
  // The HIS goes on with the result it found back then.
  his.before = ({ path, query }) =>
    path === "Observation" && query.has("rest") ? his.answer(snapshot) : null;
  await rounds(2);
  expect(his.requests(/rest=1/u).length).toBeGreaterThan(1);
  expect(pc.journal.backfill().some(({ state }) => state === "wanted")).toBe(false);
  expect(ids("amina", "Observation")).toEqual(["o2"]);
});

test("a deletion never makes a section that is not loaded look empty", async () => {
  his.before = ({ path, query }) =>
    path === "Observation" && query.has("patient") ? his.answer(null) : null;
  await round();
  his.remove("Observation", "o1");
  await round();
  expect(section("amina", "Observation")?.loaded ?? false).toBe(false);
});

test("a deletion ends what was said about a record that could not be read, and is in the trail", async () => {
  await round();
  his.put(allergy("amina", "a2", { patient: { reference: "Patient/amina" }, code: 7 }));
  await round();
  expect(pc.chart.unreadable("amina").map(({ id }) => id)).toEqual(["a2"]);
  his.remove("AllergyIntolerance", "a2");
  await round();
  expect(pc.chart.unreadable("amina")).toEqual([]);
  expect(removals()).toMatchObject([{ id: "a2" }]);
});

test.each([
  ["a full disk", false],
  ["a kill", true],
])("%s between chart and journal loses no deletion", async (_what, restarts) => {
  await round();
  his.remove("AllergyIntolerance", "a1");
  const { applied } = pc.journal;
  Object.assign(pc.journal, {
    applied: () => {
      throw new StoreError("disk-full", "full");
    },
  });
  await round();
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({ removed: null });
  Object.assign(pc.journal, { applied });
  if (restarts) {
    await pc.sync.stop();
    pc = pc.restart();
  }
  await pc.sync.applyNow();
  expect(ids("amina", "AllergyIntolerance")).toEqual([]);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({ removed: { version: "2" } });
  expect(removals()).toHaveLength(1);
});

test("a deletion of what a forgotten patient had brings nothing of him back", async () => {
  await round();
  his.remove("Observation", "o1");
  await round();
  pc.chart.forgetPatient("amina");
  pc.journal.forgetPatient("amina");
  const alarms = pc.alarms.length;
  pc.open = false;
  his.remove("AllergyIntolerance", "a1");
  his.remove("Observation", "o2");
  await round();
  for (const { seq, type, patient } of pc.journal.inbox(100))
    if (patient !== null || type.includes(","))
      pc.journal.applied({ seqs: [seq], ledger: [], audit: [] });
  pc.open = true;
  his.down = true;
  await pc.sync.applyNow();
  expect(pc.journal.inboxSize().pages).toBe(0);
  expect(pc.alarms).toHaveLength(alarms);
  expect(pc.chart.patients()).toEqual(["basma"]);
});

test("a page of deletions that was lost on this PC is made good by comparing ids", async () => {
  await round();
  pc.open = false;
  his.remove("Observation", "o1");
  await round(120);
  const pages = pc.journal.inbox(100).filter(({ sealed }) => sealed.byteLength > 0);
  expect(pages.map(({ type }) => type)).toEqual(["Observation"]);
  pc.journal.applied({ seqs: pages.map(({ seq }) => seq), ledger: [], audit: [] });
  for (const page of pages)
    pc.journal.receive({ page: { ...page, sealed: new Uint8Array(200).fill(7) } });
  pc.open = true;
  his.clock += 600_000;
  pc.now += 600_000;
  await rounds(2);
  expect(ids("amina", "Observation")).toEqual(["o2"]);
});
