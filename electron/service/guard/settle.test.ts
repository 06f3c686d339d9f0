import { expect, test } from "vitest";
import { decide, factAfter } from "./gate.ts";
import { claimKey } from "./fact.ts";
import type { AcceptedFact, IncomingFact } from "./fact.ts";
import { settled } from "./settle.ts";
import { accepted, MORPHINE, NOW, PENICILLIN, verification, versioned } from "./testing.ts";

const at = "2026-11-23T13:45:00+03:00";
const by = { by: "dr-amal", at, anew: null } as const;

function held(before: AcceptedFact, incoming: IncomingFact): AcceptedFact & { key: string } {
  const decision = decide(before, incoming, { now: NOW, signature: null });
  const fact = factAfter(before, incoming, decision, "svc-interface-3");
  const [claim] = fact?.claims ?? [];
  if (fact === null || claim === undefined) throw new Error("it is held");
  return { ...fact, key: claimKey(claim) };
}
const refuted = versioned({ ...PENICILLIN, ...verification("refuted") }, 2);
const gone = { version: "2", at: "2026-11-23T10:40:00Z", exact: true } as const;

test("kept, an allergy is in force on her word, and the same claim is not raised again", () => {
  const fact = held(accepted(PENICILLIN), { patient: "p1", resource: refuted });
  const [after, ...others] = settled(fact, { ...by, claim: fact.key, verdict: "keep" }) ?? [];
  expect(others).toEqual([]);
  expect(after).toMatchObject({
    resource: { criticality: "high" },
    verdict: "apply-verified",
    signedBy: "dr-amal",
    claims: [],
  });
  const again = decide(
    after ?? null,
    { patient: "p1", resource: refuted },
    { now: NOW, signature: null },
  );
  expect(again).toEqual({ verdict: "refused" });
});

test("SECURITY: her word on a claim is not one on other words that the HIS has put under its number since", () => {
  const lowered = versioned({ ...PENICILLIN, criticality: "low" }, 2);
  const seen = held(accepted(PENICILLIN), { patient: "p1", resource: lowered });
  const swapped = held(seen, { patient: "p1", resource: { ...refuted, meta: lowered.meta } });
  expect(swapped.claims).toMatchObject([{ resource: { verificationStatus: {} } }]);
  for (const verdict of ["accept", "keep"] as const)
    expect(settled(swapped, { ...by, claim: seen.key, verdict })).toBeNull();
  const [kept] = settled(seen, { ...by, claim: seen.key, verdict: "keep" }) ?? [];
  expect(
    decide(
      kept ?? null,
      { patient: "p1", resource: { ...refuted, meta: lowered.meta } },
      { now: NOW, signature: null },
    ).verdict,
  ).toBe("hold");
});

test("accepted, the claim is in force on her word", () => {
  const fact = held(accepted(PENICILLIN), { patient: "p1", resource: refuted });
  expect(settled(fact, { ...by, claim: fact.key, verdict: "accept" })).toMatchObject([
    { resource: refuted, verdict: "apply-verified", signedBy: "dr-amal", claims: [] },
  ]);
});

test("an accepted removal takes the allergy away", () => {
  const fact = held(accepted(PENICILLIN), { patient: "p1", gone, last: PENICILLIN });
  expect(settled(fact, { ...by, claim: fact.key, verdict: "accept" })).toMatchObject([
    { removed: gone, claims: [] },
  ]);
});

test("an allergy kept after the HIS deleted it lives on under the id it is written there anew", () => {
  const fact = held(accepted(PENICILLIN), { patient: "p1", gone, last: PENICILLIN });
  const anew = { ...PENICILLIN, id: "0b6f4c6e-1f9a-5d0e-8a35-0d6b8f3a2c11" };
  const after = settled(fact, { ...by, anew, claim: fact.key, verdict: "keep" });
  expect(after).toMatchObject([
    { resource: { id: "a1" }, removed: gone },
    { resource: anew, removed: null, verdict: "apply-verified" },
  ]);
});

test("an order in question of whose it is may be given again once it is kept; one that had ended may not", () => {
  const elsewhere = versioned({ ...MORPHINE, subject: { reference: "Patient/p2" } }, 2);
  const moved = held(accepted(MORPHINE), { patient: "p2", resource: elsewhere });
  expect(moved.removed).not.toBeNull();
  expect(settled(moved, { ...by, claim: moved.key, verdict: "keep" })).toMatchObject([
    { patient: "p1", removed: null },
  ]);
  const stopped = accepted({ ...MORPHINE, status: "stopped" });
  const reopened = held(stopped, { patient: "p1", resource: versioned(MORPHINE, 2) });
  expect(settled(reopened, { ...by, claim: reopened.key, verdict: "keep" })).toMatchObject([
    { resource: { status: "stopped" } },
  ]);
});

test("a claim that the HIS has replaced meanwhile is not decided blindly", () => {
  const fact = held(accepted(PENICILLIN), { patient: "p1", resource: refuted });
  expect(settled(fact, { ...by, claim: "9@later", verdict: "accept" })).toBeNull();
});
