import { webcrypto } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import {
  createProver,
  decide,
  digestOf,
  factAfter,
  firstSeen,
  signatureOf,
  type AcceptedFact,
  type IncomingFact,
  type Proof,
} from "../../electron/service/guard/index.ts";
import { signFacts } from "../../electron/service/vault/index.ts";
import { FhirResource } from "../../shared/fhir/index.ts";
import { SigningJwk, type AuthorRole } from "../../shared/trust/index.ts";
import { makeHospital, makeWards } from "../../tools/his/index.ts";
import { seeded, type Random } from "../../tools/his/ward/random.ts";

const BEDS = 28;
const CHANGES = 3_000;
const SITE = "bench";
const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 23, 8);

/**
 * What a day of rightful changes costs a ward in holds, per 1,000 changes of safety-critical facts at the HIS: with a HIS
 * that signs them, and with one that does not. Played on the demo ward's own facts, through the gate, signatures and all.
 * ASSUMED, by nobody's statistics: how often each kind of change is made ({@link MIX}); the kinds are those of a ward round.
 */
export async function benchGuardHolds(): Promise<Record<string, number>> {
  const unsigned = await playDay(false);
  const signed = await playDay(true);
  return {
    "guard.holdsPerThousandUnsigned": unsigned.holds,
    "guard.holdsPerThousandSigned": signed.holds,
    "guard.holdsPerThousandUnsignedAllergies": unsigned.ofAllergies,
    "guard.dayChanges": CHANGES,
  };
}

type Change = (fact: FhirResource, random: Random) => Record<string, unknown> | null;

interface Kind {
  readonly type: string;
  /** Of 1,000 changes. */
  readonly share: number;
  readonly by: AuthorRole;
  /** Null: the record is deleted. */
  readonly change: Change;
}

const status = (list: string, code: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/allergyintolerance-${list}`, code }],
});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Orders change all day; allergies and names seldom, and mostly by being completed. */
const MIX: readonly Kind[] = [
  { type: "MedicationRequest", share: 330, by: "doctor", change: () => ({ status: "stopped" }) },
  {
    type: "MedicationRequest",
    share: 420,
    by: "doctor",
    change: (_order, random) => ({ dosageInstruction: [{ text: `${random.int(1, 9)} mg` }] }),
  },
  {
    type: "AllergyIntolerance",
    share: 60,
    by: "nurse",
    change: (allergy) => ({ note: [...list(allergy["note"]), { text: "Asked again: the same" }] }),
  },
  {
    type: "AllergyIntolerance",
    share: 25,
    by: "nurse",
    change: (allergy) => ({
      reaction: [...list(allergy["reaction"]), { manifestation: [{ text: "Rash" }] }],
    }),
  },
  { type: "AllergyIntolerance", share: 15, by: "doctor", change: () => ({ criticality: "high" }) },
  { type: "AllergyIntolerance", share: 8, by: "doctor", change: () => ({ criticality: "low" }) },
  {
    type: "AllergyIntolerance",
    share: 8,
    by: "pharmacist",
    change: () => ({ code: { text: "Named by the pharmacist, from his list" } }),
  },
  {
    type: "AllergyIntolerance",
    share: 10,
    by: "doctor",
    change: () => ({ verificationStatus: status("verification", "refuted") }),
  },
  { type: "AllergyIntolerance", share: 4, by: "doctor", change: () => null },
  {
    type: "Patient",
    share: 80,
    by: "clerk",
    change: (_patient, random) => ({
      telecom: [{ system: "phone", value: `+966 5${random.int(10_000_000, 99_999_999)}` }],
    }),
  },
  {
    type: "Patient",
    share: 8,
    by: "clerk",
    change: (_patient, random) => ({ birthDate: `19${random.int(30, 99)}-02-03` }),
  },
  {
    type: "Patient",
    share: 6,
    by: "clerk",
    change: (_patient, random) => ({
      name: [{ use: "official", family: `As on her card ${random.int(1, 99)}`, given: ["A"] }],
    }),
  },
  {
    type: "Flag",
    share: 20,
    by: "nurse",
    change: (flag) => (isCodeStatus(flag) ? {} : { status: "inactive" }),
  },
  // Resuscitation is a doctor's.
  {
    type: "Flag",
    share: 6,
    by: "doctor",
    change: (flag) => (isCodeStatus(flag) ? { status: "inactive" } : {}),
  },
];

function isCodeStatus(flag: FhirResource): boolean {
  return JSON.stringify(flag).includes("dnacpr");
}

interface Day {
  readonly holds: number;
  readonly ofAllergies: number;
}

async function playDay(signs: boolean): Promise<Day> {
  const random = seeded("a day of rightful changes");
  const his = await newHis();
  const facts = new Map<string, AcceptedFact>();
  const total = MIX.reduce((sum, { share }) => sum + share, 0);
  let [holds, allergies, heldAllergies] = [0, 0, 0];
  refill(facts);
  for (let number = 0; number < CHANGES; number += 1) {
    let at = random.int(0, total - 1);
    const kind = MIX.find(({ share }) => (at -= share) < 0) ?? MIX[0];
    const open = () => [...facts.values()].filter((fact) => isOpenTo(fact, kind));
    // All of the kind have been changed for good: the ward is as it was in the morning.
    if (open().length === 0) refill(facts);
    if (kind === undefined) throw new Error("the shares add up");
    const fact = random.pick(open());
    const { incoming, proofs } = await his.change(fact, kind, random, NOW + number * MINUTE, signs);
    const signature = signatureOf(incoming, fact, proofs);
    const decision = decide(fact, incoming, { now: NOW + number * MINUTE, signature });
    const isHeld = decision.verdict === "hold" || decision.verdict === "show-both";
    holds += Number(isHeld);
    if (kind.type === "AllergyIntolerance") {
      allergies += 1;
      heldAllergies += Number(isHeld);
    }
    // As it is when whoever may decide has decided: the change was rightful.
    const after = isHeld ? accepted(fact, incoming) : factAfter(fact, incoming, decision);
    const name = `${fact.resource.resourceType}/${fact.resource.id}`;
    if (after !== null) facts.set(name, after);
    if (after?.removed != null || isStopped(after)) facts.delete(name);
  }
  return { holds: (holds * 1000) / CHANGES, ofAllergies: (heldAllergies * 1000) / allergies };
}

/** The demo ward, as it is at the HIS when the day begins. */
function refill(facts: Map<string, AcceptedFact>): void {
  const hospital = makeHospital({
    wards: makeWards(BEDS),
    seed: "bench",
    now: NOW,
    nurses: ["n"],
    doctors: ["d"],
  });
  for (const { resource } of hospital) {
    const read = FhirResource.safeParse({
      ...resource,
      meta: { versionId: "1", lastUpdated: new Date(NOW - 60 * MINUTE).toISOString() },
    });
    if (!read.success || !MIX.some(({ type }) => type === resource.resourceType)) continue;
    const patient = patientIn(read.data);
    if (patient !== null)
      facts.set(`${read.data.resourceType}/${read.data.id}`, firstSeen(patient, read.data));
  }
}

function isOpenTo({ resource }: AcceptedFact, kind: Kind | undefined): boolean {
  if (resource.resourceType !== kind?.type) return false;
  const [text, state] = [JSON.stringify(resource), resource["status"]];
  return (
    !text.includes("No known") && !text.includes('"refuted"') && (state ?? "active") === "active"
  );
}

function isStopped(fact: AcceptedFact | null): boolean {
  return (
    fact?.resource.resourceType !== "AllergyIntolerance" && fact?.resource["status"] === "stopped"
  );
}

function accepted(fact: AcceptedFact, incoming: IncomingFact): AcceptedFact {
  return "gone" in incoming
    ? { ...fact, removed: incoming.gone }
    : { ...fact, resource: incoming.resource, patient: incoming.patient };
}

function patientIn(resource: FhirResource): string | null {
  if (resource.resourceType === "Patient") return resource.id;
  const named = (resource["patient"] ?? resource["subject"]) as { reference?: string } | undefined;
  return named?.reference?.replace("Patient/", "") ?? null;
}

async function newHis() {
  const name = { name: "ECDSA", namedCurve: "P-256" };
  const pair = await webcrypto.subtle.generateKey(name, true, ["sign", "verify"]);
  const jwk = SigningJwk.parse(await webcrypto.subtle.exportKey("jwk", pair.publicKey));
  const kid = await calculateJwkThumbprint(jwk);
  const vouchesFor = ["nurse", "doctor", "pharmacist", "clerk"] as const;
  const types = [...new Set(MIX.map(({ type }) => type))];
  const holder = { kind: "service", id: "his", vouchesFor, types } as const;
  const time = { from: NOW - 1e9, until: NOW + 1e10 };
  const prover = createProver({ site: SITE, keys: [{ kid, jwk, holder, ...time }], revoked: [] });
  const signer = { kid, algorithm: "ES256", key: pair.privateKey } as const;
  return {
    async change(
      { resource, patient }: AcceptedFact,
      { by, change }: Kind,
      random: Random,
      moment: number,
      signs: boolean,
    ): Promise<{ readonly incoming: IncomingFact; readonly proofs: readonly Proof[] }> {
      const at = new Date(moment).toISOString();
      const base = resource.meta?.versionId ?? "1";
      const version = String(Number(base) + 1);
      const changed = change(resource, random);
      const next = { ...resource, ...changed, meta: { versionId: version, lastUpdated: at } };
      const incoming: IncomingFact =
        changed === null
          ? { patient, gone: { version, at, exact: true }, last: resource }
          : { patient, resource: next };
      if (!signs) return { incoming, proofs: [] };
      const jws = await signFacts(
        {
          v: 1,
          site: SITE,
          act: `act-${moment}`,
          at,
          author: `a-${by}`,
          roles: [by],
          patient,
          facts: [
            {
              type: resource.resourceType,
              verb: changed === null ? "delete" : "update",
              id: resource.id,
              identifier: null,
              base,
              before: digestOf(resource),
              content: changed === null ? null : digestOf(next),
            },
          ],
        },
        signer,
      );
      return { incoming, proofs: prover.prove(jws, moment) };
    },
  };
}
