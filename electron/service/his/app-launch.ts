import { createHash } from "node:crypto";
import type { JSONWebKeySet } from "jose";
import { z } from "zod";
import { HisError, isOutage } from "./failure.ts";
import { exchange, jsonOf, notFhir } from "./http.ts";
import type { HttpOptions, RawAnswer } from "./http.ts";
import { IdTokenRefused, NotAPractitioner, verifyIdToken } from "./id-token.ts";
import type { Identity } from "./id-token.ts";
import { listenOnce, NothingCameBack } from "./loopback.ts";
import { plainWords } from "./outcome.ts";
import { readSmartConfiguration, securely, throwIfBusy } from "./smart-configuration.ts";

/** Who sat there, and the HIS's word for it, which the enrolment desk reads too. */
export interface SignedIn extends Identity {
  readonly idToken: string;
}

export type AppLaunchProblem =
  | "sign-in-refused"
  | "sign-in-timeout"
  | "not-a-practitioner"
  | "his-unreachable"
  | "cancelled";

/** A sign-in that named nobody. `detail` is in plain words, for IT; never a code or a token. */
export class AppLaunchFailed extends Error {
  override readonly name = "AppLaunchFailed";
  readonly problem: AppLaunchProblem;
  readonly detail: string;
  constructor(problem: AppLaunchProblem, detail: string) {
    super(`${problem}: ${detail}`);
    this.problem = problem;
    this.detail = detail;
  }
}

export interface AppLaunch {
  /** To be shown in the system browser. */
  readonly url: string;
  /** @throws {@link AppLaunchFailed} */
  readonly result: Promise<SignedIn>;
  cancel(): void;
}

export interface AppLaunchOptions {
  readonly baseUrl: string;
  /** As IT registered this app at the HIS: a public client with the redirect `http://127.0.0.1/amanah/signed-in`. */
  readonly clientId: string;
  /** What the id token is to be bound to. */
  readonly nonce: string;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  readonly random: (bytes: number) => Uint8Array;
  /** How long she has in the browser; 5 minutes. */
  readonly deadlineMs?: number;
}

/** SMART App Launch 2.2: only who she is; no access to records is asked for, because the PC has its own. */
const SCOPE = "openid fhirUser";
const DEADLINE_MS = 5 * 60_000;
const EXCHANGE_MS = 30_000;
const MAX_BYTES = 1024 * 1024;

const Configuration = z.looseObject({
  issuer: z.url(),
  jwks_uri: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  code_challenge_methods_supported: z.array(z.string()),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});
const Granted = z.looseObject({ id_token: z.string().min(1) });
const Denied = z.looseObject({ error: z.string(), error_description: z.string().optional() });
const KeySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

/**
 * Signs a person in at the HIS: SMART App Launch 2.2, standalone, in the system browser (RFC 8252), authorization code
 * with PKCE S256 (RFC 7636), client authentication none. Every token is dropped as soon as her id is known; the id token
 * alone goes on, to the enrolment desk.
 * @throws {@link AppLaunchFailed} when the HIS cannot even be asked.
 */
export async function startAppLaunch(options: AppLaunchOptions): Promise<AppLaunch> {
  const base = new URL(options.baseUrl.endsWith("/") ? options.baseUrl : `${options.baseUrl}/`);
  const http = { fetch: options.fetch, deadlineMs: EXCHANGE_MS, maxBytes: MAX_BYTES };
  const secret = (): string => Buffer.from(options.random(32)).toString("base64url");
  try {
    const his = await readSmartConfiguration(base, Configuration, http, options.now().getTime());
    if (!his.code_challenge_methods_supported.includes("S256"))
      throw notFhir(200, "it offers no PKCE S256");
    const [state, verifier] = [secret(), secret()];
    const loopback = await listenOnce({ state, deadlineMs: options.deadlineMs ?? DEADLINE_MS });
    const url = securely(base, his.authorization_endpoint);
    for (const [name, value] of Object.entries({
      response_type: "code",
      client_id: options.clientId,
      redirect_uri: loopback.redirectUri,
      scope: SCOPE,
      state,
      nonce: options.nonce,
      aud: base.href.replace(/\/$/u, ""),
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      // SECURITY: the browser of a ward PC may remember a colleague's sign-in; she signs in herself.
      prompt: "login",
    }))
      url.searchParams.set(name, value);
    const work = { options, base, http, his, verifier, redirectUri: loopback.redirectUri };
    const result = loopback.answer.then((answer) => finish(work, answer)).catch(toFailure);
    result.catch(() => undefined);
    return { url: url.href, result, cancel: loopback.close };
  } catch (error) {
    return toFailure(error);
  }
}

interface Work {
  readonly options: AppLaunchOptions;
  readonly base: URL;
  readonly http: HttpOptions;
  readonly his: z.infer<typeof Configuration>;
  readonly verifier: string;
  readonly redirectUri: string;
}

async function finish(work: Work, answer: URLSearchParams): Promise<SignedIn> {
  const { options, base, http, his } = work;
  const said = answer.get("iss");
  // SECURITY: an answer of another server (mix-up) is not exchanged (RFC 9207, RFC 9700 section 2.1).
  const named = said !== null || his.authorization_response_iss_parameter_supported === true;
  if (named && said !== his.issuer)
    throw new AppLaunchFailed("sign-in-refused", "the answer is not of this HIS");
  const code = answer.get("code");
  if (code === null)
    throw denied(answer.get("error") ?? "no code", answer.get("error_description"));
  const granted = await exchangeCode(work, code);
  const jwks = await keysOf(securely(base, his.jwks_uri), http, options.now().getTime());
  const identity = await verifyIdToken(granted.idToken, {
    jwks,
    issuer: his.issuer,
    clientId: options.clientId,
    nonce: options.nonce,
    base: base.href,
    now: granted.at ?? options.now(),
  });
  return { ...identity, idToken: granted.idToken };
}

async function exchangeCode(
  { options, base, http, his, verifier, redirectUri }: Work,
  code: string,
): Promise<{ idToken: string; at: Date | null }> {
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    client_id: options.clientId,
    code_verifier: verifier,
  });
  const answer = await exchange(
    securely(base, his.token_endpoint),
    {
      method: "POST",
      body: body.toString(),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
    },
    http,
  );
  throwIfBusy(answer.status, answer.headers, options.now().getTime());
  const said = jsonOf(answer.bytes);
  const granted = Granted.safeParse(said);
  if (answer.status !== 200 || !granted.success) {
    const refused = Denied.safeParse(said);
    throw refused.success
      ? denied(refused.data.error, refused.data.error_description)
      : notFhir(answer.status, "its sign-in answered with something that is no id token");
  }
  return { idToken: granted.data.id_token, at: dateOf(answer) };
}

async function keysOf(url: URL, http: HttpOptions, now: number): Promise<JSONWebKeySet> {
  const answer = await exchange(url, { headers: { accept: "application/json" } }, http);
  throwIfBusy(answer.status, answer.headers, now);
  const parsed = KeySet.safeParse(jsonOf(answer.bytes));
  if (answer.status !== 200 || !parsed.success)
    throw notFhir(answer.status, "the keys of its sign-in cannot be read");
  return parsed.data;
}

function dateOf({ headers }: RawAnswer): Date | null {
  const at = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(at) ? null : new Date(at);
}

function denied(error: string, description?: string | null): AppLaunchFailed {
  const said = [error, description].filter(Boolean).join(": ");
  // She pressed "cancel" at the HIS's own page (RFC 6749 section 4.1.2.1), or the HIS said no.
  return new AppLaunchFailed("sign-in-refused", plainWords(said));
}

function toFailure(error: unknown): never {
  if (error instanceof AppLaunchFailed) throw error;
  if (error instanceof NothingCameBack)
    throw error.why === "timeout"
      ? new AppLaunchFailed("sign-in-timeout", "nobody signed in in time")
      : new AppLaunchFailed("cancelled", "cancelled at this PC");
  if (error instanceof NotAPractitioner)
    throw new AppLaunchFailed("not-a-practitioner", error.message);
  if (error instanceof IdTokenRefused)
    throw new AppLaunchFailed("sign-in-refused", `the HIS's id token: ${error.message}`);
  if (error instanceof HisError)
    throw new AppLaunchFailed(
      isOutage(error.failure) ? "his-unreachable" : "sign-in-refused",
      error.failure.detail,
    );
  throw error;
}
