import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isMainThread } from "node:worker_threads";
import Database from "better-sqlite3-multiple-ciphers";
import { useBuiltThreads } from "../threads/built.ts";

/**
 * Lets a process die at a given commit of its files, by SIGKILL. In a thread it counts what is committed, once the process
 * has called {@link followThreads}. Does nothing while the files' folder holds no {@link arm}.
 */
export interface Death {
  readonly file: "journal.db" | "chart.db";
  /** Which commit from here on. */
  readonly at: number;
  /** Before the commit, or after it and before anybody hears of it. */
  readonly when: "before" | "after";
}

const ARM = "die-at-commit";
const COUNTED = "commits-counted";
/** More commits than anything makes: only counted. */
const NEVER = 1_000_000_000;

/** From now on the commits of a file in `folder` are counted, until the process dies at one. */
export function arm(folder: string, death: Partial<Death> = {}): void {
  rmSync(join(folder, COUNTED), { force: true });
  const whole: Death = { file: "journal.db", at: NEVER, when: "after", ...death };
  writeFileSync(join(folder, ARM), `${whole.file} ${whole.at} ${whole.when}`);
}

/** Ends the counting; answers how many commits were come to. */
export function disarm(folder: string): number {
  rmSync(join(folder, ARM), { force: true });
  return counted(folder);
}

function counted(folder: string): number {
  return statSync(join(folder, COUNTED), { throwIfNoEntry: false })?.size ?? 0;
}

function armed(file: string): Death | null {
  try {
    const text = readFileSync(join(dirname(file), ARM), "utf8");
    const [name, at, when] = text.split(" ");
    if (name !== basename(file) || (name !== "journal.db" && name !== "chart.db")) return null;
    return { file: name, at: Number(at), when: when === "before" ? "before" : "after" };
  } catch {
    return null;
  }
}

function countCommits(): void {
  const writing = new WeakSet<object>();
  const { exec } = Database.prototype;
  Database.prototype.exec = function counting(sql: string) {
    if (sql === "BEGIN IMMEDIATE") writing.add(this);
    const death = sql === "COMMIT" && writing.delete(this) ? armed(this.name) : null;
    if (death === null) return exec.call(this, sql);
    const folder = dirname(this.name);
    appendFileSync(join(folder, COUNTED), ".");
    const isNow = counted(folder) >= death.at;
    // The whole process, with nothing flushed and nothing said.
    if (isNow && death.when === "before") process.kill(process.pid, "SIGKILL");
    const answer = exec.call(this, sql);
    if (isNow) process.kill(process.pid, "SIGKILL");
    return answer;
  };
}

/** From now on this process's threads count their commits: the service starts them without any loader on purpose. */
export function followThreads(): void {
  useBuiltThreads(["--import", import.meta.url]);
}

if (!isMainThread) countCommits();
