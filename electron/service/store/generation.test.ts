import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openChart } from "./chart.ts";
import { StoreError } from "./errors.ts";
import { generationInFile, UNREADABLE } from "./generation.ts";
import { openJournal } from "./journal.ts";
import { salvageChart } from "./salvage-chart.ts";
import { salvageJournal } from "./salvage-journal.ts";
import { act, batch, chain, countingCard, KEY, resource, withFolder } from "./testing.ts";

const PARTS = ["", "-wal", "-shm"];

function copy(from: string, to: string, parts = PARTS): void {
  for (const part of parts) {
    rmSync(to + part, { force: true });
    if (existsSync(from + part)) cpSync(from + part, to + part);
  }
}

const journalAt = (file: string) => openJournal({ file, key: KEY, chain, create: true });
const chartAt = (file: string) => openChart({ file, key: KEY, card: countingCard, create: true });

interface Kind {
  open(file: string): { generation(): number; close(): void };
  salvage(options: { file: string; key: Uint8Array; before: number }): unknown;
}

/**
 * What a start finds after a kill: the file with its log, copied away from under the process that has it open. A mixture
 * of two times may not open at all: then it is salvaged first, as the service does it.
 */
function found(file: string, kind: Kind): { generation: number; salvaged: boolean } {
  const read = (): number => {
    const opened = kind.open(file);
    const generation = opened.generation();
    opened.close();
    return generation;
  };
  const before = generationInFile(file, KEY);
  try {
    return { generation: read(), salvaged: false };
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "damaged") throw error;
    kind.salvage({ file, key: KEY, before });
    return { generation: read(), salvaged: true };
  }
}

const JOURNAL: Kind = { open: (file) => journalAt(file), salvage: salvageJournal };
const CHART: Kind = { open: (file) => chartAt(file), salvage: salvageChart };

/** Every way of putting a single file, or both, of an earlier generation back; which of them pass for today's. */
function putBack(folder: string, last: number, kind: Kind): { found: number; missed: string[] } {
  const outcome = { found: 0, missed: [] as string[] };
  for (let generation = 1; generation < last; generation++)
    for (const parts of [[""], ["-wal"], ["", "-wal"], ["", "-wal", "-shm"]]) {
      const victim = join(folder, `victim-${generation}${parts.join("")}.db`);
      copy(join(folder, `copy-${last}.db`), victim, ["", "-wal"]);
      copy(join(folder, `copy-${generation}.db`), victim, parts);
      if (found(victim, kind).generation < last) outcome.found++;
      else outcome.missed.push(`${generation} ${parts.join("+")}`);
    }
  return outcome;
}

test("an older journal under today's log, an older log beside today's journal, and both together are all found", () => {
  withFolder((folder) => {
    const file = join(folder, "journal.db");
    const journal = journalAt(file);
    for (let generation = 1; generation <= 6; generation++) {
      expect(journal.setGeneration(generation)).toBe(true);
      // The log goes on after the keychain was told.
      journal.putAct(act(`act-${generation}`), ["charted"]);
      journal.setMeta({ note: "x".repeat(500 * generation) });
      copy(file, join(folder, `copy-${generation}.db`));
    }
    expect(putBack(folder, 6, JOURNAL)).toEqual({ found: 20, missed: [] });
    for (let generation = 1; generation <= 5; generation++) {
      // The old file with no log at all.
      const alone = join(folder, "alone.db");
      copy(join(folder, `copy-${generation}.db`), alone, [""]);
      rmSync(`${alone}-wal`, { force: true });
      rmSync(`${alone}-shm`, { force: true });
      expect(found(alone, JOURNAL).generation).toBeLessThanOrEqual(generation);
    }
    journal.close();
  });
});

test("the same is found of the chart", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    const chart = chartAt(file);
    for (let generation = 1; generation <= 4; generation++) {
      chart.write(
        batch({
          upserts: [{ patient: "p1", resource: resource("Patient", "p1", `${generation}`) }],
        }),
      );
      expect(chart.setGeneration(generation)).toBe(true);
      chart.write(
        batch({
          upserts: [{ patient: "p1", resource: resource("Observation", "o", `${generation}`) }],
        }),
      );
      copy(file, join(folder, `copy-${generation}.db`));
    }
    expect(putBack(folder, 4, CHART)).toEqual({ found: 12, missed: [] });
    chart.close();
  });
});

test("a journal that ended in peace or by a kill says its own generation", () => {
  withFolder((folder) => {
    const file = join(folder, "journal.db");
    expect(generationInFile(file, KEY)).toBe(0);
    const journal = journalAt(file);
    expect(journal.generation()).toBe(0);
    journal.setGeneration(9);
    journal.putAct(act("a"), []);
    copy(file, join(folder, "killed.db"));
    expect(found(join(folder, "killed.db"), JOURNAL).generation).toBe(9);
    journal.close();
    expect(found(file, JOURNAL).generation).toBe(9);
    expect(journalAt(file).meta()["generation"]).toBe("9");
  });
});

test("a file that another key wrote says nothing of its generation", () => {
  withFolder((folder) => {
    const file = join(folder, "journal.db");
    const journal = journalAt(file);
    journal.setGeneration(3);
    journal.close();
    expect(generationInFile(file, new Uint8Array(32).fill(3))).toBe(UNREADABLE);
    expect(generationInFile(file, KEY)).toBe(3);
  });
});
