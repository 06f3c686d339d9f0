import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { randomBytes, randomInt, webcrypto } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHis, type His } from "../../tools/his/index.ts";
import { joinWorkstation, QUICK_KDF } from "../../tools/his/test-workstation.ts";
import { childProgram } from "../../electron/service/testing/child-program.ts";
import { arm, disarm, type Death } from "./die-at-commit.ts";
import type { Heard, Setting, Told } from "./sync-setting.ts";
import { verifySync, type SyncSaid } from "./sync-verify.ts";
import type { Findings } from "./verify.ts";

export interface SyncKills extends Findings {
  kills: number;
  /** Of these, at a commit that was named beforehand. */
  atCommits: number;
  acts: number;
}

const LIVES = 12;
/** A named commit that does not come in this time is not waited for: the life ends all the same. */
const LONGEST_MS = 15_000;

/** Each of the first commits of either file, before and after it; a chart commits seldom. */
const DEATHS: readonly Death[] = [deathsOf("journal.db", 24), deathsOf("chart.db", 4)].flat();
/** Without a common divisor with their number: all come in turn, those of both files mixed. */
const STRIDE = 5;

function deathsOf(file: Death["file"], commits: number): Death[] {
  return Array.from({ length: commits * 2 }, (_, n) => ({
    file,
    at: Math.floor(n / 2) + 1,
    when: n % 2 === 0 ? "before" : "after",
  }));
}

/**
 * Kills a workstation that charts and syncs with a real HIS: at every commit of its two files in turn, and every third
 * time at any moment, while the HIS loses answers or is away. After some lives it may rest, and every act that was said
 * to be kept must be at the HIS, once, and in the chart.
 */
export async function killSync(
  until: (kills: number) => boolean,
  say: (line: string) => void,
): Promise<SyncKills> {
  const home = mkdtempSync(join(tmpdir(), "amanah-sync-kills-"));
  const totals: SyncKills = {
    kills: 0,
    atCommits: 0,
    acts: 0,
    lost: 0,
    doubled: 0,
    corrupted: 0,
    opened: 0,
  };
  const his = await startHis({ dataDir: join(home, "his"), beds: 3, kdf: QUICK_KDF });
  const signIn = await signInAt(his);
  const children = startedAhead();
  try {
    for (let folders = 0; folders === 0 || !until(totals.kills); folders += 1) {
      const setting = settingIn(join(home, `pc-${folders}`), his, signIn);
      const said: SyncSaid = { charted: new Set(), acknowledged: new Set(), salvaged: 0 };
      for (let life = 0; life < LIVES && !until(totals.kills); life += 1) {
        his.switches.set({ loseAnswers: life % 4 === 1, outage: life % 6 === 5 });
        const death =
          life % 3 === 2 ? null : (DEATHS[(totals.kills * STRIDE) % DEATHS.length] ?? null);
        totals.atCommits += (await liveAndDie(await children.next(), setting, said, death)) ? 1 : 0;
        totals.kills += 1;
      }
      his.switches.set({ loseAnswers: false, outage: false });
      await liveAndRest(await children.next(), setting, said);
      const found = verifySync(setting, said, his);
      for (const name of ["acts", "lost", "doubled", "corrupted", "opened"] as const)
        totals[name] += found[name];
      say(`sync, kill ${totals.kills}: ${said.charted.size} acts said, ${JSON.stringify(found)}`);
      rmSync(setting.folder, { recursive: true });
    }
  } finally {
    children.end();
    await his.close();
    rmSync(home, { recursive: true, force: true });
  }
  return totals;
}

function settingIn(folder: string, his: His, signIn: Setting["signIn"]): Setting {
  mkdirSync(folder);
  const key = (): Uint8Array => new Uint8Array(randomBytes(32));
  return {
    folder,
    keys: { device: key(), chart: key(), inbox: key(), ledger: key(), drafts: key() },
    baseUrl: his.baseUrl,
    wards: his.wards.map(({ id }) => id),
    patients: his.patients().map(({ id }) => id),
    signIn,
  };
}

async function signInAt(his: His): Promise<Setting["signIn"]> {
  const { privateKey, kid } = await joinWorkstation(his, "pc-kills");
  const key = await webcrypto.subtle.exportKey("jwk", privateKey);
  return { clientId: "pc-kills", key, thumbprint: kid };
}

/** Workstations whose programs are loaded already: a life can begin at once. */
function startedAhead(): { next(): Promise<ChildProcess>; end(): void } {
  const start = async (): Promise<ChildProcess> => {
    const child = fork(childProgram("sync-child"), {
      serialization: "advanced",
      execArgv: [],
    });
    waiting.add(child);
    await once(child, "message");
    return child;
  };
  const waiting = new Set<ChildProcess>();
  let ahead = start();
  return {
    async next() {
      const child = await ahead;
      waiting.delete(child);
      ahead = start();
      return child;
    },
    end() {
      void ahead.catch(() => undefined);
      for (const child of waiting) child.kill("SIGKILL");
    },
  };
}

function listen(child: ChildProcess, said: SyncSaid): Promise<number | null> {
  child.on("message", (told: Told) => {
    if (told.kind === "charted") said.charted.add(told.uuid);
    else if (told.kind === "acknowledged") said.acknowledged.add(told.uuid);
    else if (told.kind === "salvaged") said.salvaged += 1;
  });
  return new Promise((resolve) => child.once("close", resolve));
}

/** Answers whether it died at the commit it was to die at. */
async function liveAndDie(
  child: ChildProcess,
  setting: Setting,
  said: SyncSaid,
  death: Death | null,
): Promise<boolean> {
  const closed = listen(child, said);
  let isArmed = false;
  disarm(setting.folder);
  // Half of them count from the start, half from the first act on: a start has many commits of its own.
  if (death !== null && said.charted.size % 2 === 0) arm(setting.folder, death);
  else if (death !== null)
    child.on("message", ({ kind }: Told) => {
      if (kind === "charted" && !isArmed) arm(setting.folder, death);
      isArmed ||= kind === "charted";
    });
  child.send({ kind: "live", setting } satisfies Heard);
  const timer = setTimeout(
    () => child.kill("SIGKILL"),
    death === null ? randomInt(50, 1200) : LONGEST_MS,
  );
  const code = await closed;
  clearTimeout(timer);
  if (code !== null) throw new Error(`the workstation ended by itself with ${code}`);
  return death !== null && disarm(setting.folder) >= death.at;
}

async function liveAndRest(child: ChildProcess, setting: Setting, said: SyncSaid): Promise<void> {
  const closed = listen(child, said);
  disarm(setting.folder);
  child.send({ kind: "live", setting } satisfies Heard);
  child.send({ kind: "rest" } satisfies Heard);
  const code = await closed;
  if (code !== 0) throw new Error(`the workstation did not come to rest: ${code}`);
}
