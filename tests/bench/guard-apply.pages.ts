import { webcrypto } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import { digestOf, provenanceOf, type SigningTrust } from "../../electron/service/guard/index.ts";
import { signFacts, type FactSigner } from "../../electron/service/vault/index.ts";
import type { FhirResource } from "../../shared/fhir/index.ts";
import { SigningJwk, type FactClaim, type FactClaims } from "../../shared/trust/index.ts";

export const PATIENTS = 500;
/** Facts of a patient, and of a page: all of them change. */
export const EACH = 20;
export const START = Date.UTC(2026, 10, 23, 8);
const SITE = "bench";
const DAY = 86_400_000;

/** A type that the guard looks at, and one of as many words that it does not. */
export type Type = "AllergyIntolerance" | "Condition";

export interface Signer extends FactSigner {
  readonly trust: SigningTrust;
}

/** The HIS's own key, certified to vouch for doctors. */
export async function newSigner(): Promise<Signer> {
  const name = { name: "ECDSA", namedCurve: "P-256" };
  const pair = await webcrypto.subtle.generateKey(name, true, ["sign", "verify"]);
  const jwk = SigningJwk.parse(await webcrypto.subtle.exportKey("jwk", pair.publicKey));
  const kid = await calculateJwkThumbprint(jwk);
  const holder = {
    kind: "service",
    id: "his",
    vouchesFor: ["doctor"],
    types: ["AllergyIntolerance"],
  } as const;
  const key = { kid, jwk, holder, from: START - DAY, until: START + DAY };
  return {
    algorithm: "ES256",
    kid,
    key: pair.privateKey,
    trust: { site: SITE, keys: [key], revoked: [] },
  };
}

/** What vouches for the changes of a page: one signature over each so many facts, as an act changes them; null: nothing. */
export interface Vouching {
  readonly signer: Signer;
  readonly factsEach: number;
}

export const at = (version: number): string => new Date(START + version * 60_000).toISOString();

/** One patient's facts in one version, as the HIS answers a search that asks for the Provenances too. */
export async function pageOf(
  type: Type,
  patient: number,
  version: number,
  vouching: Vouching | null,
): Promise<object> {
  const numbers = Array.from({ length: EACH }, (_, number) => number);
  const entry: object[] = numbers.map((number) => ({
    resource: factOf(type, patient, number, version),
    search: { mode: "match" },
  }));
  for (let from = 0; vouching !== null && from < EACH; from += vouching.factsEach) {
    const act = numbers.slice(from, from + vouching.factsEach);
    const changes = act.map((number) => ({
      before: factOf(type, patient, number, version - 1),
      after: factOf(type, patient, number, version),
    }));
    const resource = await vouched(changes, `p${patient}`, vouching.signer);
    entry.push({ resource, search: { mode: "include" } });
  }
  return { resourceType: "Bundle", type: "searchset", entry };
}

function factOf(type: Type, patient: number, number: number, version: number): FhirResource {
  const subject = { reference: `Patient/p${patient}` };
  const coded = (code: string) => ({ coding: [{ system: "http://hl7.org/x", code }], text: code });
  return {
    resourceType: type,
    id: `p${patient}-a${number}`,
    meta: { versionId: String(version), lastUpdated: at(version) },
    ...(type === "Condition" ? { subject } : { patient: subject }),
    code: {
      coding: [
        { system: "http://www.nlm.nih.gov/research/umls/rxnorm", code: String(7980 + number) },
      ],
      text: `Substance ${number}`,
    },
    clinicalStatus: coded("active"),
    verificationStatus: coded("confirmed"),
    criticality: version === 1 ? "high" : "low",
    recordedDate: "2019-05-01",
    note: [{ text: "Collapsed in theatre, seen by the anaesthetist; adrenaline given twice." }],
    reaction: [{ manifestation: [{ text: "Anaphylaxis" }], severity: "severe" }],
  };
}

interface Changed {
  readonly before: FhirResource;
  readonly after: FhirResource;
}

async function vouched(
  changes: readonly Changed[],
  patient: string,
  signer: Signer,
): Promise<FhirResource> {
  const act = changes.map(({ after }) => after.id).join(".");
  const claims: FactClaims = {
    v: 1,
    site: SITE,
    act,
    at: new Date(Date.parse(at(2)) - 1000).toISOString(),
    author: "dr-amal",
    roles: ["doctor"],
    patient,
    facts: changes.map(({ before, after }): FactClaim => ({
      type: after.resourceType,
      verb: "update",
      id: after.id,
      identifier: null,
      base: "1",
      before: digestOf(before),
      content: digestOf(after),
    })),
  };
  const jws = await signFacts(claims, signer);
  const targets = changes.map(({ after }) => `${after.resourceType}/${after.id}`);
  return provenanceOf({
    id: act.slice(0, 64),
    claims,
    verb: "update",
    targets,
    jws,
    service: "his",
  });
}
