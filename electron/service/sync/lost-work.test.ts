import { afterEach, beforeEach, expect, test } from "vitest";
import { NO_CHANGES } from "../store/index.ts";
import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, allergy, buildWard, pulse } from "./test-ward.ts";

let his: TestHis;
let pc: TestPc;
beforeEach(async () => {
  his = createTestHis();
  buildWard(his, 1);
  admit(his, "amina", "bed-1");
  his.put(allergy("amina", "a1", { criticality: "low" }));
  his.put(morphine("active"));
  pc = createTestPc(his);
  await round();
});
afterEach(async () => {
  await pc.sync.stop();
  pc.dispose();
});

async function round(): Promise<void> {
  his.clock += 120_000;
  pc.now = his.clock;
  await pc.sync.pullNow();
  await pc.sync.idle();
  await pc.sync.applyNow();
}
function morphine(status: string): Record<string, unknown> {
  return {
    resourceType: "MedicationRequest",
    id: "m1",
    status,
    intent: "order",
    subject: { reference: "Patient/amina" },
    medicationCodeableConcept: { text: "Morphine" },
  };
}
/** What a power cut can leave: the journal of now, and a chart without its last commits. */
async function loseLastCommits(work: () => Promise<void>): Promise<void> {
  const types = ["AllergyIntolerance", "MedicationRequest", "Observation"];
  const all = () => types.flatMap((type) => pc.chart.resources("amina", type).resources);
  const [before, number] = [all(), pc.chart.lastBatch()];
  await work();
  const kept = new Set(before.map(({ id }) => id));
  const removals = all()
    .filter(({ id }) => !kept.has(id))
    .map(({ resourceType, id }) => ({ patient: "amina", type: resourceType, id }));
  const upserts = before.map((resource) => ({ patient: "amina", resource }));
  pc.chart.write({ ...NO_CHANGES, upserts, removals }, number);
  await pc.sync.stop();
}
const held = (type: string): unknown[] =>
  pc.chart
    .resources("amina", type)
    .resources.map(({ status, criticality, id }) => [id, status ?? criticality]);

test("commits that the chart lost to a power cut: a stopped order stays stopped although the HIS is down, and the rest comes again", async () => {
  await loseLastCommits(async () => {
    his.put(morphine("stopped"));
    his.put(allergy("amina", "a1"));
    his.put(pulse("amina", "o1"));
    await round();
    expect(held("Observation")).toEqual([["o1", "final"]]);
  });
  expect(held("MedicationRequest")).toEqual([["m1", "active"]]);
  expect(held("Observation")).toEqual([]);
  his.down = true;
  pc = pc.restart();
  pc.now = his.clock;
  expect(held("MedicationRequest")).toEqual([["m1", "stopped"]]);
  expect(held("AllergyIntolerance")).toEqual([["a1", "high"]]);
  his.down = false;
  await round();
  await round();
  expect(held("Observation")).toEqual([["o1", "final"]]);
});
