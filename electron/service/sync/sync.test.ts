import { afterEach, beforeEach, expect, test } from "vitest";
import { WARD_PATIENT } from "../store/index.ts";
import { aminasWard, datedBy, idsOf, roundOf, sectionOf } from "./test-amina.ts";
import { BASE } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, allergy, discharge, pulse } from "./test-ward.ts";
import { SECTION_TYPES } from "./types.ts";

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
const section = (patient: string, type: string) => sectionOf(pc, patient, type);

test("the first sync brings the whole ward, and every section says up to when it is complete", async () => {
  await round();
  expect(pc.chart.placements()).toEqual([
    { patient: "amina", encounter: "stay-amina", ward: "ward-7", location: "bed-1" },
  ]);
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  for (const type of SECTION_TYPES)
    expect(section("amina", type)).toMatchObject({ loaded: true, damaged: false });
  expect(section("amina", "Flag")?.asOf).toBe(new Date(his.clock).toISOString());
  expect(ids(WARD_PATIENT, "Location")).toEqual([
    "bed-1",
    "bed-2",
    "bed-3",
    "bed-4",
    "room-1",
    "ward-7",
  ]);
  expect(pc.sync.view()).toMatchObject({ state: "live", asOf: new Date(his.clock).toISOString() });
});

test("what can kill is fetched before the rest", async () => {
  await round();
  const asked = his.requests(/patient=amina&_count/u).map((line) => line.split(/[ ?]/u)[1]);
  expect(asked.indexOf("AllergyIntolerance")).toBeLessThan(asked.indexOf("Observation"));
  expect(asked.indexOf("MedicationRequest")).toBeLessThan(asked.indexOf("DocumentReference"));
});

test("a patient admitted later shows everything recorded before the admission", async () => {
  await round();
  his.put({ resourceType: "Patient", id: "basma", name: [{ family: "B" }] });
  his.put(allergy("basma", "b-old"));
  his.clock += 7 * 86_400_000;
  pc.now = his.clock;
  await round();
  expect(ids("basma", "AllergyIntolerance")).toEqual([]);
  admit(his, "basma", "bed-2");
  await round();
  await round();
  expect(ids("basma", "AllergyIntolerance")).toEqual(["b-old"]);
  expect(section("basma", "AllergyIntolerance")).toMatchObject({ loaded: true });
});

test("until a section is complete it is not loaded, whatever other pages brought", async () => {
  his.before = ({ path, query }) =>
    path === "Condition" && query.has("patient")
      ? new Response("{", {
          status: 200,
          headers: {
            "content-type": "application/fhir+json",
            date: new Date(his.clock).toUTCString(),
          },
        })
      : null;
  await round();
  await round();
  expect(section("amina", "AllergyIntolerance")).toMatchObject({ loaded: true });
  expect(section("amina", "Condition")?.loaded ?? false).toBe(false);
  expect(pc.sync.view()).toMatchObject({
    state: "catching-up",
    detail: expect.stringContaining("Condition"),
  });
  his.before = () => null;
  await round();
  expect(section("amina", "Condition")).toMatchObject({ loaded: true });
  expect(pc.sync.view()).toMatchObject({ state: "live", detail: null });
});

test("changes arrive with the next round and move the server time they are complete up to", async () => {
  await round();
  his.put(pulse("amina", "o2", 90));
  await round();
  expect(ids("amina", "Observation")).toEqual(["o1", "o2"]);
  expect(section("amina", "Observation")?.asOf).toBe(new Date(his.clock).toISOString());
});

test("a round in which nothing changed still says up to when nothing changed", async () => {
  await round();
  const before = pc.chart.count().resources;
  await round(60);
  expect(section("amina", "Flag")?.asOf).toBe(new Date(his.clock).toISOString());
  expect(pc.chart.count().resources).toBe(before);
});

test("200 results written in one transaction that races single writes are all seen", async () => {
  await round();
  const slow = his.begin(Array.from({ length: 200 }, (_, n) => pulse("amina", `slow-${n}`)));
  // Single writes go past it for 20 seconds, and the puller sees them.
  for (let n = 0; n < 4; n += 1) {
    his.clock += 5_000;
    pc.now += 5_000;
    his.put(pulse("amina", `single-${n}`));
    await pc.sync.pullNow();
  }
  slow.commit();
  await round(5);
  expect(ids("amina", "Observation").filter((id) => id.startsWith("slow-"))).toHaveLength(200);
});

test("a patient who left stays readable but leaves the board; one who comes back is on it again", async () => {
  await round();
  discharge(his, "amina");
  await round();
  expect(pc.chart.placements()).toEqual([]);
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  admit(his, "amina", "bed-3");
  await round();
  expect(pc.chart.placements()).toMatchObject([{ patient: "amina", location: "bed-3" }]);
});

test("a patient moved to another ward is no longer on this one", async () => {
  await round();
  const stay = his.all("Encounter").find(({ id }) => id === "stay-amina");
  his.put({
    ...stay,
    location: [
      { location: { reference: "Location/bed-1" }, status: "completed" },
      { location: { reference: "Location/elsewhere" }, status: "active" },
    ],
  });
  await round();
  expect(pc.chart.placements()).toEqual([]);
});

test("when the answer about who is there fails, nobody leaves the board", async () => {
  await round();
  his.before = ({ path, query }) =>
    path === "Encounter" && query.has("location")
      ? new Response("<html>", { status: 500, headers: { "content-type": "text/html" } })
      : null;
  await round();
  expect(pc.chart.placements()).toHaveLength(1);
});

test.each([
  [
    "an HTML page",
    () => new Response("<html>", { headers: { ...datedBy(his), "content-type": "text/html" } }),
    "outage",
  ],
  [
    "an answer cut short",
    () =>
      new Response('{"resourceType":"Bundle","type":"searchset","entry":[{"reso', {
        headers: datedBy(his),
      }),
    "live",
  ],
  ["JSON that is not FHIR", () => new Response('{"ok":true}', { headers: datedBy(his) }), "live"],
  [
    "a Bundle of another kind",
    () => new Response('{"resourceType":"Bundle","type":"history"}', { headers: datedBy(his) }),
    "live",
  ],
  [
    "bytes that are no text",
    () => new Response(new Uint8Array([0xff, 0xfe, 0x00]), { headers: datedBy(his) }),
    "live",
  ],
])("%s changes nothing, and what happened is said", async (_name, answer, state) => {
  await round();
  const cursors = pc.journal.cursors().map(({ type, cursor }) => ({ type, cursor }));
  const asOf = section("amina", "AllergyIntolerance")?.asOf;
  his.put(allergy("amina", "a2"));
  his.before = ({ path, query }) =>
    path === "AllergyIntolerance" && query.has("_lastUpdated") ? answer() : null;
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  expect(section("amina", "AllergyIntolerance")?.asOf).toBe(asOf);
  const cursorOf = (rows: readonly { type: string; cursor: string }[]) =>
    rows.find(({ type }) => type === "AllergyIntolerance")?.cursor;
  expect(cursorOf(pc.journal.cursors())).toBe(cursorOf(cursors));
  expect(pc.sync.view()).toMatchObject({ state, detail: expect.stringMatching(/./u) });
  his.before = () => null;
  await round();
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
  expect(pc.sync.view()).toMatchObject({ state: "live", detail: null });
});

test("a HIS of which no answer can be read is not called live", async () => {
  await round();
  const asOf = section("amina", "Flag")?.asOf;
  his.before = ({ path }) =>
    path === "metadata" ? null : new Response('{"resourceType":"Bu', { headers: datedBy(his) });
  await round();
  expect(pc.sync.view()).toMatchObject({
    state: "outage",
    asOf,
    detail: expect.stringContaining("could be read"),
  });
  expect(section("amina", "Flag")?.asOf).toBe(asOf);
  his.before = () => null;
  await round();
  expect(pc.sync.view()).toMatchObject({ state: "live", detail: null });
});

test("an allergy that cannot be read keeps the last good one in force, and is in sight", async () => {
  await round();
  his.put(
    allergy("amina", "a1", {
      clinicalStatus: { coding: [{ code: "perhaps" }] },
      code: { text: "Penicillin (changed)" },
    }),
  );
  await round();
  expect(pc.chart.resources("amina", "AllergyIntolerance").resources).toMatchObject([
    { id: "a1", code: { text: "Penicillin" } },
  ]);
  expect(pc.chart.unreadable("amina")).toMatchObject([
    {
      type: "AllergyIntolerance",
      id: "a1",
      text: "Penicillin (changed)",
      reason: expect.stringContaining("clinicalStatus"),
    },
  ]);
  expect(pc.alarms).toMatchObject([{ kind: "unreadable", type: "AllergyIntolerance", id: "a1" }]);
  his.put(allergy("amina", "a1", { note: [{ text: "Seen by his GP" }] }));
  await round();
  expect(pc.chart.unreadable("amina")).toEqual([]);
  expect(pc.chart.resources("amina", "AllergyIntolerance").resources).toMatchObject([
    { code: { text: "Penicillin" }, note: [{ text: "Seen by his GP" }] },
  ]);
});

test("a record of another patient is never filed under the one that was asked for", async () => {
  his.before = ({ path, query }) =>
    path === "AllergyIntolerance" && query.get("patient") === "amina"
      ? new Response(
          JSON.stringify({
            resourceType: "Bundle",
            type: "searchset",
            entry: [{ resource: allergy("someone-else", "x1") }],
          }),
          { headers: datedBy(his) },
        )
      : null;
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual([]);
  expect(ids("someone-else", "AllergyIntolerance")).toEqual([]);
  expect(pc.alarms).toContainEqual({
    kind: "wrong-patient",
    type: "AllergyIntolerance",
    id: "x1",
    asked: "amina",
  });
  expect(pc.chart.unreadable("amina")).toMatchObject([
    { id: "x1", reason: "it names another patient" },
  ]);
});

test("an older version overtaken on the way does not replace the newer one", async () => {
  await round();
  const old = new Response(
    JSON.stringify({
      resourceType: "Bundle",
      type: "searchset",
      entry: [{ resource: his.all("Observation")[0] }],
    }),
    { headers: datedBy(his) },
  );
  his.put(pulse("amina", "o1", 140));
  await round(1);
  expect(pc.chart.resources("amina", "Observation").resources).toMatchObject([
    { valueQuantity: { value: 140 } },
  ]);
  const { write } = pc.chart;
  const written: unknown[] = [];
  pc.chart = {
    ...pc.chart,
    write(batch) {
      written.push(...batch.upserts.map(({ resource }) => resource["valueQuantity"]));
      return write(batch);
    },
  };
  // Back-fill's answer was made before the change and arrives after it.
  pc.journal.wantBackfill([{ patient: "amina", type: "Observation" }]);
  his.before = ({ path, query }) =>
    path === "Observation" && query.get("patient") === "amina" && !query.has("_sort") ? old : null;
  await round(1);
  expect(pc.journal.backfill().every((row) => row.state === "received")).toBe(true);
  expect(written).not.toContainEqual(expect.objectContaining({ value: 72 }));
});

test("an outage is said, with since when; everything stays readable; the end of it brings what was missed", async () => {
  await round();
  his.down = true;
  await round();
  const since = new Date(pc.now).toISOString();
  await round();
  expect(pc.sync.view()).toMatchObject({
    state: "outage",
    since,
    detail: expect.stringContaining("refuses connections"),
  });
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  const before = his.log.length;
  await round();
  expect(his.log.length - before).toBe(1);
  his.put(allergy("amina", "a2"));
  his.down = false;
  await round();
  expect(pc.sync.view()).toMatchObject({ state: "live" });
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1", "a2"]);
});

test("what every section holds is what the HIS holds, after any number of rounds", async () => {
  for (let n = 0; n < 30; n += 1) {
    his.put(pulse("amina", `r${n % 7}`, 60 + n));
    if (n === 10) admit(his, "basma", "bed-2");
    if (n > 12) his.put(pulse("basma", `q${n}`, n));
    await round(7);
  }
  await round();
  for (const patient of ["amina", "basma"]) {
    const theirs = his
      .all("Observation")
      .filter(
        (each) => (each["subject"] as { reference: string }).reference === `Patient/${patient}`,
      );
    const ours = pc.chart.resources(patient, "Observation").resources;
    expect(ours.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
      theirs.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
  }
});

test("who is there is asked again and again, and never looks like something that waits to be applied", async () => {
  const stay = {
    resourceType: "Encounter",
    id: "e1",
    status: "in-progress",
    subject: { reference: "Patient/amina" },
    meta: { versionId: "1", lastUpdated: "2026-11-23T08:00:00Z" },
  };
  const entry = [{ resource: stay }];
  const asked = { kind: "scope", type: "Encounter", patient: null } as const;
  const received = await pc.journal.receivePage({
    ...asked,
    bytes: Uint8Array.from(
      Buffer.from(JSON.stringify({ resourceType: "Bundle", type: "searchset", entry })),
    ),
    encoding: null,
    base: BASE,
    asOf: stay.meta.lastUpdated,
    answeredAt: stay.meta.lastUpdated,
    isRepeated: false,
    cursor: null,
  });
  expect(received).toMatchObject({ entries: 1, fresh: 0, scope: [{ patient: "amina" }] });
});
