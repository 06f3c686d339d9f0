import type { ConnectionCause } from "../../../shared/contract/index.ts";
import { causeOfError } from "./causes.ts";
import { startDeadlines } from "./deadlines.ts";
import { HisError } from "./failure.ts";
import type { WireAnswer } from "./wire.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Pick<Headers, "get">;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface RawAnswer extends HttpAnswer {
  readonly headers: Headers;
}

export interface HttpLimits {
  /** Milliseconds an exchange may take, whole. */
  readonly deadlineMs: number;
  /** Until the answer begins; absent: as long as the whole may take. */
  readonly answerMs?: number;
  /** Between two pieces of its body; absent: as long as the whole may take. */
  readonly stallMs?: number;
  readonly maxBytes: number;
}

export interface HttpOptions extends HttpLimits {
  readonly fetch: (url: URL, init: RequestInit) => Promise<WireAnswer>;
}

/**
 * One HTTP exchange, whole or not at all. Throws {@link HisError} `unreachable`, `timeout` or `not-fhir` (redirect, too
 * large); any status is an answer.
 */
export async function exchange(
  url: URL,
  init: RequestInit,
  options: HttpOptions,
): Promise<RawAnswer> {
  const deadlines = startDeadlines(options);
  const signal = init.signal ? AbortSignal.any([deadlines.signal, init.signal]) : deadlines.signal;
  try {
    // SECURITY: a redirect could carry the token, or a patient's data, to another host: it is an answer we refuse.
    const response = await options.fetch(url, { ...init, signal, redirect: "manual" });
    deadlines.heard();
    if (
      response.type === "opaqueredirect" ||
      (response.status >= 300 && response.status < 400 && response.status !== 304)
    ) {
      await discard(response.body);
      throw notFhir(
        response.status,
        "it answered with a redirect, which is never followed",
        "proxy",
      );
    }
    return {
      status: response.status,
      headers: response.headers,
      bytes: await readAll(response, options.maxBytes, deadlines.heard),
    };
  } catch (error) {
    if (error instanceof HisError) throw error;
    const passed = deadlines.passed();
    if (passed !== null) throw new HisError({ kind: "timeout", ...passed });
    throw new HisError({ kind: "unreachable", ...causeOfError(error) });
  } finally {
    deadlines.stop();
  }
}

/** Ends the stream of an answer that nobody reads, so that its connection is free. */
async function discard(body: WireAnswer["body"]): Promise<void> {
  const reader = body?.[Symbol.asyncIterator]();
  await reader?.return?.();
}

async function readAll(
  response: WireAnswer,
  maxBytes: number,
  onPart: () => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  if (response.body !== null) {
    for await (const part of response.body) {
      onPart();
      size += part.byteLength;
      // SECURITY: an endless answer must not exhaust the workstation's memory. Leaving the loop cancels the stream.
      if (size > maxBytes)
        throw notFhir(response.status, `its answer is larger than ${maxBytes} bytes`);
      parts.push(part);
    }
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** What the bytes say as JSON; null when they say nothing. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

/** A `not-fhir` failure. */
export function notFhir(
  status: number,
  detail: string,
  cause: ConnectionCause = "not-fhir",
): HisError {
  return new HisError({ kind: "not-fhir", status, detail, cause });
}
