import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where everything of this PC lies. */
export interface Files {
  readonly dataDir: string;
  readonly journal: string;
  readonly chart: string;
  readonly escrow: string;
  readonly lastGoodPolicy: string;
  /** Names the keychain's entries of this data folder, so that two profiles of one OS account never share keys. */
  readonly profile: string;
}

/** Makes the data folder, closed to other OS users, and names its files. */
export function openFiles(dataDir: string): Files {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const real = realpathSync(dataDir);
  return {
    dataDir: real,
    journal: join(real, "journal.db"),
    chart: join(real, "chart.db"),
    escrow: join(real, "unsent.escrow"),
    lastGoodPolicy: join(real, "policy.last-good.json"),
    profile: createHash("sha256").update(real).digest("hex").slice(0, 16),
  };
}

export const exists = (file: string): boolean => existsSync(file);

/** Bytes of a database with its write-ahead log. */
export function sizeOf(file: string): number {
  return [file, `${file}-wal`].reduce(
    (sum, one) => sum + (existsSync(one) ? statSync(one).size : 0),
    0,
  );
}
