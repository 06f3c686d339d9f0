import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { readCapabilities } from "./capabilities.ts";
import type { Capabilities } from "./capabilities.ts";
import { HisError } from "./failure.ts";
import type { HisFailure } from "./failure.ts";
import { carryWith, type Carry } from "./carrier.ts";
import { jsonOf, notFhir } from "./http.ts";
import type { HttpAnswer } from "./http.ts";
import { outcomeText } from "./outcome.ts";
import { retryAfterMs } from "./retry-after.ts";
import { createTokenSource } from "./sign-in.ts";
import type { SignIn } from "./sign-in.ts";
import type { HisSocket, OpenSocket, SocketEars } from "./socket.ts";
import type { Wire } from "./wire.ts";

/** What the HIS answered (2xx): raw bytes, because only the worker threads parse bulk. */
export interface HisAnswer {
  readonly status: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How `bytes` are still compressed; only where `as-it-came` was asked for. */
  readonly encoding?: "gzip" | null;
  /** The `Date` header as an ISO instant: the HIS's own clock, whole seconds, rounded down. */
  readonly serverTime: string;
  readonly etag: string | null;
}

/** What it answered to something sent. A write is done whether or not the answer says when: null, and nothing is as fresh. */
export type HisWritten = Omit<HisAnswer, "serverTime"> & { readonly serverTime: string | null };

export interface HisClient {
  /** With a closing slash. */
  readonly base: string;
  /**
   * `target`: relative to the base, or a `next` link; `as-it-came` leaves the body as the HIS compressed it. Throws
   * {@link HisError}.
   */
  get(target: string, how?: "as-it-came"): Promise<HisAnswer>;
  /** Sends FHIR JSON. Throws {@link HisError}; after `timeout` or `unreachable` it may have been done. */
  send(
    method: "POST" | "PUT",
    target: string,
    body: string,
    headers?: Record<string, string>,
  ): Promise<HisWritten>;
  /** Asks many questions in one request: `bundle` is a batch of nothing but GETs. Throws {@link HisError}. */
  batch(bundle: string): Promise<HisAnswer>;
  capabilities(): Promise<Capabilities>;
  /** A websocket of the HIS, with our token; absent where there can be none. Throws {@link HisError} when `url` leads away. */
  listen?(url: string, ears: SocketEars): Promise<HisSocket>;
  /** Ends calls in flight; later ones fail as `unreachable`. */
  close(): void;
}

export interface HisClientOptions {
  readonly baseUrl: string;
  /** Null: the HIS asks for no sign-in (tests). */
  readonly signIn: SignIn | null;
  readonly fetch: typeof globalThis.fetch;
  /** How calls are carried; without it by `fetch`, on this thread. The sign-in always goes by `fetch`. */
  readonly carry?: Carry;
  /** Without it and without `carry` every body is decompressed, whatever is asked for. */
  readonly wire?: Wire;
  /** Without it there are no websockets. */
  readonly socket?: OpenSocket;
  readonly now: () => number;
  /** A fresh unguessable string each time (`jti`). */
  readonly random: () => string;
  /** Milliseconds a call may take: whole, until its answer begins, and between two pieces of it. */
  readonly deadlineMs?: number;
  readonly answerMs?: number;
  readonly stallMs?: number;
  readonly maxBytes?: number;
}

const FHIR_JSON = "application/fhir+json";
const JSON_TYPE = /^application\/(?:fhir\+json|json)\s*(?:;|$)/iu;

/** The FHIR client: signs in, asks, and tells apart the ways a HIS can fail. Holds the token in memory only. */
export function createHisClient(options: HisClientOptions): HisClient {
  const base = new URL(options.baseUrl.endsWith("/") ? options.baseUrl : `${options.baseUrl}/`);
  const limits = {
    deadlineMs: options.deadlineMs ?? 120_000,
    answerMs: options.answerMs ?? 30_000,
    stallMs: options.stallMs ?? 15_000,
    maxBytes: options.maxBytes ?? 64 * 1024 * 1024,
  };
  const carry = options.carry ?? carryWith(options.fetch, options.wire);
  const leavesAsItCame = options.carry !== undefined || options.wire !== undefined;
  const closing = new AbortController();
  const tokens =
    options.signIn === null
      ? null
      : createTokenSource({
          base,
          signIn: options.signIn,
          http: { ...limits, fetch: options.fetch },
          now: options.now,
          random: options.random,
        });

  async function call(
    method: string,
    target: string,
    body: string | null,
    headers: Record<string, string>,
    how: "as-it-came" | "plain" = "plain",
  ): Promise<HisWritten> {
    const { href } = withinBase(base, target);
    const asItCame = how === "as-it-came" && leavesAsItCame;
    const attempt = async (token: string | null): Promise<HttpAnswer> =>
      await carry(
        {
          url: href,
          method,
          body,
          headers: {
            accept: FHIR_JSON,
            ...(body === null ? {} : { "content-type": FHIR_JSON }),
            ...(token === null ? {} : { authorization: `Bearer ${token}` }),
            ...headers,
          },
          asItCame,
          limits,
        },
        closing.signal,
      );
    const token = (await tokens?.token()) ?? null;
    let answer = await attempt(token);
    if (answer.status === 401 && tokens !== null && token !== null) {
      // A 401 did nothing at the HIS, so that the same request may go again, once, with a fresh token.
      tokens.drop(token);
      answer = await attempt(await tokens.token());
    }
    if (!asItCame) return accepted(answer, options.now());
    const { encoding, bytes } = await coded(answer, limits.maxBytes);
    return { ...accepted({ ...answer, bytes }, options.now()), encoding };
  }

  async function listen(open: OpenSocket, url: string, ears: SocketEars): Promise<HisSocket> {
    const target = socketWithin(base, url);
    const token = (await tokens?.token()) ?? null;
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    // A client lives for months and its lines for minutes: what is over must not be kept.
    const over = new AbortController();
    const socket = open(target, headers, {
      ...ears,
      closed() {
        over.abort();
        ears.closed();
      },
    });
    closing.signal.addEventListener("abort", () => socket.close(), { signal: over.signal });
    return socket;
  }

  const { socket } = options;
  return {
    base: base.href,
    ...(socket && { listen: async (url, ears) => await listen(socket, url, ears) }),
    get: async (target, how) => dated(await call("GET", target, null, {}, how)),
    send: async (method, target, body, headers = {}) => await call(method, target, body, headers),
    batch: async (bundle) => dated(await call("POST", "", bundle, {})),
    async capabilities() {
      const answer = await call("GET", "metadata", null, {});
      const capabilities = readCapabilities(jsonOf(answer.bytes));
      if (capabilities === null)
        throw notFhir(answer.status, "its /metadata is no FHIR R4 CapabilityStatement");
      return capabilities;
    },
    close: () => closing.abort(),
  };
}

/**
 * The URL of a relative target or an absolute link.
 * SECURITY: only under the base: a `next` link of another origin would carry our token and our questions there.
 */
function withinBase(base: URL, target: string): URL {
  const url = new URL(target, base);
  if (
    url.origin !== base.origin ||
    !url.pathname.startsWith(base.pathname) ||
    url.username !== "" ||
    url.password !== ""
  )
    throw notFhir(0, "it gave a link that leads away from it, which is never followed");
  return url;
}

/** SECURITY: the same host, port and protection as every other request: the token goes nowhere else. */
function socketWithin(base: URL, target: string): URL {
  const url = URL.parse(target);
  const wanted = base.protocol === "https:" ? "wss:" : "ws:";
  if (url?.protocol !== wanted || url.host !== base.host || url.username !== "")
    throw notFhir(0, "it gave a websocket that leads away from it, which is never opened");
  return url;
}

const gunzipped = promisify(gunzip);

/** A good answer as it came; what says why there is none is decompressed, because it is read here. */
async function coded(
  { status, headers, bytes }: HttpAnswer,
  maxBytes: number,
): Promise<{ readonly encoding: "gzip" | null; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "" || bytes.byteLength === 0)
    return { encoding: null, bytes };
  if (encoding !== "gzip" && encoding !== "x-gzip")
    throw notFhir(status, "it compressed its answer in a way that was not asked for");
  if (status >= 200 && status < 300) return { encoding: "gzip", bytes };
  try {
    const plain = await gunzipped(bytes, { maxOutputLength: maxBytes });
    return { encoding: null, bytes: new Uint8Array(plain) };
  } catch {
    throw notFhir(status, "its answer is not compressed as it says");
  }
}

function accepted(answer: HttpAnswer, now: number): HisWritten {
  const { status, headers, bytes } = answer;
  const isJson = JSON_TYPE.test(headers.get("content-type") ?? "");
  if (status < 200 || status >= 300) throw new HisError(refusal(answer, isJson, now));
  if (!isJson && bytes.byteLength > 0)
    throw notFhir(
      status,
      `its answer is not FHIR JSON but ${headers.get("content-type")?.split(";")[0] ?? "of no stated type"}`,
      isPage(headers) ? "proxy" : "not-fhir",
    );
  const date = Date.parse(headers.get("date") ?? "");
  const serverTime = Number.isNaN(date) ? null : new Date(date).toISOString();
  return { status, bytes, serverTime, etag: headers.get("etag") };
}

/** Nothing can be shown without an "as of", and only the HIS's own clock may give it. */
function dated({ serverTime, ...answer }: HisWritten): HisAnswer {
  if (serverTime === null) throw notFhir(answer.status, "its answer carries no Date");
  return { ...answer, serverTime };
}

function refusal({ status, headers, bytes }: HttpAnswer, isJson: boolean, now: number): HisFailure {
  const said = isJson ? outcomeText(jsonOf(bytes)) : null;
  const detail = said ?? `it answered ${status}`;
  // 407 and 511 only ever come from what stands between (RFC 9110 section 15.5.8, RFC 6585 section 6).
  if (status === 407 || status === 511) return { kind: "not-fhir", status, detail, cause: "proxy" };
  if (status === 401 || status === 403) {
    // A page for people, from something that does not even ask for our token: a portal's log-in, not the HIS's word.
    const isPortal = isPage(headers) && !/bearer/iu.test(headers.get("www-authenticate") ?? "");
    return isPortal
      ? { kind: "refused", status, detail, signIn: false, cause: "proxy" }
      : { kind: "refused", status, detail, signIn: status === 401 };
  }
  if (status === 429 || (status >= 502 && status <= 504))
    return {
      kind: "busy",
      status,
      detail,
      retryAfterMs: retryAfterMs(headers.get("retry-after"), now),
    };
  if (status === 412) return { kind: "conflict", status, detail };
  // A portal's or a proxy's "404" page says nothing about the record.
  if (said === null && bytes.byteLength > 0 && !isJson)
    return {
      kind: "not-fhir",
      status,
      detail: `${detail}, and not in FHIR`,
      cause: isPage(headers) ? "proxy" : "not-fhir",
    };
  if (status === 404 || status === 410) return { kind: "gone", status, detail };
  return { kind: "outcome", status, detail };
}

/** HTML: something that speaks to people. */
function isPage(headers: HttpAnswer["headers"]): boolean {
  return /^(?:text\/html|application\/xhtml)/iu.test(headers.get("content-type") ?? "");
}
