import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreError } from "../store/index.ts";
import { aminasWard, datedBy, idsOf, roundOf, sectionOf } from "./test-amina.ts";
import type { TestHis } from "./test-his.ts";
import type { TestPc } from "./test-pc.ts";
import { pulse } from "./test-ward.ts";

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
  const { together } = pc.chart;
  pc.chart = {
    ...pc.chart,
    together(work) {
      together(work);
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
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({ patient: "amina" });
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
    path === "Flag" && query.has("patient") ? new Response("no", { headers: datedBy(his) }) : null;
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
