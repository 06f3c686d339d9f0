import { parseArgs } from "node:util";
import { killGenerations } from "../../electron/service/testing/generation-kills.ts";

/**
 * `node tests/faults/keys-run.ts [--kills N]`: the rollback guard under real kills. Prints one JSON object; the exit code
 * is not 0 if a kill was taken for a rollback or an older file for today's.
 */
const { values } = parseArgs({ options: { kills: { type: "string", default: "100" } } });
const counts = await killGenerations((kills) => kills >= Number(values.kills));
console.log(JSON.stringify(counts));
process.exitCode = counts.falseAlarms + counts.missed === 0 && counts.rollbacks > 0 ? 0 : 1;
