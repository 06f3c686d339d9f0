import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { isWhole } from "../../electron/service/audit/index.ts";
import { openFiles } from "../../electron/service/wiring/files.ts";
import { openKeychain } from "../../electron/service/wiring/keychain.ts";
import { inWords, NoTrail, verifyProfile } from "./verify.ts";

const USAGE = `npm run verify -- --data-dir FOLDER [--json]

  Checks the audit trail of a ward PC, off line, with the keychain of the account it runs under. Nothing is changed.

  --data-dir  the PC's data folder (journal.db lies in it)
  --json      the verdict as one JSON object on the last line

  Ends with 0 when the trail is whole, 2 when it is not, 1 when it could not be checked.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { "data-dir": { type: "string" }, json: { type: "boolean", default: false } },
  });
  const folder = values["data-dir"];
  if (folder === undefined) {
    console.error(USAGE);
    return 64;
  }
  // What is not there is not made: a folder that was mistyped is no PC with an empty trail.
  if (!existsSync(folder)) throw new NoTrail(`${folder} is not there`);
  const files = openFiles(folder);
  const keychain = openKeychain(files.profile);
  try {
    const verdict = await verifyProfile({ journal: files.journal, keychain });
    console.log(values.json ? JSON.stringify(verdict) : inWords(verdict).join("\n"));
    return isWhole(verdict) ? 0 : 2;
  } finally {
    await keychain.close();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
