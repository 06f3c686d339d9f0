import * as fc from "fast-check";
import { play } from "./play.ts";
import type { Played } from "./play.ts";
import { scripts } from "./script.ts";
import type { Script } from "./script.ts";

export interface ManyPlayed {
  readonly scripts: number;
  readonly acts: number;
  readonly kills: number;
  readonly requests: number;
  /** The shortest script found that breaks something, and what it breaks; null when none does. */
  readonly broken: { readonly script: Script; readonly faults: readonly string[] } | null;
}

/** Plays random scripts, and shrinks the first that breaks something. */
export async function playMany(options: {
  readonly seed: number;
  readonly runs: number;
  readonly steps: number;
  readonly player?: (script: Script) => Promise<Played>;
  readonly onPlayed?: (played: Played) => void;
}): Promise<ManyPlayed> {
  const total = { scripts: 0, acts: 0, kills: 0, requests: 0 };
  const player = options.player ?? play;
  let last: readonly string[] = [];
  const found = await fc.check(
    fc.asyncProperty(scripts(options.steps), async (script) => {
      const played = await player(script);
      total.scripts += 1;
      for (const name of ["acts", "kills", "requests"] as const) total[name] += played[name];
      options.onPlayed?.(played);
      if (played.faults.length > 0) last = played.faults;
      return played.faults.length === 0;
    }),
    { seed: options.seed, numRuns: options.runs },
  );
  const [script] = found.counterexample ?? [];
  if (found.failed && script === undefined) throw found.errorInstance;
  return { ...total, broken: script === undefined ? null : { script, faults: last } };
}
