import { generateKeyPairSync, randomUUID, webcrypto } from "node:crypto";
import { SignJWT, decodeJwt, exportJWK } from "jose";
import { WorkstationPublicKey } from "../../shared/trust/index.ts";
import { thumbprintOf } from "../control/desk.ts";
import type { His } from "./his-types.ts";

export { QUICK_KDF } from "./his.ts";

export interface AssertionChange {
  readonly audience?: string;
  readonly jti?: string;
  readonly seconds?: number;
  readonly subject?: string;
  readonly key?: webcrypto.CryptoKey;
  readonly algorithm?: string;
}

/** A bare workstation for tests: joins, signs in and speaks FHIR; none of the app's own code. */
export interface TestWorkstation {
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicKey: WorkstationPublicKey;
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string;
  readonly joinStatement: unknown;
  assertion(change?: AssertionChange): Promise<string>;
  /** Asks for a token with an assertion; gives the raw answer. */
  token(assertion: string, scope?: string): Promise<Response>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  json(
    path: string,
    init?: RequestInit,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
}

const KEYS = {
  ES384: { name: "ECDSA", namedCurve: "P-384" },
  RS384: {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-384",
    modulusLength: 3072,
    publicExponent: Uint8Array.of(1, 0, 1),
  },
} as const;

export async function joinWorkstation(
  his: His,
  workstation = "test-pc",
  algorithm: keyof typeof KEYS = "ES384",
): Promise<TestWorkstation> {
  const pair = await webcrypto.subtle.generateKey(KEYS[algorithm], true, ["sign", "verify"]);
  const box = generateKeyPairSync("x25519").publicKey.export({ format: "jwk" });
  const publicKey = WorkstationPublicKey.parse(await exportJWK(pair.publicKey));
  const kid = await thumbprintOf(publicKey);
  const joined = await fetch(his.joinUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      code: his.newJoinCode(workstation),
      workstation,
      key: publicKey,
      box: box.x,
    }),
  });
  const { statement } = (await joined.json()) as { statement: string };

  const assertion: TestWorkstation["assertion"] = (change = {}) =>
    new SignJWT({})
      .setProtectedHeader({ alg: change.algorithm ?? algorithm, typ: "JWT", kid })
      .setIssuer(change.subject ?? workstation)
      .setSubject(change.subject ?? workstation)
      .setAudience(change.audience ?? his.tokenUrl)
      .setJti(change.jti ?? randomUUID())
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + (change.seconds ?? 240))
      .sign(change.key ?? pair.privateKey);
  const token: TestWorkstation["token"] = (signed, scope = "system/*.cruds") =>
    fetch(his.tokenUrl, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        scope,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: signed,
      }),
    });
  const answer = await token(await assertion());
  if (answer.status !== 200) throw new Error(`No token: ${await answer.text()}`);
  const { access_token: bearer } = (await answer.json()) as { access_token: string };
  const ask: TestWorkstation["fetch"] = (path, init = {}) =>
    fetch(path.startsWith("http") ? path : `${his.baseUrl}/${path}`, {
      ...init,
      headers: {
        "content-type": "application/fhir+json",
        ...Object.fromEntries(new Headers(init.headers)),
        authorization: `Bearer ${bearer}`,
      },
    });
  return {
    privateKey: pair.privateKey,
    publicKey,
    kid,
    joinStatement: decodeJwt(statement),
    assertion,
    token,
    fetch: ask,
    async json(path, init) {
      const reply = await ask(path, init);
      const text = await reply.text();
      return {
        status: reply.status,
        body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
      };
    },
  };
}
