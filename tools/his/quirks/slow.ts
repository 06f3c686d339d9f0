import { setTimeout as delay } from "node:timers/promises";
import type { Quirk } from "./quirk.ts";

/** Every answer takes so much longer. */
export function slow(ms: number): Quirk {
  return {
    wrap: (inner) => async (request) => {
      await delay(ms);
      return await inner(request);
    },
  };
}
