import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { link } from "../audit/index.ts";
import { connectThread, openChart, openChartReader, openJournal } from "../store/index.ts";
import type { Journal, Remote } from "../store/index.ts";
import type { ReceivePage } from "../sync/index.ts";
import { createPageSealer, INBOX_INFO, inboxBinding, sealingKeyOf } from "../vault/index.ts";
import type { ChartCalls, ChartThreadData } from "./chart-thread.ts";
import { createSignals, tellClosing, type Signals } from "./signals.ts";

const NOW = Date.UTC(2026, 10, 23, 8);
const key = (): Uint8Array => new Uint8Array(randomBytes(32));

let folder: string;
let keys: Record<"chart" | "inbox" | "ledger" | "drafts" | "journal", Uint8Array>;
let journal: Journal;
let signals: Signals;
let thread: Remote<ChartCalls> & { terminate(): Promise<void> };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "amanah-chart-thread-"));
  keys = { chart: key(), inbox: key(), ledger: key(), drafts: key(), journal: key() };
  const file = join(folder, "journal.db");
  journal = openJournal({ file, key: keys.journal, create: true, chain: link });
  signals = createSignals();
  const workerData = {
    chartFile: chartFile(),
    chartKey: keys.chart,
    create: true,
    salvage: "if-damaged",
    journalFile: file,
    journalKey: keys.journal,
    inboxKey: keys.inbox,
    ledgerKey: keys.ledger,
    signals,
    base: "http://his.test/fhir/",
  } satisfies ChartThreadData;
  const worker = new Worker(new URL("./chart-thread.ts", import.meta.url), { workerData });
  thread = connectThread<ChartCalls>(worker);
  await thread.ready();
});
afterEach(async () => {
  await thread.terminate();
  journal.close();
  rmSync(folder, { recursive: true });
});

const chartFile = (): string => join(folder, "chart.db");

/** A page of the HIS with a problem of this patient's. */
function pageOf(patient: string): ReceivePage {
  const lastUpdated = new Date(NOW).toISOString();
  const resource = {
    resourceType: "Condition",
    id: `c-${patient}`,
    meta: { versionId: "1", lastUpdated },
    subject: { reference: `Patient/${patient}` },
    code: { text: "Asthma" },
  };
  const bundle = { resourceType: "Bundle", type: "searchset", entry: [{ resource }] };
  return {
    bytes: new Uint8Array(Buffer.from(JSON.stringify(bundle))),
    encoding: null,
    base: "http://his.test/fhir/",
    kind: "backfill",
    type: "Condition",
    patient,
    asOf: lastUpdated,
    answeredAt: lastUpdated,
    isRepeated: false,
    cursor: null,
  };
}

/** The same in the inbox, as the pull leaves it there. */
async function receive(patient: string): Promise<void> {
  const { kind, type, asOf, bytes: plain } = pageOf(patient);
  const bytes = deflateRawSync(plain, { level: 1 });
  const sealer = createPageSealer(sealingKeyOf(keys), INBOX_INFO, () => NOW);
  const sealed = await sealer.seal(inboxBinding(kind, type, patient), bytes);
  journal.receive({ page: { kind, type, patient, last: true, asOf, resources: 1, sealed } });
}

test("a chart that closes with all applied is given its next generation; with pages waiting it is not, and nothing is lost", async () => {
  await receive("p1");
  await thread.applyInbox(1_000);
  tellClosing(signals);
  expect(await thread.behind()).toBe(false);
  expect(await thread.setGeneration(7)).toBe(true);

  // Given up in the midst of bulk.
  await receive("p2");
  await thread.applyInbox(1_000);
  expect(journal.inboxSize().pages).toBe(1);
  expect(await thread.behind()).toBe(true);
  expect(await thread.setGeneration(8)).toBe(false);
  await thread.close();

  const chart = openChart({ file: chartFile(), key: keys.chart, card: () => ({}) });
  expect(chart.generation()).toBe(7);
  expect(chart.resources("p1", "Condition").resources).toHaveLength(1);
  chart.close();
});

test("a page that comes straight is written, and given back whole once the chart is to be closed", async () => {
  expect(await thread.applyPage(pageOf("p1"))).toMatchObject({ received: { problem: null } });
  // Longer than a first sync is quiet.
  await sleep(1_100);
  expect(await thread.behind()).toBe(false);
  tellClosing(signals);
  const { bytes } = pageOf("p2");
  expect(await thread.applyPage(pageOf("p2"))).toEqual({ received: null, bytes });
  await sleep(1_100);
  expect(await thread.behind()).toBe(true);
  expect(await thread.setGeneration(8)).toBe(false);
  await thread.close();

  const chart = openChart({ file: chartFile(), key: keys.chart, card: () => ({}) });
  expect(chart.patients()).toEqual(["p1"]);
  chart.close();
});

test("closed before its reader a chart leaves its log as it is, and all of it is there at the next opening", async () => {
  const log = (): number => statSync(`${chartFile()}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const reader = openChartReader({ file: chartFile(), key: keys.chart });
  await receive("p1");
  await thread.applyInbox(1_000);
  await thread.close();
  await thread.terminate();
  reader.close();
  expect(log()).toBeGreaterThan(0);

  const chart = openChart({ file: chartFile(), key: keys.chart, card: () => ({}) });
  expect(chart.resources("p1", "Condition").resources).toHaveLength(1);
  chart.close();
  expect(log()).toBe(0);
});
