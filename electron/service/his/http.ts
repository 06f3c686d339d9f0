import { HisError } from "./failure.ts";

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface HttpOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly deadlineMs: number;
  readonly maxBytes: number;
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
  const deadline = AbortSignal.timeout(options.deadlineMs);
  const signal = init.signal ? AbortSignal.any([deadline, init.signal]) : deadline;
  try {
    // SECURITY: a redirect could carry the token, or a patient's data, to another host: it is an answer we refuse.
    const response = await options.fetch(url, { ...init, signal, redirect: "manual" });
    if (
      response.type === "opaqueredirect" ||
      (response.status >= 300 && response.status < 400 && response.status !== 304)
    ) {
      await response.body?.cancel();
      throw notFhir(response.status, "it answered with a redirect, which is never followed");
    }
    return {
      status: response.status,
      headers: response.headers,
      bytes: await readAll(response, options.maxBytes),
    };
  } catch (error) {
    if (error instanceof HisError) throw error;
    if (deadline.aborted)
      throw new HisError({
        kind: "timeout",
        detail: `no whole answer within ${options.deadlineMs / 1000} s`,
      });
    throw new HisError({ kind: "unreachable", detail: reasonOf(error) });
  }
}

async function readAll(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  if (response.body !== null) {
    for await (const part of response.body as AsyncIterable<Uint8Array>) {
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
export function notFhir(status: number, detail: string): HisError {
  return new HisError({ kind: "not-fhir", status, detail });
}

/** Codes of the OS and of undici in plain words; any other is shown as it is. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "it refuses connections",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  UND_ERR_CONNECT_TIMEOUT: "no connection within the time allowed",
  ETIMEDOUT: "no connection within the time allowed",
  ENOTFOUND: "its name is not known on this network",
  EAI_AGAIN: "its name cannot be looked up now",
  EHOSTUNREACH: "there is no way to it on this network",
  ENETUNREACH: "this PC has no network",
  ...sayings("its certificate is not of a CA that this PC trusts", [
    "SELF_SIGNED_CERT_IN_CHAIN",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "CERT_UNTRUSTED",
    "INVALID_CA",
  ]),
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet, or this PC's clock is wrong",
  CERT_REVOKED: "its certificate has been revoked",
  CERT_SIGNATURE_FAILURE: "its certificate is forged or damaged",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is made out to another name",
};

function sayings(said: string, codes: readonly string[]): Record<string, string> {
  return Object.fromEntries(codes.map((code) => [code, said]));
}

/** OpenSSL's own codes: too old a version, no common cipher, or no TLS at all behind the port. */
const NO_TLS = /^(?:ERR_SSL_|EPROTO$)/u;

// fetch hides the cause ("fetch failed") one or two levels down; codes are fit to be shown, addresses are not needed.
function reasonOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code = (at as { code?: unknown }).code;
    if (typeof code === "string")
      return WORDS[code] ?? (NO_TLS.test(code) ? `no secure connection with it (${code})` : code);
    if (at.cause === undefined) return at.message;
  }
  return "no connection";
}
