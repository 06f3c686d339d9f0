import { deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimKey, GUARD_MARK } from "../guard/index.ts";
import { NO_CHANGES } from "../store/index.ts";
import type { ChartReader } from "../store/index.ts";
import { holdAgainstLedger } from "./hold-against-ledger.ts";
import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, allergy, buildWard } from "./test-ward.ts";

let his: TestHis;
let pc: TestPc;
beforeEach(async () => {
  his = createTestHis();
  buildWard(his, 2);
  admit(his, "amina", "bed-1");
  admit(his, "basma", "bed-2");
  his.put(allergy("amina", "a1"));
  pc = createTestPc(his);
  await round();
});
afterEach(async () => {
  await pc.sync.stop();
  pc.dispose();
});

async function round(): Promise<void> {
  his.clock += 5000;
  pc.now = his.clock;
  await pc.sync.pullNow();
  await pc.sync.applyNow();
}
/** A version as a page of back-fill, past the puller. */
async function deliver(
  resource: Record<string, unknown> & { resourceType: string },
  version: number,
): Promise<void> {
  const place = { kind: "backfill", type: resource.resourceType, patient: "amina" } as const;
  const asOf = new Date(his.clock + version).toISOString();
  const meta = { versionId: String(version), lastUpdated: asOf };
  const entry = [{ resource: { ...resource, meta } }];
  const bundle = { resourceType: "Bundle", type: "searchset", entry };
  const sealed = await pc.seal(place, deflateRawSync(JSON.stringify(bundle)));
  pc.journal.receive({ page: { ...place, last: true, asOf, resources: 1, sealed } });
  await pc.sync.applyNow();
}
const substances = (patient: string): unknown[] =>
  pc.chart.resources(patient, "AllergyIntolerance").resources.map(({ code }) => code);
const marks = (patient: string) => pc.chart.resources(patient, GUARD_MARK).resources;
const PENICILLIN = [{ text: "Penicillin" }];

test("an allergy re-coded or re-pointed unsigned stays as it was, and both patients' records say what is claimed", async () => {
  his.put(allergy("basma", "a1", { code: { text: "Dust" } }));
  await round();
  expect(substances("amina")).toEqual(PENICILLIN);
  expect(substances("basma")).toEqual([]);
  for (const patient of ["amina", "basma"])
    expect(marks(patient)).toMatchObject([
      { of: { id: "a1", patient: "amina" }, claims: [{ patient: "basma" }] },
    ]);
  his.put(allergy("amina", "a1"));
  await round();
  expect(substances("amina")).toEqual(PENICILLIN);
  for (const patient of ["amina", "basma"]) expect(marks(patient)).toEqual([]);
});

test("unsigned allergies added by the dozen raise one alarm, and each of them is shown", async () => {
  for (let one = 0; one < 11; one += 1) his.put(allergy("amina", `burst-${one}`));
  await round();
  expect(pc.alarms.filter(({ kind }) => kind === "burst")).toEqual([]);
  for (let one = 11; one < 20; one += 1) his.put(allergy("basma", `burst-${one}`));
  await round();
  his.put(allergy("basma", "burst-20"));
  await round();
  expect(pc.alarms.filter(({ kind }) => kind === "burst")).toHaveLength(1);
  expect(substances("amina")).toHaveLength(12);
  expect(substances("basma")).toHaveLength(10);
});

test("a claim stays for as long as nobody decides, however often the HIS repeats it, and is told once", async () => {
  his.put(allergy("amina", "a1", { criticality: "low" }));
  for (let times = 0; times < 4; times += 1) await round();
  his.clock += 90 * 86_400_000;
  await round();
  expect(pc.fact("AllergyIntolerance", "a1")?.claims).toHaveLength(1);
  expect(pc.alarms.filter(({ kind }) => kind === "held")).toHaveLength(1);
});

test("an allergy kept by a doctor is not asked about again; one she gave up is gone from then on", async () => {
  his.put(allergy("amina", "a1", { criticality: "low" }));
  await round();
  const decide = (verdict: "keep" | "accept"): boolean => {
    const [claim] = pc.fact("AllergyIntolerance", "a1")?.claims ?? [];
    if (claim === undefined) throw new Error("nothing is claimed");
    const at = new Date(his.clock).toISOString();
    return pc.thread.settle("AllergyIntolerance", "a1", {
      claim: claimKey(claim),
      verdict,
      by: "dr-amal",
      at,
      anew: null,
    });
  };
  expect(decide("keep")).toBe(true);
  await round();
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({
    claims: [],
    verdict: "apply-verified",
    resource: { criticality: "high" },
  });
  his.remove("AllergyIntolerance", "a1");
  await round();
  expect(decide("accept")).toBe(true);
  expect(substances("amina")).toEqual([]);
  expect(marks("amina")).toEqual([]);
});

test("a chart that was lost is filled from the ledger at once, holds and all, though the HIS is down", async () => {
  his.put(allergy("amina", "a1", { criticality: "low" }));
  await round();
  his.down = true;
  const removals = [
    { patient: "amina", type: "AllergyIntolerance", id: "a1" },
    { patient: "amina", type: GUARD_MARK, id: "AllergyIntolerance.a1" },
  ];
  pc.chart.write({ ...NO_CHANGES, upserts: [], removals });
  expect(substances("amina")).toEqual([]);
  expect(holdAgainstLedger({ ...pc, ledgerKey: pc.ledgerKey })).toMatchObject({ unreadable: 0 });
  expect(substances("amina")).toEqual(PENICILLIN);
  expect(marks("amina")).toMatchObject([{ claims: [{ reasons: ["criticality-lowered"] }] }]);
});

function pageOfAmina() {
  const [page] = pc.journal.ledger([{ type: "AllergyIntolerance", id: "a1" }]).pages;
  if (page === undefined) throw new Error("no ledger");
  return page;
}

test("a ledger that was lost is replaced by what the chart holds: the next change is still compared", async () => {
  pc.journal.applied({
    seqs: [],
    ledger: [{ ...pageOfAmina(), placed: [], sealed: new Uint8Array(90) }],
    audit: [],
  });
  his.put(allergy("amina", "a1", { criticality: "low" }));
  await round();
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({
    firstSeen: true,
    resource: { criticality: "high" },
    claims: [{ reasons: ["criticality-lowered"] }],
  });
});

test("a page of the ledger that is older than the chart is no one's last word: the next change is compared with the chart", async () => {
  const old = pageOfAmina();
  const reaction = [{ manifestation: [{ text: "Anaphylaxis" }], severity: "severe" }];
  his.put(allergy("amina", "a1", { reaction }));
  await round();
  pc.journal.applied({ seqs: [], ledger: [{ ...old, placed: [] }], audit: [] });
  his.put(allergy("amina", "a1"));
  await round();
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({
    resource: { reaction },
    claims: [{ reasons: ["reaction-removed"] }],
  });
});

test("an order that is stopped in a version nobody can read is off all the same, and the version is said to be unreadable", async () => {
  const order = {
    resourceType: "MedicationRequest",
    id: "m1",
    status: "active",
    intent: "order",
    subject: { reference: "Patient/amina" },
    medicationCodeableConcept: { text: "Morphine" },
  };
  await deliver(order, 1);
  const statuses = (chart: ChartReader): unknown[] =>
    chart.resources("amina", "MedicationRequest").resources.map(({ status }) => status);
  expect(statuses(pc.chart)).toEqual(["active"]);
  await deliver({ ...order, status: "stopped", medicationCodeableConcept: 7 }, 2);
  expect(statuses(pc.chart)).toEqual(["stopped"]);
  expect(pc.chart.unreadable("amina")).toHaveLength(1);
});
