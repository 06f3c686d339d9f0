import { randomUUID, webcrypto } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { calculateJwkThumbprint } from "jose";
import { digestOf, provenanceOf } from "../../electron/service/guard/index.ts";
import { signFacts, type FactSigner } from "../../electron/service/vault/index.ts";
import { GUARDED_TYPES, type FhirResource } from "../../shared/fhir/index.ts";
import { SigningJwk } from "../../shared/trust/index.ts";
import type { AuthorRole, FactClaims, SigningKeys } from "../../shared/trust/index.ts";
import { patientOf } from "./search-index.ts";
import type { ResourceFile, Stored, Writer } from "./resource-file.ts";

/**
 * How the demo HIS signs what its users change, as a good HIS would. For tests:
 *
 * * **A correctly signed change**: `his.chart({ by: "doctor-layla", change: { ...allergy, criticality: "low" } })`, or
 *   `change: { type: "AllergyIntolerance", id }` to delete. The version and its Provenance are one transaction.
 * * **The same unsigned**: `his.chart({ …, signed: false })`, or the switch `unsigned` for all of them. `his.put`,
 *   `his.remove` and `his.changeAllergy` write beneath the API and never sign.
 * * **A forged one**: `his.chart({ …, forge: { signer } })` with a key of `makeSigner()`; `forge.claims` changes what is
 *   signed (another patient, an older time, another version), `forge.jws` the finished signature, `forge.provenance` the
 *   resource. A transplant: take `signature` of one change's answer and give it as `forge.jws` to another.
 * * **A signature that comes late, or none**: `signed: "later"` answers the Provenance, which `his.put` then stores.
 * * **Keys**: `his.signer` is the HIS's own; `his.certify(keys)` certifies others (the rotation, a narrow interface, Ed25519),
 *   `his.revokeSigner(from)` revokes the HIS's. A clinician's own key is on the roster; `his.issue("revocation", …)` ends it.
 */
export interface SignedChange {
  /** Logical id of the Practitioner who did it, and as whom the HIS says she did. */
  readonly by: string;
  readonly roles?: readonly AuthorRole[];
  /** What it says now, or what is deleted. */
  readonly change: Stored | { readonly type: string; readonly id: string };
  /** By default as the switch `unsigned` says. */
  readonly signed?: boolean | "later";
  readonly forge?: {
    readonly signer?: FactSigner;
    readonly claims?: (claims: FactClaims) => FactClaims;
    readonly jws?: string;
    readonly provenance?: (provenance: FhirResource) => FhirResource;
  };
}

export interface ChartedChange {
  readonly version: number;
  /** Null: unsigned. */
  readonly provenance: Stored | null;
  readonly signature: string | null;
}

export const HIS_SERVICE = "his";
const DAY_MS = 86_400_000;
const ALGORITHMS = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  EdDSA: { name: "Ed25519" },
} as const;

/** A signing key of nobody in particular, until somebody certifies it. */
export async function makeSigner(
  algorithm: FactSigner["algorithm"] = "ES256",
): Promise<FactSigner & { readonly jwk: SigningJwk; readonly privateJwk: webcrypto.JsonWebKey }> {
  const pair = (await webcrypto.subtle.generateKey(ALGORITHMS[algorithm], true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
  const jwk = SigningJwk.parse(await webcrypto.subtle.exportKey("jwk", pair.publicKey));
  const privateJwk = await webcrypto.subtle.exportKey("jwk", pair.privateKey);
  return {
    algorithm,
    jwk,
    privateJwk,
    kid: await calculateJwkThumbprint(jwk),
    key: pair.privateKey,
  };
}

export type HisSigner = FactSigner & { readonly jwk: SigningJwk };

/** The HIS's own key, made at the first start and kept beside its file, readable by its account alone. */
export async function openHisSigner(path: string): Promise<HisSigner> {
  if (!existsSync(path)) {
    const { privateJwk } = await makeSigner();
    writeFileSync(path, JSON.stringify(privateJwk), { mode: 0o600 });
    chmodSync(path, 0o600);
  }
  const held = JSON.parse(readFileSync(path, "utf8")) as webcrypto.JsonWebKey;
  const jwk = SigningJwk.parse(held);
  const key = await webcrypto.subtle.importKey("jwk", held, ALGORITHMS.ES256, false, ["sign"]);
  return { algorithm: "ES256", jwk, kid: await calculateJwkThumbprint(jwk), key };
}

/** What the control key says of the HIS's key: it may vouch for everybody, about every safety-critical type. */
export function hisKeys(jwk: SigningJwk, now: number, revokedFrom: Date | null): SigningKeys {
  return {
    service: HIS_SERVICE,
    vouchesFor: ["nurse", "doctor", "pharmacist", "clerk"],
    types: [...GUARDED_TYPES],
    keys: [
      {
        jwk,
        validFrom: new Date(now - DAY_MS).toISOString(),
        validTo: new Date(now + 365 * DAY_MS).toISOString(),
        revokedFrom: revokedFrom?.toISOString() ?? null,
      },
    ],
  };
}

/** Somebody changes a safety-critical fact at the HIS: the version, and the Provenance that vouches for it. */
export async function chartChange(
  file: ResourceFile,
  house: { readonly site: string; readonly signer: FactSigner; readonly now: () => number },
  input: SignedChange & { readonly signed: boolean | "later" },
): Promise<ChartedChange> {
  return file.exclusively(async (writer) => {
    const { change } = input;
    const isGone = !("resourceType" in change);
    const name = isGone ? change : { type: change.resourceType, id: change.id };
    const provenance = input.signed === false ? null : await vouch(writer, house, input);
    if (isGone) writer.remove(name.type, name.id);
    else writer.put(change, "PUT");
    if (provenance !== null && input.signed === true) writer.put(provenance.resource, "PUT");
    return {
      version: writer.current(name.type, name.id)?.version ?? 0,
      provenance: provenance?.resource ?? null,
      signature: provenance?.jws ?? null,
    };
  });
}

async function vouch(
  writer: Writer,
  house: { readonly site: string; readonly signer: FactSigner; readonly now: () => number },
  { by, roles, change, forge = {} }: SignedChange,
): Promise<{ readonly resource: Stored; readonly jws: string }> {
  const isGone = !("resourceType" in change);
  const type = isGone ? change.type : change.resourceType;
  const held = writer.current(type, change.id);
  const before = held?.json == null ? null : (JSON.parse(held.json) as Stored);
  const said = isGone ? before : change;
  const patient = said === null ? null : type === "Patient" ? said.id : patientOf(said);
  if (patient === null) throw new Error(`${type}/${change.id} is nobody's`);
  const verb = isGone ? "delete" : before === null ? "create" : "update";
  const claims: FactClaims = {
    v: 1,
    site: house.site,
    act: randomUUID(),
    at: new Date(house.now()).toISOString(),
    author: by,
    roles: [...(roles ?? ["doctor"])],
    patient,
    facts: [
      {
        type,
        verb,
        id: change.id,
        identifier: null,
        base: before === null ? null : String(held?.version),
        before: before === null ? null : digestOf(before),
        content: isGone ? null : digestOf(change),
      },
    ],
  };
  const wanted = forge.claims?.(claims) ?? claims;
  const jws = forge.jws ?? (await signFacts(wanted, forge.signer ?? house.signer));
  const resource = provenanceOf({
    id: randomUUID(),
    claims,
    verb,
    targets: [`${type}/${change.id}`],
    jws,
    service: HIS_SERVICE,
  });
  const { meta: _meta, ...stored } = forge.provenance?.(resource) ?? resource;
  return { resource: stored, jws };
}
