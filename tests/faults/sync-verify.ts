import { GENESIS, link } from "../../electron/service/audit/index.ts";
import {
  openChartReader,
  openJournal,
  StoreError,
  type ActRow,
  type Journal,
} from "../../electron/service/store/index.ts";
import type { His } from "../../tools/his/index.ts";
import { SignedAct, type Act } from "../../shared/trust/index.ts";
import { chartFileIn, journalFileIn, type Setting } from "./sync-setting.ts";
import type { Findings } from "./verify.ts";

/** What a workstation said over all its lives. */
export interface SyncSaid {
  readonly charted: Set<string>;
  readonly acknowledged: Set<string>;
  salvaged: number;
}

/** Looks into the files of a workstation at rest, and into the HIS, and counts what is not as it was said. */
export function verifySync(
  setting: Setting,
  said: SyncSaid,
  his: His,
): Findings & { readonly acts: number } {
  const found: Findings = {
    lost: 0,
    doubled: 0,
    // A kill never damages a file so that it must be salvaged.
    corrupted: said.salvaged,
    opened: openedWrongly(setting),
  };
  const journal = openJournal({
    file: journalFileIn(setting.folder),
    key: setting.keys.device,
    chain: link,
  });
  const rows = journal.acts({ acknowledged: true });
  verifyTrail(journal, rows, found);
  journal.close();
  const kept = new Map(rows.map((row) => [row.uuid, row]));
  for (const uuid of said.charted) if (!kept.has(uuid)) found.lost += 1;
  for (const uuid of said.acknowledged)
    if (kept.get(uuid)?.state !== "acknowledged") found.lost += 1;
  const acts = rows.map((row) => SignedAct.parse(JSON.parse(row.body)).act);
  const orders = ordersAt(his);
  for (const act of acts) {
    const there =
      act.kind === "order" ? (orders.get(act.uuid) ?? 0) : his.countObservationsByAct(act.uuid);
    if (there < act.entries.length || kept.get(act.uuid)?.state !== "acknowledged") found.lost += 1;
    if (there > act.entries.length) found.doubled += 1;
  }
  verifyChart(setting, acts, found);
  return { acts: rows.length, ...found };
}

/** How many MedicationRequests of each act the HIS holds. */
function ordersAt(his: His): ReadonlyMap<string, number> {
  return new Map(
    his.acts().map(({ uuid, resources }) => {
      const ordered = resources.filter(({ type }) => type === "MedicationRequest");
      return [uuid, new Set(ordered.map(({ id }) => id)).size];
    }),
  );
}

/** Every act is in the trail once, and the chain of the trail holds. */
function verifyTrail(journal: Journal, rows: readonly ActRow[], found: Findings): void {
  let previous = GENESIS;
  const times = new Map<string, number>();
  journal.audit(1, 1e9).forEach(({ seq, body, hash }, index) => {
    if (seq !== index + 1 || hash !== link(previous, seq, body)) found.corrupted += 1;
    previous = hash;
    times.set(body, (times.get(body) ?? 0) + 1);
  });
  for (const { uuid } of rows) {
    const count = times.get(`charted ${uuid}`) ?? 0;
    if (count === 0) found.lost += 1;
    if (count > 1) found.doubled += 1;
  }
}

/** What was sent has come back with the pull, once. */
function verifyChart(setting: Setting, acts: readonly Act[], found: Findings): void {
  const chart = openChartReader({ file: chartFileIn(setting.folder), key: setting.keys.chart });
  found.corrupted += chart.verify().damaged;
  for (const [patient, charted] of Map.groupBy(acts, (act) => act.patient)) {
    const held = new Map<string, number>();
    for (const type of ["Observation", "MedicationRequest"])
      for (const { id } of chart.resources(patient, type).resources)
        held.set(id, (held.get(id) ?? 0) + 1);
    for (const { resource } of charted.flatMap(({ entries }) => entries)) {
      const count = held.get(resource.id) ?? 0;
      if (count === 0) found.lost += 1;
      if (count > 1) found.doubled += 1;
    }
  }
  chart.close();
}

function openedWrongly({ folder, keys }: Setting): number {
  const attempts = [
    () => openJournal({ file: journalFileIn(folder), key: keys.chart, chain: link }).close(),
    () => openChartReader({ file: chartFileIn(folder), key: keys.device }).close(),
  ];
  let opened = 0;
  for (const attempt of attempts) {
    try {
      attempt();
      opened += 1;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }
  return opened;
}
