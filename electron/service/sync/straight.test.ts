import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreError } from "../store/index.ts";
import { aminasWard, datedBy, idsOf, roundOf, sectionOf } from "./test-amina.ts";
import type { TestHis } from "./test-his.ts";
import { backfillPage } from "./test-page.ts";
import { createTestPc, remote } from "./test-pc.ts";
import type { TestPc, TestWorld } from "./test-pc.ts";
import { admit, allergy, pulse } from "./test-ward.ts";
import type { ChartThread, ReceivePage } from "./types.ts";

let his: TestHis;
let pc: TestPc;
/** Pages that came into the inbox, as `kind type patient`. */
let boxed: string[];

beforeEach(() => {
  boxed = [];
  ({ his, pc } = aminasWard());
  pc.dispose();
  pc = ward();
});
afterEach(async () => {
  await pc.sync.stop();
  pc.dispose();
});

function ward(world: Partial<TestWorld> = {}): TestPc {
  const one = createTestPc(his, {}, { around: watching, ...world });
  one.now = his.clock;
  return one;
}

const watching: TestWorld["around"] = (_file, calls) => {
  const { receiveAll } = calls as Partial<TestPc["journal"]>;
  if (receiveAll === undefined) return calls;
  const watched: typeof receiveAll = (rows) => {
    for (const { page } of rows)
      if (page !== null) boxed.push(`${page.kind} ${page.type} ${page.patient ?? ""}`.trim());
    receiveAll(rows);
  };
  return { ...calls, receiveAll: watched };
};

/** The event loop's view of a chart whose way straight in is another one. */
function chartWith(applyPage: (own: ChartThread) => ChartThread["applyPage"]): TestWorld["remote"] {
  return (thread) =>
    remote(
      "applyPage" in thread
        ? { ...thread, applyPage: applyPage(thread as unknown as ChartThread) }
        : thread,
    );
}

const round = (seconds?: number): Promise<void> => roundOf(his, pc, seconds);
const backfilled = (): string[] => boxed.filter((page) => page.startsWith("backfill"));
const wanted = (): number => pc.journal.backfill().filter(({ state }) => state === "wanted").length;

function expectAmina(): void {
  expect(idsOf(pc, "amina", "AllergyIntolerance")).toEqual(["a1"]);
  expect(idsOf(pc, "amina", "Observation")).toEqual(["o1"]);
  expect(sectionOf(pc, "amina", "AllergyIntolerance")).toMatchObject({ loaded: true });
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({ patient: "amina" });
  expect(pc.journal.inboxSize().pages).toBe(0);
  expect(wanted()).toBe(0);
}

test("a first sync goes straight into the chart, whoever comes later by the inbox", async () => {
  await round();
  expectAmina();
  expect(backfilled()).toEqual([]);
  expect(pc.sync.view()).toMatchObject({ state: "live" });

  // A pull may run beside his back-fill, and know him better than an answer that was given before it.
  admit(his, "badr", "bed-2");
  his.put(allergy("badr", "a2"));
  await round();
  await round();
  expect(idsOf(pc, "badr", "AllergyIntolerance")).toEqual(["a2"]);
  expect(backfilled()).toContain("backfill AllergyIntolerance badr");
});

test("with the chart closed, or a HIS that is not to be believed, nothing goes into it", async () => {
  pc.open = false;
  await round();
  expect(backfilled()).toContain("backfill AllergyIntolerance amina");
  expect(pc.chart.count().resources).toBe(0);
  pc.open = true;
  await pc.sync.applyNow();
  expectAmina();
});

test("closed in the midst of it, the rest is sealed, and whoever signs in next has all", async () => {
  let pages = 0;
  pc.dispose();
  pc = ward({
    remote: chartWith((own) => async (page) => {
      // Two are in, and the third meets a chart that has just closed.
      if ((pages += 1) === 3) pc.open = false;
      if (pages >= 3) throw new StoreError("other", "the thread has ended (0)");
      return await own.applyPage(page);
    }),
  });
  await round();
  expect(pages).toBeGreaterThanOrEqual(3);
  expect(backfilled().length).toBeGreaterThan(0);
  pc.open = true;
  await pc.sync.applyNow();
  expectAmina();
});

test("a page that cannot be written goes into the inbox with its bytes, and what comes next goes behind it", async () => {
  let failures = 0;
  const { together } = pc.chart;
  pc.chart = {
    ...pc.chart,
    together(work) {
      if (failures < 2) {
        failures += 1;
        throw new StoreError("disk-full", "no room");
      }
      together(work);
    },
  };
  await round();
  expect(failures).toBe(2);
  expect(backfilled().length).toBeGreaterThan(0);
  await pc.sync.applyNow();
  expectAmina();
});

test("killed between the two files a section is still wanted, is fetched again, and is there once", async () => {
  const { applied } = pc.journal;
  pc.dispose();
  let kills = 1;
  pc = ward({
    around: (file, calls) =>
      file === "chart"
        ? calls
        : {
            ...calls,
            applied(input: Parameters<typeof applied>[0]) {
              if ((input.backfill?.length ?? 0) > 0 && kills-- > 0)
                throw new StoreError("other", "killed here");
              (calls as unknown as TestPc["journal"]).applied(input);
            },
            // What is given back is lost with the process, too.
            receiveAll(rows: Parameters<TestPc["journal"]["receiveAll"]>[0]) {
              if (kills <= 0 && rows.some(({ page }) => page?.kind === "backfill"))
                throw new StoreError("other", "killed here");
              (calls as unknown as TestPc["journal"]).receiveAll(rows);
            },
          },
  });
  await round();
  await pc.sync.stop();
  expect(pc.chart.count().resources).toBeGreaterThan(0);
  expect(wanted()).toBeGreaterThan(0);
  pc = pc.restart({ around: watching });
  await round();
  await round();
  expectAmina();
});

test("an answer that is no page changes nothing of its section, and the others come", async () => {
  his.put(pulse("amina", "o2", 80));
  let refused = 0;
  his.before = ({ path, query }) => {
    if (path !== "Condition" || !query.has("patient") || refused++ > 0) return null;
    return Response.json({ resourceType: "Bundle", type: "history" }, { headers: datedBy(his) });
  };
  await round();
  expect(wanted()).toBe(1);
  expect(sectionOf(pc, "amina", "Condition")?.loaded ?? false).toBe(false);
  expect(backfilled()).toEqual([]);
  await round();
  expect(wanted()).toBe(0);
  expect(idsOf(pc, "amina", "Observation")).toEqual(["o1", "o2"]);
});

test("what came straight is known when the HIS goes back to before it", async () => {
  his.put(pulse("amina", "o2", 80));
  // Longer ago than any overlap: no pull brings it.
  his.clock += 3_600_000;
  await round();
  const known = pc.journal.newestKnown().map(({ type, id }) => `${type}/${id}`);
  expect(known).toContain("Observation/o2");
  pc = pc.restart({ around: watching });
  expect(pc.journal.newestKnown().map(({ type, id }) => `${type}/${id}`)).toEqual(known);
  pc.journal.forgetNewest();
  expect(pc.journal.newestKnown()).toEqual([]);
});

test("an older version that a lagging node gives after a first sync does not replace what came straight", async () => {
  const [older] = his.all("Observation");
  his.put(pulse("amina", "o1", 99));
  let late = 0;
  his.before = ({ path, query }) => {
    // Asked for what changed, that node knows the version from before.
    if (path !== "Observation" || !query.getAll("_lastUpdated").some((at) => at.startsWith("ge")))
      return null;
    late += 1;
    return his.answer(older === undefined ? [] : [older]);
  };
  await round(1);
  expect(late).toBeGreaterThan(0);
  expect(backfilled()).toEqual([]);
  expect(pc.chart.resources("amina", "Observation").resources).toMatchObject([
    { id: "o1", valueQuantity: { value: 99 } },
  ]);
});

/** A page of a patient's back-fill, as the HIS gives it now. */
function pageOf(
  patient: string,
  type: string,
  resources: readonly Record<string, unknown>[],
): ReceivePage {
  const asOf = new Date(his.clock).toISOString();
  return backfillPage(patient, resources, { type, asOf, answeredAt: asOf });
}

test("an order that turns up under another patient is off for all, in the same transaction too", async () => {
  const named = (patient: string, version: number): ReceivePage => {
    const lastUpdated = new Date(his.clock + version).toISOString();
    return pageOf(patient, "MedicationRequest", [
      {
        resourceType: "MedicationRequest",
        id: "m1",
        meta: { versionId: String(version), lastUpdated },
        status: "active",
        intent: "order",
        medicationCodeableConcept: { text: "Morphine" },
        subject: { reference: `Patient/${patient}` },
      },
    ]);
  };
  // Out of the quiet a page is written at once, and those that follow together.
  const quiet = pageOf("amina", "Flag", []);
  await pc.thread.applyPage(quiet);
  const pages = [named("amina", 1), named("badr", 2), named("carl", 3)];
  const told = await Promise.all(pages.map(async (page) => await pc.thread.applyPage(page)));
  const applied = told.flatMap((one) => (one.received === null ? [] : one.applied));
  expect(applied).toMatchObject([{ pages: 3 }]);
  // CLINICAL: nobody is given by it. The ledger is told after the third, and the third is judged by the first two.
  for (const patient of ["amina", "badr", "carl"])
    expect(idsOf(pc, patient, "MedicationRequest")).toEqual([]);

  const other = ward();
  for (const page of [quiet, ...pages]) await other.thread.applyPage(page);
  expect(pc.fact("MedicationRequest", "m1")).toEqual(other.fact("MedicationRequest", "m1"));
  other.dispose();
});

test("behind what waits in the inbox nothing goes straight: the page is given back whole", async () => {
  pc.open = false;
  await round();
  const page = pageOf("amina", "Flag", []);
  const { bytes } = page;
  expect(await pc.thread.applyPage(page)).toEqual({ received: null, bytes });
  pc.open = true;
  await pc.sync.applyNow();
  expect(await pc.thread.applyPage(page)).toMatchObject({ received: { problem: null } });
});
