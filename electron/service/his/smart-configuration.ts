import type { z } from "zod";
import { HisError } from "./failure.ts";
import { exchange, jsonOf, notFhir } from "./http.ts";
import type { HttpOptions } from "./http.ts";
import { retryAfterMs } from "./retry-after.ts";

/**
 * The HIS's `.well-known/smart-configuration` (SMART App Launch 2.2, "Conformance"), as far as `wanted` asks for it.
 * @throws {@link HisError}
 */
export async function readSmartConfiguration<T extends z.ZodType>(
  base: URL,
  wanted: T,
  http: HttpOptions,
  now: number,
): Promise<z.infer<T>> {
  const url = new URL(".well-known/smart-configuration", base);
  const answer = await exchange(url, { headers: { accept: "application/json" } }, http);
  throwIfBusy(answer.status, answer.headers, now);
  const parsed = wanted.safeParse(jsonOf(answer.bytes));
  if (answer.status !== 200 || !parsed.success)
    throw notFhir(
      answer.status,
      "no readable SMART configuration at .well-known/smart-configuration",
    );
  return parsed.data;
}

/** An address that the configuration names. SECURITY: never sign in over a weaker channel than the records travel on. */
export function securely(base: URL, address: string): URL {
  const found = new URL(address);
  const loopback = found.protocol === "http:" && base.protocol === "http:";
  if (found.protocol !== "https:" && !loopback)
    throw notFhir(200, "its SMART configuration names an address without TLS");
  return found;
}

/** @throws {@link HisError} `busy` for 429 and 500 to 504. */
export function throwIfBusy(status: number, headers: Headers, now: number): void {
  if (status === 429 || (status >= 500 && status <= 504))
    throw new HisError({
      kind: "busy",
      status,
      retryAfterMs: retryAfterMs(headers.get("retry-after"), now),
      detail: `its sign-in answered ${status}`,
    });
}
