import { writeSync } from "node:fs";
import { openChart, openJournal } from "../../electron/service/store/index.ts";
import { actOf, chain, chartBatch, draftOf, files, KEY, pageOf } from "./said.ts";

/**
 * The child that is killed: `writer.ts FOLDER FROM`. Writes without end through the real store, and says each commit on
 * standard output only after the call has returned: what was said must be there afterwards.
 */
const [, , folder = "", from = "0"] = process.argv;
const { journal: journalFile, chart: chartFile } = files(folder);
const journal = openJournal({ file: journalFile, key: KEY, chain, create: true });
const chart = openChart({ file: chartFile, key: KEY, card: () => ({ made: true }), create: true });

for (let number = Number(from); ; number++) {
  // As a retry does: the act before may have been kept without having been said.
  if (number > 0) journal.putAct(actOf(number - 1), ["retry"]);
  const { inserted } = journal.putAct(actOf(number), [`act ${number}`]);
  say(inserted ? `act ${number}` : `again ${number}`);
  journal.putDraft(draftOf(number));
  say(`draft ${number}`);
  const { seq } = journal.receive({
    page: pageOf(number),
    cursor: { type: "Observation", cursor: String(number), lastPageAt: number, problem: null },
  });
  say(`page ${number}`);
  chart.write(chartBatch(number));
  say(`chart ${number}`);
  if (number % 7 === 0) chart.compact(5);
  journal.applied({
    seqs: number % 2 === 0 && seq !== null ? [seq] : [],
    ledger: [],
    audit: [`applied ${number}`],
  });
  say(`applied ${number}`);
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}
