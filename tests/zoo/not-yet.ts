import type { Promised } from "./contract.ts";

/** Promises that the client does not keep yet, with the server that shows it and why. The suite fails when one is mended. */
export const NOT_YET: readonly {
  readonly promise: Promised;
  readonly servers: readonly string[];
  readonly why: string;
}[] = [];
