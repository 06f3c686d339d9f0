import { createHash, randomBytes, webcrypto } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { calculateJwkThumbprint } from "jose";
import {
  digestOf,
  provenanceOf,
  readFact,
  type SigningTrust,
} from "../../electron/service/guard/index.ts";
import { openChart, openJournal } from "../../electron/service/store/index.ts";
import { createApply } from "../../electron/service/sync/apply.ts";
import {
  createPageSealer,
  INBOX_INFO,
  inboxBinding,
  sealingKeyOf,
  signFacts,
  type FactSigner,
} from "../../electron/service/vault/index.ts";
import type { FhirResource } from "../../shared/fhir/index.ts";
import { SigningJwk } from "../../shared/trust/index.ts";

const PATIENTS = 500;
const EACH = 20;
const RUNS = 3;
const SITE = "bench";
const BASE = "http://his.bench/fhir/";
const START = Date.UTC(2026, 10, 23, 8);
const DAY = 86_400_000;

type Type = "AllergyIntolerance" | "Condition";

/**
 * Verifying and applying 10,000 signed versions, each a change of a fact that is held, over applying 10,000 changes of as many
 * words that nothing guards and nothing vouches for. Both through sealed pages into both encrypted files.
 */
export async function benchGuardApply(): Promise<Record<string, number>> {
  const guarded: number[] = [];
  const plain: number[] = [];
  const signer = await newSigner();
  for (let run = 0; run < RUNS; run += 1) {
    plain.push(await applied("Condition", null));
    guarded.push(await applied("AllergyIntolerance", signer));
  }
  const [least, most] = [Math.min(...plain), Math.min(...guarded)];
  return {
    "guard.applyRatio": most / least,
    "guard.appliedPerSecond": (PATIENTS * EACH * 1000) / most,
    "guard.unguardedPerSecond": (PATIENTS * EACH * 1000) / least,
  };
}

interface Signer extends FactSigner {
  readonly trust: SigningTrust;
}

async function newSigner(): Promise<Signer> {
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
  return { algorithm: "ES256", kid, key: pair.privateKey, trust: { site: SITE, keys: [key] } };
}

/** Milliseconds for all second versions. */
async function applied(type: Type, signer: Signer | null): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "bench-guard-"));
  const key = (): Uint8Array => Uint8Array.from(randomBytes(32));
  const keys = { chart: key(), inbox: key(), ledger: key(), drafts: key() };
  const chain = (previous: string, seq: number, body: string): string =>
    createHash("sha256").update(`${previous}|${seq}|${body}`).digest("hex");
  const journal = openJournal({
    file: join(folder, "journal.db"),
    key: key(),
    create: true,
    chain,
  });
  const chart = openChart({
    file: join(folder, "chart.db"),
    key: keys.chart,
    create: true,
    card: () => null,
  });
  const apply = createApply({
    chart,
    journal,
    inboxKey: keys.inbox,
    ledgerKey: keys.ledger,
    base: BASE,
    now: () => START + 3 * 60_000,
    tick: () => 0,
    pause: async () => {},
  });
  if (signer !== null) apply.useSigningKeys(signer.trust);
  const sealer = createPageSealer(sealingKeyOf(keys), INBOX_INFO, () => 0);
  try {
    for (const version of [1, 2])
      for (let patient = 0; patient < PATIENTS; patient += 1) {
        const place = { kind: "backfill", type, patient: `p${patient}` } as const;
        const bundle = await pageOf(type, patient, version, signer);
        const bytes = deflateRawSync(Buffer.from(JSON.stringify(bundle)), { level: 1 });
        const { kind, patient: whose } = place;
        const sealed = await sealer.seal(inboxBinding(kind, type, whose), bytes);
        const page = { ...place, last: true, asOf: at(version), resources: EACH, sealed };
        if (version === 2 && patient === 0) await apply.applyInbox(1);
        journal.receive({ page });
      }
    const from = performance.now();
    const done = await apply.applyInbox(1);
    const millis = performance.now() - from;
    if (done.resources !== PATIENTS * EACH) throw new Error("not everything was applied");
    if (signer !== null) requireVerified(journal.ledger([{ type, id: "p7-a3" }])[0], keys.ledger);
    return millis;
  } finally {
    chart.close();
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function requireVerified(row: Parameters<typeof readFact>[1] | undefined, key: Uint8Array): void {
  const fact = row === undefined ? null : readFact(key, row);
  if (fact?.verdict !== "apply-verified" || fact.resource["criticality"] !== "low")
    throw new Error("what was signed was not verified");
}

const at = (version: number): string => new Date(START + version * 60_000).toISOString();

async function pageOf(
  type: Type,
  patient: number,
  version: number,
  signer: Signer | null,
): Promise<object> {
  const entry: object[] = [];
  for (let number = 0; number < EACH; number += 1) {
    const resource = factOf(type, patient, number, version);
    entry.push({ resource, search: { mode: "match" } });
    if (signer === null || version === 1) continue;
    const before = factOf(type, patient, number, version - 1);
    const provenance = await vouched(before, resource, `p${patient}`, signer);
    entry.push({ resource: provenance, search: { mode: "include" } });
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
    ...(type === "AllergyIntolerance" && {
      reaction: [{ manifestation: [{ text: "Anaphylaxis" }], severity: "severe" }],
    }),
  };
}

async function vouched(
  before: FhirResource,
  after: FhirResource,
  patient: string,
  signer: Signer,
): Promise<FhirResource> {
  const claims = {
    v: 1 as const,
    site: SITE,
    act: after.id,
    at: new Date(Date.parse(at(2)) - 1000).toISOString(),
    author: "dr-amal",
    roles: ["doctor" as const],
    patient,
    facts: [
      {
        type: after.resourceType,
        verb: "update" as const,
        id: after.id,
        identifier: null,
        base: "1",
        before: digestOf(before),
        content: digestOf(after),
      },
    ],
  };
  const jws = await signFacts(claims, signer);
  const targets = [`${after.resourceType}/${after.id}`];
  return provenanceOf({ id: after.id, claims, verb: "update", targets, jws, service: "his" });
}
