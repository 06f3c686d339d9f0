import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { CardMaker, ChartBatch } from "./chart-types.ts";
import { NO_CHANGES } from "./chart-types.ts";
import type { ChainLink, NewActRow } from "./rows.ts";

/** What this room's tests share. */
export const KEY = new Uint8Array(32).fill(0x5a);
export const OTHER_KEY = new Uint8Array(32).fill(0x77);

export const chain: ChainLink = (previous, seq, body) =>
  createHash("sha256").update(`${previous}\n${seq}\n${body}`).digest("hex");

/** A folder of its own for each test. */
export function withFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "amanah-store-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Counts the ids seen and keeps the newest name: enough of a card to see that it is kept up to date. */
export const countingCard: CardMaker = (previous, changes, read) => ({
  made:
    (typeof previous === "object" && previous !== null && "made" in previous
      ? Number(previous.made)
      : 0) + 1,
  changed: changes.upserts.map(({ id }) => id),
  allergies: read("AllergyIntolerance").map(({ id }) => id),
});

export function batch(parts: Partial<ChartBatch>): ChartBatch {
  return { ...NO_CHANGES, ...parts };
}

export function resource(
  type: string,
  id: string,
  version: string,
  more: Record<string, unknown> = {},
): FhirResource {
  return {
    resourceType: type,
    id,
    meta: { versionId: version, lastUpdated: `2026-11-23T08:00:${version.padStart(2, "0")}Z` },
    ...more,
  };
}

export function act(uuid: string, patient = "p1"): NewActRow {
  return {
    uuid,
    kind: "vitals",
    patient,
    author: "nurse-1",
    at: "2026-11-23T08:00:00+03:00",
    queuedAt: 1_000,
    body: JSON.stringify({ act: { uuid, note: "written at the bedside" }, signature: "s" }),
  };
}

/** Files under a folder that hold `canary` as plain text (UTF-8 or UTF-16). */
export function filesHolding(folder: string, canary: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => {
      const bytes = readFileSync(file);
      return bytes.includes(canary) || bytes.includes(Buffer.from(canary, "utf16le"));
    });
}
