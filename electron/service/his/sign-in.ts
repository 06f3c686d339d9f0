import { SignJWT } from "jose";
import type { webcrypto } from "node:crypto";
import { z } from "zod";
import { HisError } from "./failure.ts";
import { exchange, notFhir } from "./http.ts";
import type { HttpOptions } from "./http.ts";
import { plainWords } from "./outcome.ts";
import { retryAfterMs } from "./retry-after.ts";

/** How the workstation proves itself: SMART Backend Services, `private_key_jwt` with ES384. */
export interface SignIn {
  readonly clientId: string;
  readonly privateKey: webcrypto.CryptoKey;
  /** The key's id at the HIS: its RFC 7638 thumbprint. */
  readonly kid: string;
  readonly scope: string;
}

export interface TokenSource {
  /** A token good for at least {@link MARGIN_MS}; one request however many ask. */
  token(): Promise<string>;
  /** The HIS did not accept it: the next `token()` fetches anew. */
  drop(token: string): void;
}

const Configuration = z.looseObject({ token_endpoint: z.url() });
const Granted = z.looseObject({
  access_token: z.string().min(1),
  token_type: z.string(),
  expires_in: z.number().positive().optional(),
});
const Denied = z.looseObject({ error: z.string(), error_description: z.string().optional() });

/** Renewed this long before it expires. */
export const MARGIN_MS = 20_000;
/** SMART Backend Services: the assertion lives at most 5 minutes. */
const ASSERTION_SECONDS = 240;
/** Where the server does not say: SMART recommends at most 300 s. */
const DEFAULT_LIFETIME_SECONDS = 300;

/** Fetches and keeps the access token, in memory only. Source: SMART App Launch 2.2, "Backend Services". */
export function createTokenSource(options: {
  readonly base: URL;
  readonly signIn: SignIn;
  readonly http: HttpOptions;
  readonly now: () => number;
  readonly random: () => string;
}): TokenSource {
  const { base, signIn, http, now } = options;
  let tokenUrl: URL | null = null;
  let held: { token: string; until: number } | null = null;
  let pending: Promise<string> | null = null;

  async function discover(): Promise<URL> {
    const url = new URL(".well-known/smart-configuration", base);
    const answer = await exchange(url, { headers: { accept: "application/json" } }, http);
    throwIfBusy(answer.status, answer.headers, now());
    const parsed = Configuration.safeParse(jsonOf(answer.bytes));
    if (answer.status !== 200 || !parsed.success)
      throw notFhir(
        answer.status,
        "no readable SMART configuration at .well-known/smart-configuration",
      );
    const found = new URL(parsed.data.token_endpoint);
    // SECURITY: never sign in over a weaker channel than the records travel on.
    if (base.protocol === "https:" && found.protocol !== "https:")
      throw notFhir(answer.status, "its SMART configuration names a token address without TLS");
    return found;
  }

  async function fetchToken(): Promise<string> {
    tokenUrl ??= await discover();
    const seconds = Math.floor(now() / 1000);
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: "ES384", typ: "JWT", kid: signIn.kid })
      .setIssuer(signIn.clientId)
      .setSubject(signIn.clientId)
      .setAudience(tokenUrl.href)
      .setJti(options.random())
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + ASSERTION_SECONDS)
      .sign(signIn.privateKey);
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      scope: signIn.scope,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: assertion,
    });
    const answer = await exchange(
      tokenUrl,
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
    throwIfBusy(answer.status, answer.headers, now());
    const said = jsonOf(answer.bytes);
    const granted = Granted.safeParse(said);
    if (
      answer.status === 200 &&
      granted.success &&
      granted.data.token_type.toLowerCase() === "bearer"
    ) {
      const lifetime = (granted.data.expires_in ?? DEFAULT_LIFETIME_SECONDS) * 1000;
      held = {
        token: granted.data.access_token,
        until: now() + lifetime - Math.min(MARGIN_MS, lifetime / 2),
      };
      return held.token;
    }
    // The address may have moved: look again next time.
    tokenUrl = null;
    const denied = Denied.safeParse(said);
    if (denied.success && answer.status >= 400 && answer.status < 500)
      throw new HisError({
        kind: "refused",
        status: answer.status,
        signIn: true,
        detail: plainWords(
          [denied.data.error, denied.data.error_description].filter(Boolean).join(": "),
        ),
      });
    throw notFhir(answer.status, "its sign-in answered with something that is no token");
  }

  return {
    async token() {
      if (held !== null && now() < held.until) return held.token;
      pending ??= fetchToken().finally(() => {
        pending = null;
      });
      return await pending;
    },
    drop(token) {
      if (held?.token === token) held = null;
    },
  };
}

function throwIfBusy(status: number, headers: Headers, now: number): void {
  if (status === 429 || (status >= 500 && status <= 504))
    throw new HisError({
      kind: "busy",
      status,
      retryAfterMs: retryAfterMs(headers.get("retry-after"), now),
      detail: `its sign-in answered ${status}`,
    });
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
