import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { childProgram } from "../../electron/service/testing/child-program.ts";
import { killGenerations } from "../../electron/service/testing/generation-kills.ts";
import { killKeysWork } from "../../electron/service/testing/keys-kills.ts";
import { killSync } from "./sync-kills.ts";
import { verify, type Findings, type Said } from "./verify.ts";

/** What share of the kills is each one's part. */
const SHARE = { writer: 0.78, sync: 0.04, guard: 0.15, keys: 0.03 };

/**
 * Kills for so long, and at least so often. A process that writes through the real store, again and again: right after each kind of commit was said, a moment
 * later, and at random. Then everything that was said must be there, once. A workstation that charts and syncs with
 * a real HIS. The rollback guard, which is also lied to; rotations and wipes at their steps. Answers the exit code; the
 * last line said is one JSON object.
 */
export async function kills(seconds: number, least: number, quiet: boolean): Promise<number> {
  const say = (line: string): void => {
    if (!quiet) console.log(line);
  };
  const during = (share: number): ((count: number) => boolean) => {
    const end = performance.now() + seconds * share * 1000;
    return (count) => count >= Math.max(1, Math.ceil(least * share)) && performance.now() >= end;
  };
  const totals: Findings & { kills: number; acts: number } = {
    kills: 0,
    acts: 0,
    lost: 0,
    doubled: 0,
    corrupted: 0,
    opened: 0,
  };
  // A fresh folder from time to time, because the first writes of a file are a case of their own.
  const isOver = during(SHARE.writer);
  while (!isOver(totals.kills)) {
    const folder = mkdtempSync(join(tmpdir(), "amanah-faults-"));
    const said: Said = { act: -1, draft: -1, page: -1, chart: -1, applied: -1 };
    let acts = 0;
    for (let life = 0; life < 12 && !isOver(totals.kills); life++) {
      await liveAndDie(folder, said, life);
      totals.kills++;
      const found = verify(folder, said, totals.kills);
      for (const name of ["lost", "doubled", "corrupted", "opened"] as const)
        totals[name] += found[name];
      ({ acts } = found);
      say(`kill ${totals.kills}: ${JSON.stringify(said)} ${JSON.stringify(found)}`);
    }
    totals.acts += acts;
    rmSync(folder, { recursive: true });
  }
  const sync = await killSync(during(SHARE.sync), say);
  totals.acts += sync.acts;
  for (const name of ["lost", "doubled", "corrupted", "opened"] as const)
    totals[name] += sync[name];

  // At least one folder's life, so that older files are put back too.
  const guardIsOver = during(SHARE.guard);
  const guard = await killGenerations((count) => count >= 20 && guardIsOver(count));
  say(`rollback guard: ${JSON.stringify(guard)}`);

  const keysAreOver = during(SHARE.keys);
  const keys = await killKeysWork((count) => count >= 6 && keysAreOver(count));
  say(`keys made new, PCs wiped: ${JSON.stringify(keys)}`);
  totals.lost += keys.lost;
  totals.opened += keys.opened;

  const { acts, lost, doubled, corrupted, opened } = totals;
  const { falseAlarms, rollbacks, missed } = guard;
  console.log(
    JSON.stringify({
      kills: totals.kills + sync.kills + guard.kills + keys.kills,
      acts,
      lost,
      doubled,
      corrupted,
      opened,
      syncKills: sync.kills,
      syncKillsAtCommits: sync.atCommits,
      syncActs: sync.acts,
      keysKills: keys.kills,
      guardKills: guard.kills,
      falseAlarms,
      rollbacks,
      rollbacksMissed: missed,
    }),
  );
  const wrong = lost + doubled + corrupted + opened + falseAlarms + missed;
  return acts > 0 && sync.acts > 0 && rollbacks > 0 && wrong === 0 ? 0 : 1;
}

/** One life of the writer: it dies after a number of lines and a delay, or, in every fourth, before it says anything. */
async function liveAndDie(folder: string, said: Said, life: number): Promise<void> {
  const lines = life % 4 === 3 ? 0 : randomInt(1, 60);
  const delay = life % 4 === 3 ? randomInt(60, 220) : life % 2 === 0 ? 0 : randomInt(0, 6);
  // It goes on from the last number of which everything was said; the rest of a number it does again, as the app would.
  const child = spawn(
    process.execPath,
    [childProgram("writer"), folder, String(said.applied + 1)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let heard = 0;
  const kill = (): void => {
    if (delay === 0) child.kill("SIGKILL");
    else setTimeout(() => child.kill("SIGKILL"), delay);
  };
  if (lines === 0) kill();
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => {
    const [kind = "", number = ""] = line.split(" ");
    // Heard is heard: what was said before the kill was committed before it was said.
    if (kind === "again") said.act = Math.max(said.act, Number(number));
    else if (kind in said)
      said[kind as keyof Said] = Math.max(said[kind as keyof Said], Number(number));
    heard++;
    if (heard === lines) kill();
  });
  const [code] = await Promise.all([
    new Promise<number | null>((resolve) => child.on("exit", resolve)),
    new Promise((resolve) => reader.on("close", resolve)),
  ]);
  if (code !== null) throw new Error(`the writer ended by itself with ${code}`);
}
