import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, allergy, buildWard, pulse } from "./test-ward.ts";

let his: TestHis;
let pc: TestPc;

beforeEach(() => {
  his = createTestHis();
  buildWard(his, 4);
  admit(his, "amina", "bed-1");
  admit(his, "basma", "bed-2");
  his.put(allergy("amina", "a1"));
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
const removals = () => pc.alarms.filter(({ kind }) => kind === "removed");

test("a result deleted at the HIS disappears here with the next round, and nothing else does", async () => {
  await round();
  his.remove("Observation", "o1");
  await round();
  expect(ids("amina", "Observation")).toEqual(["o2"]);
  expect(ids("basma", "Observation")).toEqual(["o3"]);
  expect(listings()).toEqual([]);
});

test("an allergy deleted at the HIS goes, the alarm is raised once, and the ledger keeps what it was", async () => {
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
