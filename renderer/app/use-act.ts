import { useState } from "react";
import { useClock } from "./clock.tsx";
import { createFirstTry } from "./first-try.ts";
import { instantWithOffset } from "./instant.ts";

/** Number and moment of what a dialog saves: the same at every try of the same words. */
export function useAct(): {
  of(words?: string): { readonly uuid: string; readonly at: string };
  refused(): void;
} {
  const clock = useClock();
  const [firstTry] = useState(createFirstTry<{ readonly uuid: string; readonly at: string }>);
  return {
    of: (words = "") =>
      firstTry.of(words, () => ({ uuid: crypto.randomUUID(), at: instantWithOffset(clock()) })),
    refused: () => firstTry.refused(),
  };
}
