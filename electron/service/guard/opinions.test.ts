import fc from "fast-check";
import { expect, test } from "vitest";
import {
  claimKey,
  type AcceptedFact,
  type Claim,
  type IncomingFact,
  type Opinion,
} from "./fact.ts";
import { decide, factAfter } from "./gate.ts";
import { needsTwo, weightOf, withOpinion, type TwoFor } from "./opinions.ts";
import { accepted, NOW, PENICILLIN, verification, versioned } from "./testing.ts";

const everybody = (): boolean => true;
const said = (by: string, verdict: Opinion["verdict"]): Opinion => ({
  by,
  verdict,
  at: "2026-11-23T13:45:00+03:00",
  reason: "tested in clinic",
});

test.each([
  ["nobody has said anything", [], true, "waits"],
  ["policy wants one", [], false, "decides"],
  ["a colleague has said the same", [said("amal", "accept")], true, "decides"],
  ["a colleague has said otherwise", [said("amal", "keep")], true, "waits"],
  ["she has said the same herself", [said("layla", "accept")], true, "said-before"],
  ["she has said otherwise herself", [said("layla", "keep")], true, "waits"],
  ["two disagree before her", [said("amal", "keep"), said("omar", "accept")], true, "decides"],
  ["who said the same may decide no more", [said("gone", "accept")], true, "waits"],
] as const)(
  "two clinicians decide a change only by the same word: %s",
  (_how, opinions, two, kind) => {
    const isEntitled = (who: string): boolean => who !== "gone";
    expect(weightOf({ opinions, by: "layla", verdict: "accept", two, isEntitled }).kind).toBe(kind);
  },
);

const word = fc.record({
  by: fc.constantFrom("amal", "layla", "omar", "nurse"),
  verdict: fc.constantFrom("accept" as const, "keep" as const),
});

test("what a colleague said of a claim stays when a listing says it again, and is not said of other words under its number", () => {
  const gone = { version: "2", at: new Date(NOW + 120_000).toISOString(), exact: true };
  const last = versioned(PENICILLIN, 1);
  const opinion = { by: "huda", verdict: "keep", at: gone.at, reason: "seen" } as const;
  const heldAs = (fact: AcceptedFact, incoming: IncomingFact): AcceptedFact => {
    const decision = decide(fact, incoming, { now: NOW, signature: null });
    return factAfter(fact, incoming, decision) ?? fact;
  };
  const heard = (fact: AcceptedFact): AcceptedFact =>
    withOpinion(fact, claimKey(fact.claims[0] as Claim), opinion) ?? fact;

  const removed = heard(heldAs(accepted(PENICILLIN), { patient: "p1", gone, last }));
  const listed = { version: null, at: new Date(NOW + 9_000_000).toISOString(), exact: false };
  const again = heldAs(removed, { patient: "p1", gone: listed, last });
  expect(again.claims).toMatchObject([{ removed: gone, opinions: [opinion] }]);

  const low = versioned({ ...PENICILLIN, criticality: "low" }, 2);
  const lowered = heard(heldAs(accepted(PENICILLIN), { patient: "p1", resource: low }));
  expect(heldAs(lowered, { patient: "p1", resource: low }).claims).toMatchObject([
    { opinions: [opinion] },
  ]);
  const other = { ...low, code: { text: "Dust" } };
  expect(heldAs(lowered, { patient: "p1", resource: other }).claims).toMatchObject([
    { resource: other, opinions: [] },
  ]);
});

test("in whatever order and however often they speak, one person alone never decides, nor somebody who may not", () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      let opinions: readonly Opinion[] = [];
      const isEntitled = (who: string): boolean => who !== "nurse";
      for (const { by, verdict } of words.filter((one) => isEntitled(one.by))) {
        const weight = weightOf({ opinions, by, verdict, two: true, isEntitled });
        const before = opinions.filter((one) => one.verdict === verdict).map((one) => one.by);
        expect(weight.kind === "decides").toBe(before.some((who) => who !== by));
        expect(weight.kind === "said-before").toBe(before.length === 1 && before[0] === by);
        if (weight.kind === "decides") return;
        opinions = [...opinions.filter((one) => one.by !== by), said(by, verdict)];
      }
    }),
  );
});

const severe: TwoFor = { type: "AllergyIntolerance", change: "refuted", onlySevere: true };
const low = { ...PENICILLIN, criticality: "low", reaction: [] };

test.each([
  ["a severe allergy refuted", [severe], PENICILLIN, "refuted", true],
  ["a mild one", [severe], low, "refuted", false],
  [
    "a reaction that was severe",
    [severe],
    { ...low, reaction: [{ severity: "severe" }] },
    "refuted",
    true,
  ],
  ["another change of it", [severe], PENICILLIN, "note-removed", false],
  ["any change", [{ ...severe, change: "any" as const, onlySevere: false }], low, "removed", true],
  ["another kind of record", [{ ...severe, type: "Patient" }], PENICILLIN, "refuted", false],
  ["no list", [], PENICILLIN, "refuted", false],
] as const)(
  "policy names for which changes two are wanted: %s",
  (_what, list, inForce, reason, two) => {
    expect(needsTwo(list, inForce, { reasons: [reason] })).toBe(two);
  },
);

test("an opinion stays with the claim however often the HIS repeats it, hers replaces her own, and another claim begins anew", () => {
  const refuted = (version: number) => ({
    patient: "p1",
    resource: versioned({ ...PENICILLIN, ...verification("refuted") }, version),
  });
  const after = (fact: ReturnType<typeof accepted>, version: number) => {
    const incoming = refuted(version);
    const decision = decide(fact, incoming, { now: NOW, signature: null });
    const next = factAfter(fact, incoming, decision, null);
    if (next === null) throw new Error("it is held");
    return next;
  };
  const held = after(accepted(PENICILLIN), 2);
  const key = claimKey(held.claims[0] ?? { resource: null, removed: null });
  const once = withOpinion(held, key, said("amal", "accept"));
  const twice = once === null ? null : withOpinion(once, key, said("amal", "keep"));
  if (twice === null) throw new Error("the claim is there");
  expect(twice.claims[0]?.opinions).toEqual([said("amal", "keep")]);
  expect(twice.resource).toEqual(held.resource);
  expect(after(twice, 2).claims[0]?.opinions).toEqual([said("amal", "keep")]);
  expect(after(twice, 3).claims[0]?.opinions).toEqual([]);
  expect(withOpinion(twice, "another claim", said("omar", "keep"))).toBeNull();
  expect(
    weightOf({
      opinions: twice.claims[0]?.opinions ?? [],
      by: "omar",
      verdict: "keep",
      two: true,
      isEntitled: everybody,
    }),
  ).toMatchObject({ kind: "decides", first: { by: "amal" } });
});
