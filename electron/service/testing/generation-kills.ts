import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { StoreError } from "../store/index.ts";
import { TOLD, type Verdict } from "../vault/index.ts";
import { childProgram } from "./child-program.ts";
import { GUARDED, openFolder } from "./generation-files.ts";

export interface GenerationCounts {
  /** SIGKILLs of a process that was writing generations. */
  kills: number;
  /** Starts after a kill that were taken for a rollback. */
  falseAlarms: number;
  /** Older files put back. */
  rollbacks: number;
  /** Of these, taken for today's. */
  missed: number;
}

/** The files of an earlier moment, and how many generations were kept of each by then. */
interface Saved {
  readonly folder: string;
  readonly kept: Readonly<Record<(typeof GUARDED)[number], number>>;
}

const EACH_WAY = [[""], ["-wal"], ["", "-wal"]];
/** Lives a folder has before the next one begins afresh: first starts are a case of their own. */
const LIVES = 40;

/**
 * Kills a process that writes both files and the keychain, again and again, and looks at each start; puts older files back
 * beside today's in every way, and looks whether that is found.
 */
export async function killGenerations(
  until: (kills: number) => boolean,
): Promise<GenerationCounts> {
  const counts: GenerationCounts = { kills: 0, falseAlarms: 0, rollbacks: 0, missed: 0 };
  while (!until(counts.kills)) {
    const home = mkdtempSync(join(tmpdir(), "amanah-generations-"));
    const folder = join(home, "pc");
    mkdirSync(folder);
    const kept = { journal: 0, chart: 0 };
    const saved: Saved[] = [];
    for (let life = 0; life < LIVES && !until(counts.kills); life++) {
      // A first start that was killed before it kept anything is a first start again, or one that cannot be told.
      const known = kept.journal > 0 && kept.chart > 0;
      const verdicts = await liveAndDie(folder, life === 0, kept);
      counts.kills++;
      if (known && verdicts.some((verdict) => TOLD.has(verdict))) counts.falseAlarms++;
      if (life % 5 === 4) {
        const copy = join(home, `saved-${life}`);
        copyFiles(folder, copy, GUARDED, ["", "-wal"]);
        await putBack(home, folder, saved, kept, counts);
        saved.push({ folder: copy, kept: { ...kept } });
      }
    }
    rmSync(home, { recursive: true, force: true });
  }
  return counts;
}

async function liveAndDie(
  folder: string,
  first: boolean,
  kept: Record<(typeof GUARDED)[number], number>,
): Promise<readonly Verdict[]> {
  const child = childProgram("generation-child");
  const running = spawn(process.execPath, [child, folder, first ? "first" : "again"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let verdicts: readonly Verdict[] = [];
  // Dies while it says nothing at all, or after so many words and a moment.
  const words = randomInt(0, 24);
  const kill = (): void => {
    setTimeout(() => running.kill("SIGKILL"), randomInt(0, 8));
  };
  let heard = 0;
  const lines = createInterface({ input: running.stdout });
  lines.on("line", (line) => {
    const [word, ...rest] = line.split(" ");
    if (word === "verdicts") verdicts = rest as Verdict[];
    for (const name of GUARDED) if (word === "kept" && rest[0] === name) kept[name]++;
    if (heard++ === words) kill();
  });
  const [code] = await Promise.all([
    new Promise<number | null>((resolve) => running.on("exit", resolve)),
    new Promise((resolve) => lines.on("close", resolve)),
  ]);
  if (code !== null) throw new Error(`the writer ended by itself with ${code}`);
  return verdicts;
}

/** Each file alone, its log alone, and both, of a moment at least two generations ago. */
async function putBack(
  home: string,
  folder: string,
  saved: readonly Saved[],
  kept: Saved["kept"],
  counts: GenerationCounts,
): Promise<void> {
  if (saved.length === 0) return;
  const earlier = saved[randomInt(saved.length)];
  if (earlier === undefined) return;
  for (const [index, name] of GUARDED.entries())
    for (const parts of EACH_WAY) {
      if (earlier.kept[name] + 1 >= kept[name]) continue;
      const victim = join(home, "victim");
      rmSync(victim, { recursive: true, force: true });
      copyFiles(folder, victim, GUARDED, ["", "-wal"]);
      cpSync(join(folder, "keychain.json"), join(victim, "keychain.json"));
      copyFiles(earlier.folder, victim, [name], parts);
      const put = await stateOf(victim, index);
      if (put.verdict === "older" || put.verdict === "unreadable") counts.rollbacks++;
      else if (parts.includes("")) counts.missed++;
      else {
        // A log that was saved in the middle of a write holds no whole transaction: it brings nothing old back.
        rmSync(join(victim, `${name}.db`));
        rmSync(join(victim, `${name}.db-wal`), { force: true });
        copyFiles(folder, victim, [name], [""]);
        const without = await stateOf(victim, index);
        if (without.content !== put.content) counts.missed++;
      }
    }
}

/** What a start says of one of the files, and what it then holds. */
async function stateOf(
  folder: string,
  index: number,
): Promise<{ readonly verdict: Verdict | undefined; readonly content: string }> {
  const opened = await openFolder(folder, false);
  let content = "damaged";
  try {
    content = JSON.stringify([
      opened.journal.acts({ acknowledged: true }).map(({ uuid }) => uuid),
      opened.chart.count(),
      opened.chart.verify(),
    ]);
  } catch (error) {
    // A mixture of two times that opened after all.
    if (!(error instanceof StoreError) || error.code !== "damaged") throw error;
  }
  opened.close();
  return { verdict: opened.verdicts[index], content };
}

function copyFiles(
  from: string,
  to: string,
  names: readonly string[],
  parts: readonly string[],
): void {
  mkdirSync(to, { recursive: true });
  for (const name of names)
    for (const part of parts) {
      const file = `${name}.db${part}`;
      if (existsSync(join(from, file))) cpSync(join(from, file), join(to, file));
    }
}
