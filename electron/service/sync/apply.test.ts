import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { link } from "../audit/index.ts";
import {
  openChart,
  openJournal,
  type ChartWriter,
  type Journal,
  type ScopeRow,
} from "../store/index.ts";
import { createPageSealer, INBOX_INFO, sealingKeyOf } from "../vault/index.ts";
import { createApply } from "./apply.ts";
import { bundleOf, sealPage } from "./sealed-page.ts";
import { BASE } from "./test-his.ts";
import type { Applied } from "./types.ts";

const PATIENTS = ["p1", "p2", "p3"];
const NOW = Date.UTC(2026, 10, 23, 8);

let home = "";
let journal: Journal;
let chart: ChartWriter;
const key = (): Uint8Array => new Uint8Array(randomBytes(32));
const keys = { chart: key(), inbox: key(), ledger: key(), drafts: key() };

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "amanah-apply-"));
  const file = (name: string) => ({ file: join(home, name), create: true });
  journal = openJournal({ ...file("journal.db"), key: key(), chain: link });
  chart = openChart({ ...file("chart.db"), key: keys.chart, card: () => ({}) });
  for (const patient of PATIENTS) await receive(patient, `c-${patient}`);
});
afterEach(() => {
  chart.close();
  journal.close();
  rmSync(home, { recursive: true, force: true });
});

/** A page with a problem of this patient's, and who of them lies where from now on. */
async function receive(patient: string, id: string, scope: readonly ScopeRow[] = []) {
  const sealer = createPageSealer(sealingKeyOf(keys), INBOX_INFO, () => NOW);
  const place = { kind: "backfill", type: "Condition", patient } as const;
  const resource = {
    resourceType: "Condition",
    id,
    meta: { versionId: "1", lastUpdated: new Date(NOW).toISOString() },
    subject: { reference: `Patient/${patient}` },
    code: { text: "Asthma" },
  };
  const entry = { type: "Condition", id, version: "1", lastUpdated: null, resource };
  const sealed = await sealPage(sealer, place, { bytes: bundleOf([entry]), encoding: null });
  const asOf = new Date(NOW).toISOString();
  journal.receive({ page: { ...place, last: true, asOf, resources: 1, sealed }, scope });
}

const inBed = (patient: string, location: string, leftAt: number | null = null): ScopeRow => ({
  patient,
  encounter: `stay-${patient}`,
  ward: "ward-7",
  location,
  enteredAt: NOW,
  leftAt,
});

/** Applies all; from its `turn`-th look on the chart is to be closed. Gives how often it looked. */
async function applyUntil(turn: number): Promise<number> {
  let looks = 0;
  const { alarms } = await applied(() => (looks += 1) >= turn);
  expect(alarms).toEqual([]);
  return looks;
}

async function applied(closing: () => boolean): Promise<Applied> {
  const apply = createApply({
    chart,
    journal,
    inboxKey: keys.inbox,
    ledgerKey: keys.ledger,
    base: BASE,
    now: () => NOW,
    tick: () => 0,
    pause: async () => {},
    closing,
  });
  try {
    return await apply.applyInbox(1);
  } finally {
    apply.close();
  }
}

const held = (): number =>
  PATIENTS.filter((patient) => chart.resources(patient, "Condition").resources.length > 0).length;

test("a chart that is to be closed gives up its batch at any point before the commit; every page waits and comes next time", async () => {
  const before = journal.inboxSize().pages;
  const waiting: number[] = [];
  while (held() === 0 && waiting.length < 50) {
    await applyUntil(waiting.length + 1);
    waiting.push(journal.inboxSize().pages);
  }
  const inTheEnd = waiting.pop();
  expect([held(), inTheEnd]).toEqual([PATIENTS.length, 0]);
  // At each page as it is opened and gathered, at each patient as he is written.
  expect(waiting).toEqual(Array.from({ length: 3 * PATIENTS.length }, () => before));
});

test("who lies where is told to have changed when somebody comes, moves or leaves, and not when only a record grows", async () => {
  const told: boolean[] = [];
  const tell = async (): Promise<void> => void told.push((await applied(() => false)).beds);
  await tell();
  const scopes = [
    [inBed("p1", "bed-1"), inBed("p2", "bed-2")],
    [],
    [inBed("p1", "bed-3")],
    [inBed("p2", "bed-2", NOW)],
    [],
  ];
  for (const [at, scope] of scopes.entries()) {
    await receive("p3", `more-${at}`, scope);
    await tell();
  }
  expect(told).toEqual([false, true, false, true, true, false]);
});
