import { SignJWT } from "jose";
import { z } from "zod";
import type { WorkstationKey } from "../vault/index.ts";
import { HisError } from "./failure.ts";
import { exchange, jsonOf, notFhir } from "./http.ts";
import type { HttpOptions } from "./http.ts";
import { plainWords } from "./outcome.ts";
import { readSmartConfiguration, securely, throwIfBusy } from "./smart-configuration.ts";

/** A key the HIS may know this workstation by. `thumbprint` (RFC 7638) is its `kid` there. */
export type SignInKey = Pick<WorkstationKey, "algorithm" | "privateKey" | "thumbprint">;

/** How the workstation proves itself: SMART Backend Services, `private_key_jwt` with ES384 or RS384. */
export interface SignIn {
  readonly clientId: string;
  /**
   * Asked at each sign-in. The first that the HIS accepts is used: after a kill in the middle of a rotation it may know
   * only the next one any more (`key-rotation.ts`).
   */
  readonly keys: () => readonly [SignInKey, ...SignInKey[]];
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
    const found = await readSmartConfiguration(base, Configuration, http, now());
    return securely(base, found.token_endpoint);
  }

  async function fetchToken(): Promise<string> {
    const [first, ...others] = signIn.keys();
    try {
      return await fetchTokenWith(first);
    } catch (error) {
      if (!(error instanceof HisError) || error.failure.kind !== "refused") throw error;
      for (const key of others) {
        const token = await fetchTokenWith(key).catch(() => null);
        if (token !== null) return token;
      }
      throw error;
    }
  }

  async function fetchTokenWith(key: SignInKey): Promise<string> {
    tokenUrl ??= await discover();
    const seconds = Math.floor(now() / 1000);
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: key.algorithm, typ: "JWT", kid: key.thumbprint })
      .setIssuer(signIn.clientId)
      .setSubject(signIn.clientId)
      .setAudience(tokenUrl.href)
      .setJti(options.random())
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + ASSERTION_SECONDS)
      .sign(key.privateKey);
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
