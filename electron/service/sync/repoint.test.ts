import { afterEach, beforeEach, expect, test } from "vitest";
import { createCompactIndex } from "./compact-index.ts";
import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, allergy, buildWard, pulse } from "./test-ward.ts";

const HOUR = 3600;

let his: TestHis;
let pc: TestPc;

beforeEach(async () => {
  his = createTestHis();
  buildWard(his, 4);
  admit(his, "amina", "bed-1");
  admit(his, "basma", "bed-2");
  his.put(allergy("amina", "a1"));
  his.put(pulse("amina", "o1"));
  his.put(pulse("amina", "o2"));
  his.put({ resourceType: "Patient", id: "elsewhere", name: [{ family: "E" }] });
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
  pc.chart
    .resources(patient, type)
    .resources.map(({ id }) => id)
    .toSorted();
const repointed = () => pc.alarms.filter(({ kind }) => kind === "repointed");

test("a result that the HIS files under another patient of the ward leaves the first and appears under the second", async () => {
  his.put(pulse("basma", "o1", 80));
  await round();
  expect(ids("amina", "Observation")).toEqual(["o2"]);
  expect(ids("basma", "Observation")).toEqual(["o1"]);
  expect(repointed()).toEqual([
    { kind: "repointed", type: "Observation", id: "o1", patient: "amina", to: "basma" },
  ]);
  await round();
  expect(ids("basma", "Observation")).toEqual(["o1"]);
  expect(repointed()).toHaveLength(1);
});

test("an allergy that the HIS moves to another patient, unsigned, is held: it stays with the first until a clinician has looked", async () => {
  his.put(allergy("basma", "a1"));
  await round();
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  expect(ids("basma", "AllergyIntolerance")).toEqual([]);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({
    patient: "amina",
    removed: null,
    claims: [{ patient: "basma" }],
  });
});

test("after a restart what moved is still taken from whom it was, by what the chart itself holds", async () => {
  await pc.sync.stop();
  pc = pc.restart();
  pc.now = his.clock;
  his.put(pulse("basma", "o1", 80));
  await round();
  expect(ids("amina", "Observation")).toEqual(["o2"]);
  expect(ids("basma", "Observation")).toEqual(["o1"]);
});

test("a record that moves there and back between two rounds ends where the HIS has it", async () => {
  his.put(pulse("basma", "o1", 80));
  await round();
  his.put(pulse("amina", "o1", 81));
  await round();
  expect([ids("amina", "Observation"), ids("basma", "Observation")]).toEqual([["o1", "o2"], []]);
});

test("a new version that cannot be read takes nothing from the first patient", async () => {
  his.put({ ...pulse("basma", "o1"), status: 5 });
  await round();
  expect(ids("amina", "Observation")).toEqual(["o1", "o2"]);
  expect(pc.chart.unreadable("basma")).toMatchObject([{ id: "o1" }]);
});

test("a record that moves to a patient of another ward leaves the first, as the history tells", async () => {
  his.put(pulse("elsewhere", "o1", 80));
  his.put(allergy("elsewhere", "a1"));
  await round();
  expect(ids("amina", "Observation")).toEqual(["o2"]);
  expect(ids("elsewhere", "Observation")).toEqual([]);
  expect(repointed()).toHaveLength(1);
  // CLINICAL: unsigned, an allergy does not go.
  expect(ids("amina", "AllergyIntolerance")).toEqual(["a1"]);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({
    patient: "amina",
    claims: [{ patient: "elsewhere" }],
  });
});

test("without a history it leaves when ids are compared, and is never missing from both", async () => {
  await pc.sync.stop();
  pc.dispose();
  his.offersHistory = false;
  // So many patients that ids are compared in several parts; the move is from one part to a later one.
  for (let bed = 3; bed < 30; bed += 1) admit(his, `p-${bed}`, `bed-${(bed % 4) + 1}`);
  his.put(pulse("p-3", "late"));
  his.clock += HOUR * 1000;
  pc = createTestPc(his);
  pc.now = his.clock;
  await round();
  expect(ids("p-3", "Observation")).toEqual(["late"]);
  // Written with a time so old that no question for changes shows it.
  const clock = his.clock;
  his.clock -= 2 * HOUR * 1000;
  his.put(pulse("amina", "late"));
  his.put(pulse("p-9", "o1"));
  his.remove("Observation", "o2");
  his.clock = clock;
  const watched = pc.chart;
  const seen: number[] = [];
  pc.chart = {
    ...watched,
    write(batch) {
      const done = watched.write(batch);
      seen.push(
        ids("p-3", "Observation").filter((id) => id === "late").length +
          ids("amina", "Observation").filter((id) => id === "late").length,
      );
      return done;
    },
  };
  await round(HOUR);
  await round();
  expect(ids("amina", "Observation")).toEqual(["late"]);
  expect(ids("p-3", "Observation")).toEqual([]);
  expect(ids("p-9", "Observation")).toEqual(["o1"]);
  expect(Math.min(...seen)).toBeGreaterThan(0);
});

test("the index of who holds what finds all that was added, and hardly anything else", () => {
  const index = createCompactIndex();
  for (let id = 0; id < 5000; id += 1) index.add(`Observation/${id}`, id % 40);
  index.add("Observation/7", 3);
  expect(index.size).toBe(5001);
  for (let id = 0; id < 5000; id += 1) expect(index.of(`Observation/${id}`)).toContain(id % 40);
  expect(new Set(index.of("Observation/7"))).toEqual(new Set([3, 7]));
  const strangers = Array.from({ length: 5000 }, (_, id) => index.of(`Flag/${id}`).length);
  expect(strangers.filter((found) => found > 0).length).toBeLessThan(3);
});
