import { Worker } from "node:worker_threads";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { link } from "../audit/index.ts";
import { makeCard } from "../chart/index.ts";
import type { ReaderCalls } from "../chart/index.ts";
import { connectThread, openChart, openJournal, NO_CHANGES } from "../store/index.ts";
import type { ChartWriter, Journal, Remote } from "../store/index.ts";

type Thread = Remote<ReaderCalls> & { terminate(): Promise<void> };

const NOW = "2026-11-23T20:00:00+03:00";
const chartKey = new Uint8Array(32).fill(1);
const journalKey = new Uint8Array(32).fill(2);

let folder: string;
let chart: ChartWriter;
let journal: Journal;
const started: Thread[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amanah-reader-"));
  chart = openChart({
    file: join(folder, "chart.db"),
    key: chartKey,
    card: makeCard,
    create: true,
  });
  journal = openJournal({
    file: join(folder, "journal.db"),
    key: journalKey,
    chain: link,
    create: true,
  });
});
afterEach(async () => {
  for (const thread of started.splice(0)) await thread.terminate();
  chart.close();
  journal.close();
  rmSync(folder, { recursive: true });
});

async function reader(key = chartKey): Promise<Thread> {
  const worker = new Worker(new URL("./reader-thread.ts", import.meta.url), {
    workerData: {
      chartFile: join(folder, "chart.db"),
      chartKey: key,
      journalFile: join(folder, "journal.db"),
      journalKey,
    },
  });
  const thread = connectThread<ReaderCalls>(worker);
  started.push(thread);
  await thread.ready();
  return thread;
}

function admit(): void {
  const upserts = [
    {
      resourceType: "Patient",
      id: "p1",
      name: [{ family: "Saleh", given: ["Noor"] }],
      birthDate: "1960-05-01",
    },
    {
      resourceType: "AllergyIntolerance",
      id: "a1",
      code: { text: "Penicillin" },
      criticality: "high",
    },
  ].map((resource) => ({ patient: "p1", resource }));
  chart.write({
    ...NO_CHANGES,
    upserts,
    sections: [{ patient: "p1", type: "AllergyIntolerance", asOf: "2026-11-23T16:00:00Z" }],
    placements: [{ patient: "p1", encounter: "e1", ward: "w1", location: "bed-1" }],
  });
}

test("the board, a patient and what is not loaded of him come from the encrypted files through the thread", async () => {
  admit();
  const thread = await reader();
  const board = await thread.wardBoard({ now: NOW });
  expect(board.rows).toMatchObject([
    {
      patient: "p1",
      bed: "bed-1",
      name: { family: "Saleh" },
      allergies: "listed-high",
      loaded: false,
    },
  ]);
  const view = await thread.patientView({ patient: "p1", now: NOW });
  expect(view).toMatchObject({
    banner: { allergies: { status: "listed" } },
    medicinesSection: { loaded: false },
  });
  expect(await thread.encounter("p1")).toBe("e1");
  expect([await thread.knows("p1"), await thread.knows("p2"), await thread.knows("")]).toEqual([
    true,
    false,
    false,
  ]);
  expect(await thread.patientView({ patient: "p2", now: NOW })).toBeNull();
});

test("what another thread writes is seen at the next question", async () => {
  const thread = await reader();
  expect((await thread.wardBoard({ now: NOW })).rows).toEqual([]);
  admit();
  expect((await thread.wardBoard({ now: NOW })).rows).toHaveLength(1);
});

test("while another thread writes and merges, reading the whole file finds no damage", async () => {
  const flag = (each: number, version: string): void => {
    const meta = { versionId: version, lastUpdated: `2026-11-23T16:00:0${version}Z` };
    const resource = { resourceType: "Flag", id: `f${each}`, meta, note: "n".repeat(4_000) };
    chart.write({ ...NO_CHANGES, upserts: [{ patient: `p${each % 300}`, resource }] });
  };
  for (let each = 0; each < 900; each += 1) flag(each, "1");
  const thread = await reader();
  let reading = true;
  const read = thread.verify().finally(() => (reading = false));
  for (let each = 899; each >= 0 && reading; each -= 1) {
    flag(each, "2");
    chart.compact(10);
    await new Promise(setImmediate);
  }
  expect((await read).damaged).toBe(0);
});

test("with another key it does not open, and says which fault it is", async () => {
  admit();
  await expect(reader(new Uint8Array(32).fill(9))).rejects.toMatchObject({ code: "wrong-key" });
});

test.runIf(process.platform === "linux")(
  "a reader that is closed leaves the processors to whoever draws the lock screen",
  async () => {
    const others = new Set(readdirSync("/proc/self/task"));
    const thread = await reader();
    const its = readdirSync("/proc/self/task").filter((one) => !others.has(one));
    const nicest = (): number => Math.max(...its.map((one) => getPriority(Number(one))));
    const before = nicest();
    await thread.close();
    expect(nicest()).toBeGreaterThan(before);
  },
);
