import { randomInt } from "node:crypto";
import { playMany } from "./many.ts";

/** Longer than in `npm test`, where many short scripts must do. */
const STEPS = 40;

/** Plays so many random scripts on the simulated HIS, and says the shortest that breaks something. Answers the exit code. */
export async function modelled(
  runs: number,
  wanted: string | undefined,
  quiet: boolean,
): Promise<number> {
  const seed = wanted === undefined ? randomInt(2 ** 31) : Number(wanted);
  let played = 0;
  const result = await playMany({
    seed,
    runs,
    steps: STEPS,
    onPlayed({ faults }) {
      played += 1;
      if (!quiet && (faults.length > 0 || played % 100 === 0))
        console.log(`script ${played}: ${faults[0] ?? "all as it must be"}`);
    },
  });
  console.log(JSON.stringify({ seed, ...result }));
  return result.broken === null ? 0 : 1;
}
