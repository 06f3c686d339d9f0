import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { flip, FILES } from "./flip.ts";
import type { FileName, Outcome } from "./flip.ts";
import { letWork } from "./workstation.ts";

export interface FlipTally extends Record<Outcome, number> {
  flips: number;
  /** Flips after which something is otherwise than it was, and not said. */
  changed: number;
}

/**
 * Turns bits at random places (`random` from 0 to 1), and in every file's header, in copies of a workstation's files; `tell`
 * hears of each that changed a fact. Each flip is in one file, and in one to three places of it.
 */
export async function flipAll(
  flips: number,
  random: () => number,
  tell: (what: string) => void,
): Promise<FlipTally> {
  const worked = await letWork();
  const tally: FlipTally = { flips: 0, same: 0, said: 0, refused: 0, older: 0, changed: 0 };
  try {
    const files = FILES.filter((name) => existsSync(join(worked.folder, name)));
    const placeIn = (file: FileName) => {
      const { size } = statSync(join(worked.folder, file));
      // What a log holds of today stands at its beginning; behind it lie frames of rounds before.
      const chance = random();
      const within = Math.min(size, chance < 0.1 ? 128 : chance < 0.5 ? 131_072 : size);
      return { at: Math.floor(random() * within), bit: Math.floor(random() * 8) };
    };
    for (let number = 0; number < flips; number += 1) {
      const file = files[number % files.length] ?? "chart.db";
      const places = Array.from({ length: random() < 0.8 ? 1 : 3 }, () => placeIn(file));
      const { outcome, wrong } = flip(worked, file, places);
      tally.flips += 1;
      tally[outcome] += 1;
      if (wrong.length === 0) continue;
      tally.changed += 1;
      tell(`${file} ${JSON.stringify(places)} (${outcome}): ${wrong.slice(0, 5).join("; ")}`);
    }
  } finally {
    worked.dispose();
  }
  return tally;
}

/** A small generator with a seed (mulberry32), so that a flip that changed something can be turned again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
