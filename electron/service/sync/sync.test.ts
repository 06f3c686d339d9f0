import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreError, WARD_PATIENT } from "../store/index.ts";
import { BASE, createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, allergy, buildWard, discharge, pulse } from "./test-ward.ts";
import { SECTION_TYPES } from "./types.ts";

let his: TestHis;
let pc: TestPc;

beforeEach(() => {
  his = createTestHis();
  buildWard(his, 4);
  // The ward is older than any overlap, so that only back-fill can bring it.
  admit(his, "amina", "bed-1");
  his.put(allergy("amina", "a1"));
  his.put(pulse("amina", "o1"));
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
const ids = (patient: string, type: string): string[] =>
  pc.chart
    .resources(patient, type)
    .resources.map(({ id }) => id)
    .toSorted();
const section = (patient: string, type: string) =>
  pc.chart.sections(patient).find((row) => row.type === type);

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

const dated = (): Record<string, string> => ({
  "content-type": "application/fhir+json",
  date: new Date(his.clock).toUTCString(),
});

test.each([
  [
    "an HTML page",
    () => new Response("<html>", { headers: { ...dated(), "content-type": "text/html" } }),
    "outage",
  ],
  [
    "an answer cut short",
    () =>
      new Response('{"resourceType":"Bundle","type":"searchset","entry":[{"reso', {
        headers: dated(),
      }),
    "live",
  ],
  ["JSON that is not FHIR", () => new Response('{"ok":true}', { headers: dated() }), "live"],
  [
    "a Bundle of another kind",
    () => new Response('{"resourceType":"Bundle","type":"history"}', { headers: dated() }),
    "live",
  ],
  [
    "bytes that are no text",
    () => new Response(new Uint8Array([0xff, 0xfe, 0x00]), { headers: dated() }),
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
    path === "metadata" ? null : new Response('{"resourceType":"Bu', { headers: dated() });
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
          { headers: dated() },
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

test("with nobody signed in the pages pile up sealed, and are applied at the next sign-in", async () => {
  pc.open = false;
  await round();
  expect(pc.chart.count().resources).toBe(0);
  expect(pc.journal.inboxSize().pages).toBeGreaterThan(0);
  expect(
    pc.journal.inbox(50).map(({ sealed }) => Buffer.from(sealed).includes("Penicillin")),
  ).not.toContain(true);
  pc.open = true;
  await pc.sync.applyNow();
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  expect(pc.journal.inboxSize()).toEqual({ pages: 0, resources: 0 });
});

test("killed after the chart has committed and before the inbox was cleared, the pages are applied again harmlessly", async () => {
  pc.open = false;
  await round();
  const { write } = pc.chart;
  pc.chart = {
    ...pc.chart,
    write(batch) {
      write(batch);
      throw new StoreError("disk-full", "killed here");
    },
  };
  pc.open = true;
  await pc.sync.applyNow();
  const waiting = pc.journal.inboxSize().pages;
  expect(waiting).toBeGreaterThan(0);
  const count = pc.chart.count();
  await pc.sync.stop();
  pc = pc.restart();
  await pc.sync.applyNow();
  expect(pc.journal.inboxSize().pages).toBe(0);
  expect(pc.chart.count()).toEqual(count);
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  expect(pc.journal.ledger([{ type: "AllergyIntolerance", id: "a1" }])).toHaveLength(1);
});

test("killed in the middle of a long section, back-fill goes on where it was", async () => {
  for (let n = 0; n < 120; n += 1) his.put(pulse("amina", `long-${n}`));
  his.clock += 3_600_000;
  pc.now = his.clock;
  const startedAt = new Date(his.clock + 30_000).toISOString();
  his.before = ({ path, query }) => {
    if (path === "Observation" && query.get("_offset") === "100") his.down = true;
    return his.down ? Promise.reject(new TypeError("fetch failed")) : null;
  };
  await round();
  expect(section("amina", "Observation")?.loaded ?? false).toBe(false);
  await pc.sync.stop();
  pc = pc.restart();
  his.down = false;
  his.before = () => null;
  his.log.length = 0;
  await round(600);
  await round();
  expect(ids("amina", "Observation")).toHaveLength(121);
  const firstPage = his.requests(/^GET Observation\?patient=amina&_count=50$/u);
  expect(firstPage).toEqual([]);
  expect(pc.journal.backfill().every(({ state }) => state === "received")).toBe(true);
  expect(Date.parse(section("amina", "Observation")?.asOf ?? "")).toBeGreaterThanOrEqual(
    Date.parse(startedAt),
  );
});

test("a page that cannot be opened is kept and reported, holds up nobody, and its section is fetched again", async () => {
  pc.open = false;
  await round();
  const sealed = await pc.seal(
    { kind: "backfill", type: "Observation", patient: "someone" },
    Buffer.from("moved here from elsewhere"),
  );
  pc.journal.receive({
    page: {
      kind: "backfill",
      type: "AllergyIntolerance",
      patient: "amina",
      last: true,
      asOf: "2026-11-23T12:00:00.000Z",
      resources: 1,
      sealed,
    },
  });
  his.put(pulse("amina", "o9"));
  await round();
  pc.open = true;
  await pc.sync.applyNow();
  expect(ids("amina", "Observation")).toContain("o9");
  expect(pc.alarms).toMatchObject([{ kind: "page-unreadable" }]);
  expect(pc.journal.inboxSize().pages).toBe(1);
  expect(pc.journal.backfill().filter(({ state }) => state === "wanted")).toMatchObject([
    { patient: "amina", type: "AllergyIntolerance" },
  ]);
  his.clock = Date.parse("2026-11-23T13:00:00Z");
  await round();
  await round();
  expect(section("amina", "AllergyIntolerance")).toMatchObject({ loaded: true });
  expect(pc.alarms).toHaveLength(1);
});

test("a section of which one page was lost on this PC is not called complete before it is fetched again", async () => {
  pc.open = false;
  his.before = ({ path, query }) =>
    path === "Flag" && query.has("patient") ? new Response("no", { headers: dated() }) : null;
  await round();
  const asOf = new Date(his.clock).toISOString();
  const page = { kind: "backfill", type: "Flag", patient: "amina", asOf, resources: 0 } as const;
  pc.journal.receive({ page: { ...page, last: false, sealed: new Uint8Array([1, 2, 3]) } });
  pc.journal.receive({ page: { ...page, last: true, sealed: new Uint8Array(0) } });
  pc.open = true;
  await pc.sync.applyNow();
  expect(section("amina", "Flag")?.loaded ?? false).toBe(false);
  his.before = () => null;
  await round();
  await round();
  expect(section("amina", "Flag")).toMatchObject({ loaded: true });
});

test("a page this program cannot apply holds up nobody, is not called complete, and is tried again after an update", async () => {
  pc.open = false;
  await round();
  const { write } = pc.chart;
  pc.chart = {
    ...pc.chart,
    write(batch) {
      if (batch.upserts.some(({ resource }) => resource.id === "a1"))
        throw new TypeError("a fault of ours");
      return write(batch);
    },
  };
  pc.open = true;
  await pc.sync.applyNow();
  expect(ids("amina", "Observation")).toEqual(["o1"]);
  expect(section("amina", "AllergyIntolerance")?.loaded ?? false).toBe(false);
  expect(pc.alarms).toMatchObject([
    { kind: "page-unreadable", detail: expect.stringContaining("a fault of ours") },
  ]);
  await round();
  expect(pc.journal.inboxSize().pages).toBe(1);
  expect(section("amina", "AllergyIntolerance")?.loaded ?? false).toBe(false);
  await pc.sync.stop();
  pc = pc.restart();
  await pc.sync.applyNow();
  expect(pc.journal.inboxSize().pages).toBe(0);
  expect(section("amina", "AllergyIntolerance")).toMatchObject({ loaded: true });
});

test("an older version overtaken on the way does not replace the newer one", async () => {
  await round();
  const old = new Response(
    JSON.stringify({
      resourceType: "Bundle",
      type: "searchset",
      entry: [{ resource: his.all("Observation")[0] }],
    }),
    { headers: dated() },
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
