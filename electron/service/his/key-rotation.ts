import { CompactSign } from "jose";
import { z } from "zod";
import { KEY_ROTATION_TYP, KeyRotationRequest } from "../../../shared/trust/index.ts";
import { adoptNextWorkstationKey, nextWorkstationKey, readWorkstationKey } from "../vault/index.ts";
import type { Keychain, WorkstationAlgorithm, WorkstationKey } from "../vault/index.ts";
import { HisError } from "./failure.ts";
import { exchange, jsonOf, notFhir } from "./http.ts";
import type { HttpOptions } from "./http.ts";
import { createTokenSource } from "./sign-in.ts";
import type { SignInKey } from "./sign-in.ts";
import { throwIfBusy } from "./smart-configuration.ts";

export interface KeyRotationOptions {
  readonly keychain: Keychain;
  /** The key in use. */
  readonly current: WorkstationKey;
  readonly algorithm: WorkstationAlgorithm;
  readonly site: string;
  readonly workstation: string;
  /** FHIR base of the HIS. */
  readonly baseUrl: string;
  /** Policy's join address; the desk takes keys at `rotate-key` beside it. */
  readonly joinUrl: string;
  readonly scope: string;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  readonly random: () => string;
}

const DEADLINE_MS = 30_000;
const MAX_BYTES = 64 * 1024;

const Registered = z.looseObject({ state: z.literal("registered") });
const Denied = z.looseObject({ error: z.string() });

/** Whether a rotation was begun and not ended: a next key waits in the keychain. */
export async function rotationUnderWay(keychain: Keychain): Promise<WorkstationKey | null> {
  return await readWorkstationKey(keychain, "workstation-key-next");
}

/**
 * Gives this PC a new signing key: made beside the one in use, said to the desk under the one in use, tried at the HIS,
 * and only then put in its place. A kill or an outage anywhere leaves a key that signs in; calling it again goes on where
 * it stopped. Until it ends, sign in with both (`SignIn.keys`): once the HIS has seen the next one it knows no other.
 * @returns the key now in use
 * @throws {@link HisError}, KeychainError; both keys are kept then
 */
export async function rotateWorkstationKey(options: KeyRotationOptions): Promise<WorkstationKey> {
  const { keychain, current } = options;
  const left = await rotationUnderWay(keychain);
  const next =
    left !== null && (left.thumbprint === current.thumbprint || (await signsIn(left, options)))
      ? left
      : await registered(await nextWorkstationKey(keychain, options.algorithm), options);
  // The HIS may have taken the next key and forgotten the old one: from here on there is no way back, only forward.
  if (next !== left && !(await signsIn(next, options)))
    throw new HisError({
      kind: "refused",
      status: 401,
      signIn: true,
      detail: "it does not take the key that was registered for this workstation",
    });
  return await adoptNextWorkstationKey(keychain);
}

/** @returns whether the HIS gives a token for this key; the token is dropped. @throws HisError when it cannot be asked */
async function signsIn(key: SignInKey, options: KeyRotationOptions): Promise<boolean> {
  const { baseUrl, workstation, scope, now, random } = options;
  const tokens = createTokenSource({
    base: new URL(baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`),
    signIn: { clientId: workstation, keys: () => [key], scope },
    http: httpOf(options),
    now,
    random,
  });
  try {
    await tokens.token();
    return true;
  } catch (error) {
    if (error instanceof HisError && error.failure.kind === "refused") return false;
    throw error;
  }
}

async function registered(
  next: WorkstationKey,
  options: KeyRotationOptions,
): Promise<WorkstationKey> {
  const { current, now } = options;
  const said = KeyRotationRequest.parse({
    v: 1,
    site: options.site,
    workstation: options.workstation,
    at: new Date(now()).toISOString(),
    key: next.publicJwk,
  });
  const request = await new CompactSign(new TextEncoder().encode(JSON.stringify(said)))
    .setProtectedHeader({ alg: current.algorithm, typ: KEY_ROTATION_TYP, kid: current.thumbprint })
    .sign(current.privateKey);
  const answer = await exchange(
    new URL("rotate-key", options.joinUrl),
    {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ request }),
    },
    httpOf(options),
  );
  throwIfBusy(answer.status, answer.headers, now());
  const body = jsonOf(answer.bytes);
  if (answer.status === 200 && Registered.safeParse(body).success) return next;
  const denied = Denied.safeParse(body);
  if (!denied.success) throw notFhir(answer.status, "the desk's answer to a new key is unreadable");
  throw new HisError({
    kind: "refused",
    status: answer.status,
    signIn: true,
    detail: denied.data.error,
  });
}

function httpOf({ fetch }: KeyRotationOptions): HttpOptions {
  return { fetch, deadlineMs: DEADLINE_MS, maxBytes: MAX_BYTES };
}
