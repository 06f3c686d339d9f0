/**
 * `node tests/attack/run.ts [--json]`: runs every case and counts: those against keys, statements and files, and the clinical
 * ones, each through the whole path from the demo HIS to what a clinician is shown. The last line of standard output is
 * `{"cases", "harmfulApplied", "legitimate", "legitimateHeld"}`: harmful cases tried, how many of them took effect (or went
 * unsaid), legitimate ones tried, how many of those were wrongly refused or held. Exit code 1 unless both counts are 0.
 */
import { cases, tookEffect } from "./cases.ts";
import { clinicalCases, play } from "./clinical/cases.ts";

const say = process.argv.includes("--json") ? process.stderr : process.stdout;
const tally = { cases: 0, harmfulApplied: 0, legitimate: 0, legitimateHeld: 0 };

function count(kind: "harmful" | "legitimate", good: boolean): void {
  if (kind === "harmful") {
    tally.cases += 1;
    if (!good) tally.harmfulApplied += 1;
  } else {
    tally.legitimate += 1;
    if (!good) tally.legitimateHeld += 1;
  }
}

for (const one of cases) {
  const effect = await tookEffect(one);
  const good = effect === (one.kind === "legitimate");
  say.write(`${good ? "ok  " : "FAIL"} ${effect ? "let through" : "refused    "} ${one.name}\n`);
  count(one.kind, good);
}

const played = await play(clinicalCases);
for (const one of clinicalCases) {
  const wrong = played.wrong(one);
  say.write(`${wrong.length === 0 ? "ok  " : "FAIL"} ${one.kind} ${one.name}\n`);
  for (const each of wrong) say.write(`       ${each}\n`);
  count(one.kind, wrong.length === 0);
}
await played.dispose();

process.stdout.write(`${JSON.stringify(tally)}\n`);
process.exitCode = tally.harmfulApplied + tally.legitimateHeld === 0 ? 0 : 1;
