import { webcrypto } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import { SigningJwk } from "../../../../shared/trust/index.ts";
import type { FactClaim, FactClaims } from "../../../../shared/trust/index.ts";
import type { FhirResource } from "../../../../shared/fhir/index.ts";
import { signFacts } from "../../vault/index.ts";
import type { FactSigner, KeyHolder, SigningKey } from "../../vault/index.ts";
import { NOW } from "../testing.ts";
import { digestOf } from "./digest.ts";

export const SITE = "north";
const DAY_MS = 86_400_000;

/** Somebody with a key that the control key has certified. */
export interface TestSigner extends FactSigner {
  readonly certified: SigningKey;
}

export async function testSigner(
  holder: KeyHolder,
  change: Partial<Pick<SigningKey, "from" | "until">> = {},
  algorithm: FactSigner["algorithm"] = "ES256",
): Promise<TestSigner> {
  const name = algorithm === "ES256" ? { name: "ECDSA", namedCurve: "P-256" } : { name: "Ed25519" };
  const pair = (await webcrypto.subtle.generateKey(name, true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
  const jwk = SigningJwk.parse(await webcrypto.subtle.exportKey("jwk", pair.publicKey));
  const kid = await calculateJwkThumbprint(jwk);
  const certified = { kid, jwk, holder, from: NOW - DAY_MS, until: NOW + DAY_MS, ...change };
  return { algorithm, kid, key: pair.privateKey, certified };
}

/** What a good signer binds of a change. */
export function claimsOf(
  before: FhirResource | null,
  after: FhirResource | null,
  change: { readonly author: string; readonly at?: string } & Partial<Omit<FactClaims, "facts">>,
): FactClaims {
  const said = after ?? before;
  if (said === null) throw new Error("a change is of something");
  const fact: FactClaim = {
    type: said.resourceType,
    verb: after === null ? "delete" : before === null ? "create" : "update",
    id: said.id,
    identifier: null,
    base: before?.meta?.versionId ?? null,
    before: before === null ? null : digestOf(before),
    content: after === null ? null : digestOf(after),
  };
  return {
    v: 1,
    site: SITE,
    act: "7d3c1f0e-5b7a-4c22-9a51-0f6f3f0f6a01",
    at: new Date(NOW).toISOString(),
    roles: [],
    patient: "p1",
    ...change,
    facts: [fact],
  };
}

export async function signedFacts(claims: FactClaims, by: FactSigner): Promise<string> {
  return await signFacts(claims, by);
}
