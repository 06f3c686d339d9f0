/**
 * `node tests/attack/run.ts [--json] [--flips N | --blocks N] [--seed N]`: runs every case and counts: those against keys, statements and files, statements
 * forged by the HIS of a whole ward PC, and the clinical ones, each through the whole path from the demo HIS to what a clinician is shown. The last line of standard output is
 * `{"cases", "harmfulApplied", "legitimate", "legitimateHeld"}`: harmful cases tried, how many of them took effect (or went
 * unsaid), legitimate ones tried, how many of those were wrongly refused or held. Exit code 1 unless both counts are 0.
 *
 * `--flips N`: instead turns bits in copies of a working PC's two files and their logs, N times, and compares all that is then
 * read with what was there: `{"flips", "same", "said", "refused", "older", "changed", "seed"}`; `changed` must be 0.
 *
 * `--blocks N`: the same with many pages destroyed at once, N times: `{"blows", "pages", ..., "changed", "seed"}`.
 */
import { parseArgs } from "node:util";
import { cases, tookEffect } from "./cases.ts";
import { clinicalCases, play } from "./clinical/cases.ts";
import { playForged } from "./forged-statements.ts";
import { destroyAll } from "./flips/blocks.ts";
import { flipAll, seeded } from "./flips/run.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    flips: { type: "string" },
    blocks: { type: "string" },
    seed: { type: "string" },
  },
});
const say = values.json ? process.stderr : process.stdout;
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

async function attack(): Promise<boolean> {
  for (const one of cases) {
    const effect = await tookEffect(one);
    const good = effect === (one.kind === "legitimate");
    say.write(`${good ? "ok  " : "FAIL"} ${effect ? "let through" : "refused    "} ${one.name}\n`);
    count(one.kind, good);
  }

  for (const { name, kind, good } of await playForged()) {
    say.write(`${good ? "ok  " : "FAIL"} ${kind} ${name}\n`);
    count(kind, good);
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
  return tally.harmfulApplied + tally.legitimateHeld === 0;
}

/** Damage of either kind, so many times. */
async function damage(by: typeof flipAll | typeof destroyAll, times: number): Promise<boolean> {
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
  const found = await by(times, seeded(seed), (what) => say.write(`FAIL ${what}\n`));
  process.stdout.write(`${JSON.stringify({ ...found, seed })}\n`);
  return found.changed === 0;
}

const { flips, blocks } = values;
const good = await (flips !== undefined
  ? damage(flipAll, Number(flips))
  : blocks !== undefined
    ? damage(destroyAll, Number(blocks))
    : attack());
// The keychain of the whole ward PC keeps its connection, and with it this process.
process.exit(good ? 0 : 1);
