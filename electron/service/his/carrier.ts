import { exchange, type HttpLimits, type HttpAnswer } from "./http.ts";
import type { Wire } from "./wire.ts";

/** What one exchange says, in a shape that can be handed to another thread. */
export interface HttpCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** A body that the HIS compressed is left so; only for a GET. */
  readonly asItCame: boolean;
  readonly limits: HttpLimits;
}

/** Carries a call to the HIS and its answer back, as `exchange` does; errors as `exchange`. */
export type Carry = (call: HttpCall, signal: AbortSignal) => Promise<HttpAnswer>;

/** On the thread that asks. Without `wire` every body is decompressed, whatever is asked for. */
export function carryWith(fetch: typeof globalThis.fetch, wire: Wire | undefined): Carry {
  return async ({ url, method, headers, body, asItCame, limits }, signal) =>
    await exchange(
      new URL(url),
      { method, headers, body, signal },
      { ...limits, fetch: asItCame && wire !== undefined ? wire : fetch },
    );
}
