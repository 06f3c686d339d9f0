import { parseArgs } from "node:util";
import { modelled } from "../model/run.ts";
import { kills } from "./kills.ts";
import { outage } from "./outage.ts";

/**
 * `node tests/faults/run.ts [--seconds N] [--kills N] [--json]`: kills for so long and at least so often.
 * `node tests/faults/run.ts --model N [--seed N] [--json]`: N random scripts of many workstations and everything that can befall them.
 * `node tests/faults/run.ts --outage N [--json]`: N acts charted in 72 hours without the HIS, then drained.
 * The last line is one JSON object; the exit code is not 0 if anything in it should not be.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    kills: { type: "string", default: "0" },
    model: { type: "string" },
    outage: { type: "string" },
    seed: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
process.exitCode =
  values.outage !== undefined
    ? await outage(Number(values.outage), values.json)
    : values.model === undefined
      ? await kills(Number(values.seconds), Number(values.kills), values.json)
      : await modelled(Number(values.model), values.seed, values.json);
