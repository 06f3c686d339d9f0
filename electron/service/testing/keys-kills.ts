import { randomInt } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readWiped } from "../vault/index.ts";
import { dieAt } from "./die-at.ts";
import { faultsOf, makeKeysPc, PIN, placeOf, signIn } from "./keys-pc.ts";
import { keysWork } from "./keys-work.ts";

export interface KeysCounts {
  /** SIGKILLs at a step of a rotation or a wipe. */
  kills: number;
  /** Acts, drafts, pages, facts and charts that were not there afterwards. */
  lost: number;
  /** Times a wrong PIN opened, or anything opened after a wipe had destroyed its first key. */
  opened: number;
}

const WORKS = ["vault", "device", "wipe"];
/** More than any work has steps; beyond the last the child ends by itself and the next one is tried. */
const MOST_STEPS = 34;

/** Kills processes that make keys new or wipe a PC, at any step, and looks at what the next start finds. */
export async function killKeysWork(until: (kills: number) => boolean): Promise<KeysCounts> {
  const counts: KeysCounts = { kills: 0, lost: 0, opened: 0 };
  const home = mkdtempSync(join(tmpdir(), "amanah-keys-"));
  try {
    await makeKeysPc(join(home, "pc"));
    while (!until(counts.kills)) {
      const work = WORKS[counts.kills % WORKS.length] ?? "vault";
      const folder = join(home, "killed");
      rmSync(folder, { recursive: true, force: true });
      cpSync(join(home, "pc"), folder, { recursive: true });
      const { killed, said } = await dieAt(work, folder, randomInt(MOST_STEPS));
      if (!killed) continue;
      counts.kills++;
      if (work !== "wipe" || readWiped(placeOf(folder).files.dataDir) === null) {
        const faults = await faultsOf(folder);
        const wrong = faults.filter((fault) => fault === "a wrong PIN opened").length;
        counts.opened += wrong;
        counts.lost += faults.length - wrong;
        continue;
      }
      if (said.includes("key device-key") && (await opens(folder))) counts.opened++;
      await keysWork("wipe", folder, () => undefined);
      if (await opens(folder)) counts.opened++;
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return counts;
}

async function opens(folder: string): Promise<boolean> {
  try {
    const { vault, journal } = await signIn(folder, PIN);
    vault.close();
    journal.close();
    return true;
  } catch {
    return false;
  }
}
