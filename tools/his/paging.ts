import { OperationOutcomeError, badRequest } from "@medplum/core";
import type { Place } from "./resource-file.ts";

export const MAX_COUNT = 1000;
export const DEFAULT_COUNT = 100;

/** A place between two versions as a next link carries it. */
export function cursorOf({ updated, seq }: Place): string {
  return `${updated}.${seq}`;
}

/** The place a cursor names; null when there is none. Throws an OperationOutcome (400) for any other text. */
export function placeOf(cursor: string | null): Place | null {
  if (cursor === null) return null;
  const [, updated, seq] = /^(\d+)\.(\d+)$/u.exec(cursor) ?? [];
  if (updated === undefined || seq === undefined)
    throw new OperationOutcomeError(badRequest("Unknown cursor"));
  return { updated: Number(updated), seq: Number(seq) };
}
