import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { link } from "../audit/index.ts";
import { openJournal } from "../store/index.ts";
import type { OpenVault } from "../vault/index.ts";
import { openFiles, type Files } from "./files.ts";
import { createRecords, type Records } from "./records.ts";

let home = "";
let files: Files;
const key = (): Uint8Array => Uint8Array.from(randomBytes(32));
const deviceKey = key();
const vaultKeys = { chart: key(), inbox: key(), ledger: key(), drafts: key() };

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "amanah-records-"));
  files = openFiles(home);
  openJournal({
    file: files.journal,
    key: Uint8Array.from(deviceKey),
    create: true,
    chain: link,
  }).close();
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Files of this PC that this process has open, by whichever of its threads. */
function openHere(): string[] {
  return readdirSync("/proc/self/fd").flatMap((handle) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${handle}`);
      return file.startsWith(files.dataDir) && /\.db/u.test(file) ? [file] : [];
    } catch {
      return [];
    }
  });
}

/** Opened records, and their reading-through to be begun when the test says so. */
async function opened(): Promise<{ records: Records; inspect: () => void }> {
  const later: (() => void)[] = [];
  const records = createRecords({
    files,
    deviceKey,
    base: "https://his.example/fhir",
    chartFile: () => Promise.resolve(files.chart),
    onOpened: () => Promise.resolve(),
    onClosing: () => Promise.resolve(),
    knowledge: () => null,
    signingTrust: () => ({ site: "north", keys: [], revoked: [] }),
    isJournalSound: () => Promise.resolve(true),
    onDamage: () => undefined,
    onProblem: (error) => {
      throw error;
    },
    calm: () => Promise.resolve(),
    after(_ms, call) {
      later.push(call);
      return () => void later.splice(later.indexOf(call), 1);
    },
  });
  await records.open({ keys: vaultKeys } as unknown as OpenVault);
  return { records, inspect: () => later.at(-1)?.() };
}

test.runIf(process.platform === "linux")(
  "once the records are closed no thread opens their files, also not one that was just starting to read them through",
  async () => {
    for (const afterMs of [0, 20, 60]) {
      const { records, inspect } = await opened();
      expect(openHere()).toContain(files.chart);
      inspect();
      await sleep(afterMs);
      await records.close();
      const seen = new Set(openHere());
      for (let look = 0; look < 60; look += 1) {
        await sleep(10);
        for (const file of openHere()) seen.add(file);
      }
      expect([...seen], `${afterMs} ms after it began`).toEqual([]);
      await records.dispose();
    }
  },
);
