import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { readAllergies } from "../../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../../shared/fhir/index.ts";
import type { FactClaims } from "../../../../shared/trust/index.ts";
import type { AcceptedFact, IncomingFact } from "../fact.ts";
import { decide, factAfter } from "../gate.ts";
import type { SigningKey } from "../../vault/index.ts";
import { accepted, NOW, PENICILLIN, verification, versioned } from "../testing.ts";
import { digestOf } from "./digest.ts";
import { provenanceOf, signaturesIn } from "./provenance.ts";
import { createProver, signatureOf } from "./prove.ts";
import type { Proof, Prover } from "./prove.ts";
import { claimsOf, signedFacts, SITE, testSigner } from "./testing.ts";
import type { TestSigner } from "./testing.ts";

const MINUTE = 60_000;
const at = (minutes: number): string => new Date(NOW + minutes * MINUTE).toISOString();
const gone = { version: "2", at: at(2), exact: true } as const;

/** PENICILLIN as it stands here, and as a doctor refutes it. */
const BEFORE = versioned(PENICILLIN, 1);
const REFUTED = versioned({ ...PENICILLIN, ...verification("refuted") }, 2);

let layla: TestSigner;
let salma: TestSigner;
let his: TestSigner;
let admissions: TestSigner;
let edward: TestSigner;
let thief: TestSigner;
let prover: Prover;
let certified: readonly SigningKey[];

beforeAll(async () => {
  layla = await testSigner({ kind: "clinician", id: "layla", roles: ["doctor"] });
  salma = await testSigner({ kind: "clinician", id: "salma", roles: ["nurse"] });
  thief = await testSigner({ kind: "clinician", id: "layla", roles: ["doctor"] });
  const everybody = ["nurse", "doctor", "pharmacist", "clerk"] as const;
  const allergies = { kind: "service", types: ["AllergyIntolerance"] } as const;
  his = await testSigner({ ...allergies, id: "his", vouchesFor: everybody });
  edward = await testSigner({ ...allergies, id: "edward", vouchesFor: everybody }, {}, "EdDSA");
  admissions = await testSigner({
    kind: "service",
    id: "admissions",
    vouchesFor: ["clerk"],
    types: ["Patient"],
  });
  certified = [layla, salma, his, edward, admissions].map((one) => one.certified);
  prover = createProver({ site: SITE, keys: certified, revoked: [] });
});

const proven = async (claims: FactClaims, by: TestSigner): Promise<readonly Proof[]> =>
  prover.prove(await signedFacts(claims, by), NOW + 10 * MINUTE);

/** What becomes of a version or removal that comes with these signatures. */
async function verdict(
  incoming: IncomingFact,
  proofs: readonly Proof[],
  previous: AcceptedFact | null = accepted(PENICILLIN),
): Promise<string> {
  const signature = signatureOf(incoming, previous, proofs);
  return decide(previous, incoming, { now: NOW, signature }).verdict;
}
const refuted: IncomingFact = { patient: "p1", resource: REFUTED };
const removed: IncomingFact = { patient: "p1", gone, last: BEFORE };
const byLayla = { author: "layla", at: at(1.5) };

describe("a change that somebody entitled has signed", () => {
  test("is applied: by a doctor with her own key, or at the HIS, which vouches for her, with either kind of key", async () => {
    const claims = claimsOf(BEFORE, REFUTED, byLayla);
    for (const signer of [layla, his, edward])
      expect(await verdict(refuted, await proven(claims, signer))).toBe("apply-verified");
  });

  test("is applied when it is a deletion", async () => {
    const proofs = await proven(claimsOf(BEFORE, null, byLayla), layla);
    expect(await verdict(removed, proofs)).toBe("apply-verified");
  });

  test("counts as well when this PC never saw the version in between, so long as that was signed too", async () => {
    const low = versioned({ ...PENICILLIN, criticality: "low" }, 2);
    const after = versioned({ ...PENICILLIN, ...verification("refuted") }, 3);
    const last = await proven(claimsOf(low, after, { author: "layla", at: at(2.5) }), layla);
    const between = await proven(claimsOf(BEFORE, low, byLayla), his);
    const incoming = { patient: "p1", resource: after };
    expect(await verdict(incoming, [...last, ...between])).toBe("apply-verified");
    // SECURITY: she changed what somebody had changed before her, unsigned: his change does not come in with hers.
    expect(await verdict(incoming, last)).toBe("hold");
  });

  test("of a new record is found by its own identifier, whatever id the HIS has given it", async () => {
    const own = { system: "urn:amanah:act", value: "u1" };
    const charted = { ...PENICILLIN, id: "u1", identifier: [own] };
    const claims = claimsOf(null, charted, byLayla);
    const [fact] = claims.facts;
    if (fact === undefined) throw new Error("it is of one fact");
    const named = { ...claims, facts: [{ ...fact, id: null, identifier: "urn:amanah:act|u1" }] };
    const proofs = await proven(named, layla);
    const stored = versioned({ ...charted, id: "his-7" }, 1);
    expect(await verdict({ patient: "p1", resource: stored }, proofs, null)).toBe("apply-verified");
    // Written over another record it is a change that nobody signed.
    const over = versioned({ ...charted, id: "a1" }, 2);
    expect(signatureOf({ patient: "p1", resource: over }, accepted(PENICILLIN), proofs)).toBeNull();
  });
});

describe("is held, as if nothing were signed,", () => {
  const claims = () => claimsOf(BEFORE, REFUTED, byLayla);
  test.each<readonly [string, () => Promise<readonly Proof[]>]>([
    ["what a stranger's key signed", async () => await proven(claims(), thief)],
    ["what a nurse signed", async () => await proven({ ...claims(), author: "salma" }, salma)],
    ["what a nurse signed as a doctor", async () => await proven(claims(), salma)],
    [
      "what the HIS says a nurse of the roster did as a doctor",
      async () => await proven({ ...claims(), author: "salma", roles: ["doctor"] }, his),
    ],
    [
      "what a service signed that may only admit patients",
      async () => await proven({ ...claims(), author: "nobody", roles: ["clerk"] }, admissions),
    ],
    ["another hospital's", async () => await proven({ ...claims(), site: "south" }, layla)],
    ["what is dated ahead", async () => await proven({ ...claims(), at: at(60) }, layla)],
    [
      "what was signed for another patient",
      async () => await proven({ ...claims(), patient: "p2" }, layla),
    ],
    [
      "what was signed of another record with the same words",
      async () =>
        await proven(claimsOf({ ...BEFORE, id: "a2" }, { ...REFUTED, id: "a2" }, byLayla), layla),
    ],
    [
      "a deletion signed for a change",
      async () => await proven(claimsOf(BEFORE, null, byLayla), layla),
    ],
    [
      "an older state signed, put back after a newer one",
      async () => [
        ...(await proven(claims(), layla)),
        ...(await proven(claimsOf(REFUTED, BEFORE, { author: "layla", at: at(3) }), layla)),
      ],
    ],
  ])("%s", async (_what, proofs) => {
    expect(await verdict(refuted, await proofs())).toBe("hold");
  });

  test("what was signed with a key on or after the moment it was revoked", async () => {
    const lost = await testSigner(
      { kind: "clinician", id: "layla", roles: ["doctor"] },
      { until: NOW + MINUTE },
    );
    const trust = createProver({ site: SITE, keys: [lost.certified], revoked: [] });
    const when = async (minutes: number) =>
      trust.prove(
        await signedFacts(claimsOf(BEFORE, REFUTED, { author: "layla", at: at(minutes) }), lost),
        NOW + 10 * MINUTE,
      );
    expect(await when(0.9)).toHaveLength(1);
    expect(await when(1)).toEqual([]);
    expect(await when(5)).toEqual([]);
  });

  test("what is said in her name while she was revoked, though she has the same key again, by whomever", async () => {
    const minutes = (from: number, until: number) => ({
      clinician: "layla",
      from: NOW + from * MINUTE,
      until: NOW + until * MINUTE,
    });
    const trust = createProver({ site: SITE, keys: certified, revoked: [minutes(1, 5)] });
    const when = async (minute: number, by: TestSigner) =>
      trust.prove(
        await signedFacts(claimsOf(BEFORE, REFUTED, { author: "layla", at: at(minute) }), by),
        NOW + 10 * MINUTE,
      ).length;
    for (const signer of [layla, his])
      expect(await Promise.all([0.9, 1, 4.9, 5].map((minute) => when(minute, signer)))).toEqual([
        1, 0, 0, 1,
      ]);
  });
});

test("one changed byte of the resource is another resource, unsigned", async () => {
  const proofs = await proven(claimsOf(BEFORE, REFUTED, byLayla), layla);
  const text = JSON.stringify(REFUTED);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(text.length - 1),
      fc.integer({ min: 32, max: 126 }),
      async (where, code) => {
        const other = text.slice(0, where) + String.fromCodePoint(code) + text.slice(where + 1);
        const parsed = parse(other);
        fc.pre(parsed !== null && digestOf(parsed) !== digestOf(REFUTED));
        const resource = { ...parsed, resourceType: "AllergyIntolerance", id: "a1" };
        fc.pre(digestOf(resource) !== digestOf(REFUTED));
        expect(signatureOf({ patient: "p1", resource }, accepted(PENICILLIN), proofs)).toBeNull();
      },
    ),
    { numRuns: 300 },
  );
});

test("one changed byte of the signature, its key, time, version or identity makes it none", async () => {
  const jws = await signedFacts(claimsOf(BEFORE, REFUTED, byLayla), layla);
  const [header = "", , mark = ""] = jws.split(".");
  const plain = Buffer.from(header, "base64url").toString();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(plain.length - 1),
      fc.integer({ min: 32, max: 126 }),
      async (where, code) => {
        const other = plain.slice(0, where) + String.fromCodePoint(code) + plain.slice(where + 1);
        fc.pre(other !== plain);
        const forged = `${Buffer.from(other).toString("base64url")}..${mark}`;
        expect(prover.prove(forged, NOW + 10 * MINUTE)).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
  const bytes = Buffer.from(mark, "base64url");
  for (let place = 0; place < bytes.byteLength; place += 1) {
    const turned = Buffer.from(bytes);
    turned[place] = (turned[place] ?? 0) ^ 1;
    expect(prover.prove(`${header}..${turned.toString("base64url")}`, NOW)).toEqual([]);
  }
});

test("what is no signature proves nothing, and breaks nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      expect(prover.prove(text, NOW)).toEqual([]);
    }),
  );
  const none = Buffer.from(
    JSON.stringify({
      alg: "none",
      typ: "amanah-fact",
      kid: layla.kid,
      claims: claimsOf(BEFORE, REFUTED, byLayla),
    }),
  ).toString("base64url");
  expect(prover.prove(`${none}..`, NOW)).toEqual([]);
});

/** A HIS that may write what it likes, and beside it puts whatever true signatures there ever were. */
test("no sequence of versions loses an allergy that no valid signature removed", async () => {
  const criticality = ["low", "high"] as const;
  const signed: Proof[] = [];
  // Signatures there really are of this record: a doctor lowered it and raised it again, and a nurse refuted it.
  const low = versioned({ ...PENICILLIN, criticality: "low" }, 2);
  const high = versioned(PENICILLIN, 3);
  signed.push(...(await proven(claimsOf(BEFORE, low, byLayla), layla)));
  signed.push(...(await proven(claimsOf(low, high, { author: "layla", at: at(2.5) }), his)));
  signed.push(...(await proven(claimsOf(high, REFUTED, { author: "salma", at: at(4) }), salma)));
  const version = fc
    .record({
      criticality: fc.constantFrom(...criticality),
      verification: fc.constantFrom("confirmed", "refuted", "entered-in-error"),
      number: fc.integer({ min: 1, max: 6 }),
      subject: fc.constantFrom("p1", "p2"),
    })
    .map(({ criticality: how, verification: code, number, subject }): IncomingFact => ({
      patient: subject,
      resource: versioned(
        {
          ...PENICILLIN,
          ...verification(code),
          criticality: how,
          patient: { reference: `Patient/${subject}` },
        },
        number,
      ),
    }));
  const removal = fc.constant<IncomingFact>({ patient: "p1", gone, last: BEFORE });
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 4, arbitrary: version }, removal), { maxLength: 12 }),
      fc.subarray(signed),
      (steps, proofs) => {
        const fact = steps.reduce<AcceptedFact | null>((previous, incoming) => {
          const signature = signatureOf(incoming, previous, proofs);
          const decision = decide(previous, incoming, { now: NOW, signature });
          return factAfter(previous, incoming, decision);
        }, accepted(PENICILLIN));
        const [read] = readAllergies([fact?.resource]);
        expect(fact?.removed).toBeNull();
        expect(fact?.patient).toBe("p1");
        expect(read?.inForce).toBe(true);
        expect(read?.allergy.substance).toBe("Penicillin G");
      },
    ),
    { numRuns: 400 },
  );
});

test("a signature travels in a FHIR Provenance and comes out of it as it went in", async () => {
  const claims = claimsOf(BEFORE, REFUTED, byLayla);
  const jws = await signedFacts(claims, layla);
  const provenance = provenanceOf({
    id: "pr1",
    claims,
    verb: "update",
    targets: ["AllergyIntolerance/a1"],
    jws,
    service: null,
  });
  expect(signaturesIn(provenance)).toEqual([jws]);
  expect(provenance).toMatchObject({
    target: [{ reference: "AllergyIntolerance/a1" }, { reference: "Patient/p1" }],
    signature: [{ sigFormat: "application/jose" }],
  });
});

function parse(text: string): FhirResource | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as FhirResource) : null;
  } catch {
    return null;
  }
}
