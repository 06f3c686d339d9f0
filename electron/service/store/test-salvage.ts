import { readFileSync, writeFileSync } from "node:fs";
import { chain } from "./testing.ts";

export const PAGE = 4096;

/** Different words each time, so that compression leaves several pages. */
export function words(seed: string): string {
  return Array.from({ length: 90 }, (_, each) => chain(seed, each, "").slice(0, 12)).join(" ");
}

/** Turns one bit of a file. */
export function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 0x20;
  writeFileSync(file, bytes);
}
