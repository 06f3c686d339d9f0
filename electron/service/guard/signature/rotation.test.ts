import { beforeAll, expect, test } from "vitest";
import type { SigningJwk } from "../../../../shared/trust/index.ts";
import { makeHospital, SITE, type Hospital } from "../../testing/index.ts";
import {
  judgeStatement,
  readSigningKeys,
  type FactSigner,
  type HeldStatement,
} from "../../vault/index.ts";
import { decide } from "../gate.ts";
import { accepted, NOW, PENICILLIN, verification, versioned } from "../testing.ts";
import { createProver, signatureOf } from "./prove.ts";
import { claimsOf, signedFacts, testSigner } from "./testing.ts";

const HOUR = 3_600_000;
const SECOND = 1000;
const WEEK = 7 * 24 * HOUR;
const iso = (moment: number): string => new Date(moment).toISOString();

/** The old key ends six hours after the new one begins. */
const NEW_BEGINS = NOW;
const OLD_BEGAN = NOW - WEEK;
const OLD_ENDS = NOW + 6 * HOUR;

type Signer = FactSigner & { readonly jwk: SigningJwk };
let hospital: Hospital;
let old: Signer;
let next: Signer;

beforeAll(async () => {
  hospital = await makeHospital();
  [old, next] = await Promise.all([signer(), signer()]);
});

async function signer(): Promise<Signer> {
  const { certified, ...made } = await testSigner({
    kind: "service",
    id: "his",
    vouchesFor: [],
    types: [],
  });
  return { ...made, jwk: certified.jwk };
}

const ofTheOld = (change: { revokedFrom?: string } = {}) => ({
  jwk: old.jwk,
  validFrom: iso(OLD_BEGAN),
  validTo: iso(OLD_ENDS),
  revokedFrom: null,
  ...change,
});
const ofTheNext = () => ({
  jwk: next.jwk,
  validFrom: iso(NEW_BEGINS),
  validTo: iso(NOW + 52 * WEEK),
  revokedFrom: null,
});

/** The control key names the HIS's keys; each statement names all of them. */
async function named(number: number, keys: readonly object[]): Promise<HeldStatement> {
  const body = {
    service: "his",
    vouchesFor: ["doctor"],
    types: ["AllergyIntolerance"],
    keys,
  };
  const expiresAt = iso(NOW + 52 * WEEK);
  const jws = await hospital.statement("signing-key", "his", body, { number, expiresAt });
  return { kind: "signing-key", subject: "his", number, jws };
}
const before = () => named(1, [ofTheOld()]);
const rotated = (change: { revokedFrom?: string } = {}) =>
  named(2, [ofTheOld(change), ofTheNext()]);

async function proverOf(statement: HeldStatement) {
  const nobody = { entries: new Map(), signsUntil: new Map() };
  const { controlKey } = hospital;
  const keys = await readSigningKeys([statement], nobody, { controlKey, site: SITE });
  return createProver({ site: SITE, keys, revoked: [] });
}

/** What becomes of a doctor's refutation, made at the HIS at `at`, signed with this key and pulled a week later. */
async function pulled(by: Signer, at: number, held: HeldStatement): Promise<string> {
  const [was, is] = [
    versioned(PENICILLIN, 1),
    versioned({ ...PENICILLIN, ...verification("refuted") }, 2),
  ];
  const jws = await signedFacts(
    claimsOf(was, is, { author: "layla", at: iso(at), roles: ["doctor"] }),
    by,
  );
  const incoming = { patient: "p1", resource: is };
  const proofs = (await proverOf(held)).prove(jws, NOW + WEEK);
  const previous = accepted(PENICILLIN);
  const signature = signatureOf(incoming, previous, proofs);
  return decide(previous, incoming, { now: NOW + WEEK, signature }).verdict;
}

test.each([
  ["the old key before it was in force", () => old, OLD_BEGAN - SECOND, "hold"],
  ["the old key from its first moment", () => old, OLD_BEGAN, "apply-verified"],
  [
    "the old key before the rotation, pulled after it",
    () => old,
    NEW_BEGINS - HOUR,
    "apply-verified",
  ],
  ["the next key before its time", () => next, NEW_BEGINS - SECOND, "hold"],
  ["the next key from its first moment", () => next, NEW_BEGINS, "apply-verified"],
  ["the old key while both are in force", () => old, NEW_BEGINS + HOUR, "apply-verified"],
  ["the next key while both are in force", () => next, NEW_BEGINS + HOUR, "apply-verified"],
  ["the old key to its last second", () => old, OLD_ENDS - SECOND, "apply-verified"],
  ["the old key at its end", () => old, OLD_ENDS, "hold"],
  ["the next key after the old one's end", () => next, OLD_ENDS, "apply-verified"],
] as const)(
  "with two keys in one statement, what was signed with %s",
  async (_what, by, at, verdict) => {
    expect(await pulled(by(), at, await rotated())).toBe(verdict);
  },
);

test.each([
  ["the old key until it was lost", () => old, NEW_BEGINS + HOUR - SECOND, "apply-verified"],
  ["the old key from then on, though its time was not over", () => old, NEW_BEGINS + HOUR, "hold"],
  ["the next key all along", () => next, NEW_BEGINS + 2 * HOUR, "apply-verified"],
] as const)(
  "where the rotation revokes the old key, what was signed with %s",
  async (_what, by, at, verdict) => {
    const held = await rotated({ revokedFrom: iso(NEW_BEGINS + HOUR) });
    expect(await pulled(by(), at, held)).toBe(verdict);
  },
);

test("what the next key signed waits at a PC that has not heard of it, and counts as soon as it has", async () => {
  expect(await pulled(next, NEW_BEGINS + HOUR, await before())).toBe("hold");
  expect(await pulled(next, NEW_BEGINS + HOUR, await rotated())).toBe("apply-verified");
});

test("a later statement that leaves the old key out takes back all that it ever signed: what was lost is left in, and revoked", async () => {
  const without = await named(3, [ofTheNext()]);
  expect(await pulled(old, NEW_BEGINS - HOUR, without)).toBe("hold");
});

test("the statement of before, offered after the rotation, takes the next key from nobody", async () => {
  const trust = { controlKey: hospital.controlKey, site: SITE, wards: [], workstation: "pc-1" };
  const [first, second] = [await before(), await rotated()];
  const judge = async (one: HeldStatement, held: readonly HeldStatement[]) => {
    const judged = await judgeStatement(one.jws, held, trust, new Date(NOW));
    return judged.verdict === "refused" ? judged.reason : judged.verdict;
  };
  expect(await judge(second, [first])).toBe("new");
  expect(await judge(first, [second])).toBe("replayed");
  // A PC that hears of the rotation first has all of it from that one statement.
  expect(await judge(second, [])).toBe("new");
  expect(await pulled(old, NEW_BEGINS + HOUR, second)).toBe("apply-verified");
});
