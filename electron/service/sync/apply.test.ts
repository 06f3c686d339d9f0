import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { link } from "../audit/index.ts";
import { openChart, openJournal, type ChartWriter, type Journal } from "../store/index.ts";
import { createPageSealer, INBOX_INFO, sealingKeyOf } from "../vault/index.ts";
import { createApply } from "./apply.ts";
import { bundleOf, sealPage } from "./sealed-page.ts";
import { BASE } from "./test-his.ts";

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
  const sealer = createPageSealer(sealingKeyOf(keys), INBOX_INFO, () => NOW);
  for (const patient of PATIENTS) {
    const place = { kind: "backfill", type: "Condition", patient } as const;
    const resource = {
      resourceType: "Condition",
      id: `c-${patient}`,
      meta: { versionId: "1", lastUpdated: new Date(NOW).toISOString() },
      subject: { reference: `Patient/${patient}` },
      code: { text: "Asthma" },
    };
    const entry = { type: "Condition", id: resource.id, version: "1", lastUpdated: null, resource };
    const sealed = await sealPage(sealer, place, { bytes: bundleOf([entry]), encoding: null });
    const asOf = new Date(NOW).toISOString();
    journal.receive({ page: { ...place, last: true, asOf, resources: 1, sealed } });
  }
});
afterEach(() => {
  chart.close();
  journal.close();
  rmSync(home, { recursive: true, force: true });
});

/** Applies all; from its `turn`-th look on the chart is to be closed. Gives how often it looked. */
async function applyUntil(turn: number): Promise<number> {
  let looks = 0;
  const apply = createApply({
    chart,
    journal,
    inboxKey: keys.inbox,
    ledgerKey: keys.ledger,
    base: BASE,
    now: () => NOW,
    tick: () => 0,
    pause: async () => {},
    closing: () => (looks += 1) >= turn,
  });
  const { alarms } = await apply.applyInbox(1);
  expect(alarms).toEqual([]);
  apply.close();
  return looks;
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
