/**
 * `node tests/attack/run.ts [--json]`: runs every case and counts. The last line of standard output is
 * `{"cases", "harmfulApplied", "legitimate", "legitimateHeld"}`: harmful cases tried, how many of them took effect,
 * legitimate ones tried, how many of those were wrongly refused. Exit code 1 unless both counts are 0.
 */
import { cases, tookEffect } from "./cases.ts";

const say = process.argv.includes("--json") ? process.stderr : process.stdout;
const tally = { cases: 0, harmfulApplied: 0, legitimate: 0, legitimateHeld: 0 };

for (const one of cases) {
  const effect = await tookEffect(one);
  const good = effect === (one.kind === "legitimate");
  say.write(`${good ? "ok  " : "FAIL"} ${effect ? "let through" : "refused    "} ${one.name}\n`);
  if (one.kind === "harmful") {
    tally.cases += 1;
    if (effect) tally.harmfulApplied += 1;
  } else {
    tally.legitimate += 1;
    if (!effect) tally.legitimateHeld += 1;
  }
}

process.stdout.write(`${JSON.stringify(tally)}\n`);
process.exitCode = tally.harmfulApplied + tally.legitimateHeld === 0 ? 0 : 1;
