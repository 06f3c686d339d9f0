import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { z } from "zod";
import { RosterEntry } from "../../shared/trust/index.ts";
import { recover, transactions } from "./recover.ts";
import { report } from "./report.ts";

const USAGE = `npm run recover -- --file unsent.escrow --key FILE [--roster FILE] [--bundles FILE] [--json]

  --file     the escrow file of a ward PC (unsent.escrow beside its databases)
  --key      the hospital's private recovery key: a file with its 43 base64url characters, or JSON with "privateKey"
  --roster   JSON list of roster entries, to check the acts' signatures
  --bundles  writes the FHIR transactions of what was never sent there (patients' data: mode 0600)
  --json     counts only, as one JSON object on the last line`;

const Key = z.union([
  z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{43}$/u),
  z.looseObject({ privateKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/u) }),
]);

/** Where a thing cannot be read, it is said which, and nothing is written. */
function readKey(file: string): string {
  const text = readFileSync(file, "utf8");
  const read = Key.safeParse(text.trim().startsWith("{") ? JSON.parse(text) : text);
  if (!read.success) throw new Error(`${file} holds no private recovery key`);
  return typeof read.data === "string" ? read.data : read.data.privateKey;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      file: { type: "string" },
      key: { type: "string" },
      roster: { type: "string" },
      bundles: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  if (values.file === undefined || values.key === undefined) {
    console.error(USAGE);
    return 64;
  }
  const roster =
    values.roster === undefined
      ? []
      : z.array(RosterEntry).parse(JSON.parse(readFileSync(values.roster, "utf8")));
  const recovery = await recover(readFileSync(values.file), readKey(values.key), roster);
  const bundles = transactions(recovery);
  if (values.bundles !== undefined)
    // SECURITY: what is written is no longer sealed: for this account only, and never over another file.
    writeFileSync(values.bundles, JSON.stringify(bundles, null, 2), { mode: 0o600, flag: "wx" });
  if (!values.json) console.log(report(recovery).join("\n"));
  else
    console.log(
      JSON.stringify({
        acts: recovery.acts.length,
        unsent: recovery.acts.filter(({ sent }) => !sent).length,
        broken: recovery.acts.filter(({ signature }) => signature === "broken").length,
        unopened: recovery.unopened.length,
        unreadable: recovery.unreadable.length,
        damaged: recovery.damaged.length,
        missing: recovery.missing.length,
      }),
    );
  return recovery.acts.length === 0 && recovery.unopened.length > 0 ? 2 : 0;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
