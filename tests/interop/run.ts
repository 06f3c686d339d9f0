import { createHash, randomBytes } from "node:crypto";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3-multiple-ciphers";
import { buildSqlcipher } from "./build.ts";
import { CANARIES, heavyUse } from "./heavy.ts";
import { openZetetic, type Zetetic } from "./zetetic.ts";

/**
 * `node tests/interop/run.ts`: what our store writes is SQLCipher 4's own format, and no file it leaves holds a name as
 * plain text. Exit code 0: all passed; 1: something failed; 77: Zetetic's library cannot be built here.
 */
const CANNOT = 77;
let passed = 0;
let failed = 0;

async function check(name: string, work: () => Promise<boolean> | boolean): Promise<void> {
  let good = false;
  let why = "";
  try {
    good = await work();
  } catch (error) {
    why = `: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (good) passed++;
  else failed++;
  console.log(`${good ? "passed" : "FAILED"}  ${name}${why}`);
}

const reason = buildSqlcipher((text) => console.error(text));
if (reason !== null) {
  console.log(`skipped: ${reason}`);
  console.log("0 passed, 0 failed, 1 skipped");
  process.exit(CANNOT);
}

const folder = mkdtempSync(join(tmpdir(), "amanah-interop-"));
try {
  // Temp files go here too, so that they are looked at.
  process.env["SQLITE_TMPDIR"] = folder;
  process.env["TMPDIR"] = folder;
  const key = new Uint8Array(randomBytes(32));
  const used = heavyUse(folder, key);
  await check(
    "while both files are open no file holds a name, an MRN or a note as plain text",
    () => noCanary(folder),
  );
  used.close();
  await check("after both files are closed neither", () => noCanary(folder));
  await check("the search for plain text can find it", () => {
    writeFileSync(join(folder, "proof"), `x ${CANARIES[1]} y`);
    const found = !noCanary(folder);
    rmSync(join(folder, "proof"));
    return found;
  });
  await checkFile("journal.db", used.journal, key);
  await checkFile("chart.db", used.chart, key);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;

async function checkFile(name: string, file: string, key: Uint8Array): Promise<void> {
  await check(
    `${name}: Zetetic's SQLCipher is version 4 and passes its integrity check`,
    async () => {
      const theirs = await openZetetic(file, key);
      const [version] = await theirs.all("PRAGMA cipher_version");
      const damage = await theirs.all("PRAGMA cipher_integrity_check");
      await theirs.close();
      console.log(`        ${JSON.stringify(version)}`);
      return String(version?.["cipher_version"]).startsWith("4.") && damage.length === 0;
    },
  );
  await check(`${name}: that check can fail`, async () => {
    const damaged = `${file}.damaged`;
    copyFileSync(file, damaged);
    const bytes = readFileSync(damaged);
    bytes[3 * 4096 + 99] = (bytes[3 * 4096 + 99] ?? 0) ^ 1;
    writeFileSync(damaged, bytes);
    const theirs = await openZetetic(damaged, key);
    const damage = await theirs.all("PRAGMA cipher_integrity_check");
    await theirs.close();
    rmSync(damaged);
    return damage.length === 1;
  });
  await check(`${name}: with another key Zetetic's SQLCipher reads nothing`, async () => {
    const theirs = await openZetetic(file, new Uint8Array(32).fill(1));
    const told = await theirs.all("SELECT * FROM meta").then(
      () => "read",
      () => "refused",
    );
    await theirs.close();
    return told === "refused";
  });
  const theirs = await openZetetic(file, key);
  const ours = openOurs(file, key);
  const tables = ours
    .prepare<[], { name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
    )
    .all();
  await check(`${name}: both see the same tables`, async () => {
    const names = await theirs.all(
      "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
    );
    return tables.length > 5 && JSON.stringify(names) === JSON.stringify(tables);
  });
  let rows = 0;
  for (const { name: table } of tables) {
    await check(`${name}: ${table} has the same rows`, async () => {
      const mine = ours.prepare(`SELECT rowid AS n, * FROM "${table}" ORDER BY rowid`).all();
      const their = await theirs.all(`SELECT rowid AS n, * FROM "${table}" ORDER BY rowid`);
      rows += mine.length;
      return mine.length === their.length && digest(mine) === digest(their);
    });
  }
  await check(`${name}: there were rows to compare`, () => rows > 250);
  await closeBoth(theirs, ours);
}

async function closeBoth(theirs: Zetetic, ours: Database.Database): Promise<void> {
  ours.close();
  await theirs.close();
}

// Our engine by hand: the store itself offers no way to name a table.
function openOurs(file: string, key: Uint8Array): Database.Database {
  const db = new Database(file, { readonly: true });
  db.pragma("cipher='sqlcipher'");
  db.pragma("legacy=4");
  db.key(Buffer.from(`x'${Buffer.from(key).toString("hex")}'`));
  db.pragma("temp_store=MEMORY");
  return db;
}

function digest(rows: readonly unknown[]): string {
  const hash = createHash("sha256");
  for (const row of rows)
    hash.update(
      JSON.stringify(row, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value,
      ),
    );
  return hash.digest("hex");
}

function noCanary(where: string): boolean {
  const files = readdirSync(where, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  if (files.length < 2) throw new Error("there is nothing to search");
  return files.every((entry) => {
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    return CANARIES.every(
      (canary) => !bytes.includes(canary) && !bytes.includes(Buffer.from(canary, "utf16le")),
    );
  });
}
