import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAllergies } from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { SigningKey } from "../vault/index.ts";
import type { AcceptedFact, IncomingFact, Signature } from "./fact.ts";
import { decide, factAfter } from "./gate.ts";
import { stillCounts, withoutRevoked } from "./revoked.ts";
import { settled } from "./settle.ts";
import { claimKey } from "./fact.ts";
import { signatureOf } from "./signature/prove.ts";
import type { Proof } from "./signature/prove.ts";
import { claimsOf } from "./signature/testing.ts";
import {
  clinical,
  FALLS,
  MORPHINE,
  NOT_FOR_RESUSCITATION,
  NOW,
  PENICILLIN,
  SARA,
  verification,
  versioned,
} from "./testing.ts";

const MINUTE = 60_000;
const at = (minute: number): string => new Date(NOW + minute * MINUTE).toISOString();

/** Somebody's change at the HIS, minute by minute; `resource` null: gone. */
interface Step {
  readonly by: "doctor" | "thief" | "nobody";
  readonly resource: FhirResource | null;
  readonly patient?: string;
}

/** The key of the HIS was stolen between its second version and its third: what it signed from then on is a thief's. */
const STOLEN = 2.5;
const KEY: SigningKey = {
  kid: "his",
  jwk: { kty: "OKP", crv: "Ed25519", x: "" },
  holder: { kind: "service", id: "his", vouchesFor: ["doctor"], types: ["AllergyIntolerance"] },
  from: NOW - MINUTE,
  until: NOW + STOLEN * MINUTE,
};
const counts = stillCounts({ site: "north", keys: [KEY], revoked: [] });

/** What this PC makes of the steps as they come; of the thief's words with `believed` only, as before anybody knew. */
function heard(first: FhirResource, steps: readonly Step[], believed: boolean): AcceptedFact {
  let previous: AcceptedFact | null = null;
  let atHis = versioned(first, 1);
  const proofs: Proof[] = [];
  const words: Step[] = [{ by: "nobody", resource: first }, ...steps];
  for (const [index, { by, resource, patient = "p1" }] of words.entries()) {
    const version = index + 1;
    const next = resource === null ? null : versioned(resource, version);
    if (index > 0 && by !== "nobody" && (by === "doctor" || believed)) {
      // A moment before the HIS dates its version.
      const author = by === "doctor" ? "layla" : "somebody";
      const signed = new Date(NOW + version * MINUTE - 1000).toISOString();
      const { facts, ...claims } = claimsOf(atHis, next, { author, at: signed, patient });
      const [fact] = facts;
      if (fact === undefined) throw new Error("a change is of something");
      proofs.push({ claims, fact, roles: ["doctor"], kid: by === "doctor" ? "layla" : "his" });
    }
    const incoming: IncomingFact =
      next === null
        ? { patient, gone: { version: String(version), at: at(version), exact: true }, last: atHis }
        : { patient, resource: next };
    const signature: Signature | null = signatureOf(incoming, previous, proofs);
    const decision = decide(previous, incoming, { now: NOW + 20 * MINUTE, signature });
    previous = factAfter(previous, incoming, decision) ?? previous;
    atHis = next ?? atHis;
  }
  if (previous === null) throw new Error("a first version is always taken");
  return previous;
}

function revisited(first: FhirResource, steps: readonly Step[]): AcceptedFact {
  const fact = heard(first, steps, true);
  return withoutRevoked(fact, counts, NOW + 20 * MINUTE) ?? fact;
}
const nothing = (first: FhirResource): Step => ({ by: "nobody", resource: first });
const over = { ...PENICILLIN, ...clinical("resolved"), criticality: "low" };
const refuted = { ...PENICILLIN, ...verification("refuted") };

describe("what a stolen key took away stands again, and waits for a clinician", () => {
  test.each([
    ["an allergy refuted", PENICILLIN, refuted, "refuted"],
    ["an allergy removed", PENICILLIN, null, "removed"],
    ["a reaction less", PENICILLIN, { ...PENICILLIN, reaction: [] }, "reaction-removed"],
    ["another date of birth", SARA, { ...SARA, birthDate: "1990-04-05" }, "birth-date-changed"],
    ["a risk no longer said", FALLS, { ...FALLS, status: "inactive" }, "alert-changed"],
  ] as const)("%s", (_what, first, next, reason) => {
    const steps: Step[] = [nothing(first), { by: "thief", resource: next }];
    expect(heard(first, steps, true)).toMatchObject({ verdict: "apply-verified", claims: [] });
    const fact = revisited(first, steps);
    expect(fact).toMatchObject({ resource: first, removed: null, yielded: [] });
    expect(fact.claims).toMatchObject([
      { resource: next, by: "somebody", reasons: [reason, "signer-revoked"] },
    ]);
  });

  test("resuscitation: both are shown", () => {
    const gone: Step = { by: "thief", resource: null };
    const fact = revisited(NOT_FOR_RESUSCITATION, [nothing(NOT_FOR_RESUSCITATION), gone]);
    expect(fact).toMatchObject({ removed: null, claims: [{ bothShown: true }] });
  });

  test("an order that had ended and was to be given again is off", () => {
    const stopped = { ...MORPHINE, status: "stopped" };
    const again: Step = { by: "thief", resource: MORPHINE };
    const fact = revisited(MORPHINE, [{ by: "nobody", resource: stopped }, again]);
    expect(fact).toMatchObject({
      resource: { status: "stopped" },
      claims: [{ reasons: ["reopened", "signer-revoked"] }],
    });
  });

  test("an order said to be another patient's is off, and lies where it was", () => {
    const moved = { ...MORPHINE, subject: { reference: "Patient/p2" } };
    const steps: Step[] = [nothing(MORPHINE), { by: "thief", resource: moved, patient: "p2" }];
    expect(heard(MORPHINE, steps, true)).toMatchObject({ patient: "p2", removed: null });
    const fact = revisited(MORPHINE, steps);
    expect(fact).toMatchObject({ patient: "p1", claims: [{ patient: "p2" }] });
    expect(fact.removed).not.toBeNull();
  });

  test("what was claimed against the thief's version is claimed against what stood before", () => {
    const low = { ...refuted, criticality: "low" };
    const steps: Step[] = [
      nothing(PENICILLIN),
      { by: "thief", resource: { ...PENICILLIN, criticality: "unable-to-assess" } },
      { by: "nobody", resource: low },
    ];
    expect(revisited(PENICILLIN, steps)).toMatchObject({
      resource: { criticality: "high" },
      claims: [{ resource: low }],
    });
  });

  test("where the HIS has put it back meanwhile nobody is asked", () => {
    const steps: Step[] = [
      nothing(PENICILLIN),
      { by: "thief", resource: refuted },
      { by: "doctor", resource: PENICILLIN },
    ];
    expect(revisited(PENICILLIN, steps)).toMatchObject({ claims: [], removed: null });
  });
});

test("what a stolen key ordered or added stays, and is nobody's word; what an order was is shown beside it", () => {
  const dose = { ...MORPHINE, dosageInstruction: [{ text: "20 mg every 2 hours" }] };
  const steps: Step[] = [nothing(MORPHINE), { by: "thief", resource: dose }];
  expect(heard(MORPHINE, steps, true)).toMatchObject({ verdict: "apply-verified", before: null });
  expect(revisited(MORPHINE, steps)).toMatchObject({
    resource: dose,
    verdict: "apply-unverified",
    signedBy: null,
    before: MORPHINE,
    claims: [],
  });
});

test("CLINICAL: a medicine stopped with a stolen key stays stopped", () => {
  const stopped = { ...MORPHINE, status: "stopped" };
  const steps: Step[] = [nothing(MORPHINE), { by: "thief", resource: stopped }];
  expect(revisited(MORPHINE, steps)).toMatchObject({ resource: stopped, claims: [] });
});

test("what the same key signed before it was stolen stays as good as it was", () => {
  const fact = heard(PENICILLIN, [{ by: "thief", resource: refuted }], true);
  expect(fact).toMatchObject({ verdict: "apply-verified", signedWith: "his" });
  expect(withoutRevoked(fact, counts, NOW)).toBeNull();
});

test("a thief who changes a fact over and over does not push out what stood before him", () => {
  const steps = Array.from({ length: 40 }, (_, index): Step => {
    const note = [{ text: `step ${index}` }];
    return { by: "thief", resource: { ...(index % 2 === 0 ? refuted : PENICILLIN), note } };
  });
  const fact = revisited(PENICILLIN, [nothing(PENICILLIN), ...steps]);
  expect(heard(PENICILLIN, [nothing(PENICILLIN), ...steps], true).yielded).toHaveLength(12);
  expect(fact.resource).toMatchObject(PENICILLIN);
});

test("her own decision about a hold counts as little, once her badge and PIN turn out to have been stolen", () => {
  const held = heard(PENICILLIN, [{ by: "nobody", resource: refuted }], true);
  const [claim] = held.claims;
  if (claim === undefined) throw new Error("it is held");
  const settlement = { claim: claimKey(claim), by: "huda", at: at(5), anew: null } as const;
  const [accepted] = settled(held, { ...settlement, verdict: "accept" }) ?? [];
  const [kept] = settled(held, { ...settlement, verdict: "keep" }) ?? [];
  if (accepted === undefined || kept === undefined) throw new Error("it was settled");
  const revoked = [{ clinician: "huda", from: NOW + 4 * MINUTE, until: NOW + 9 * MINUTE }];
  const without = (fact: AcceptedFact, trust = revoked) =>
    withoutRevoked(fact, stillCounts({ site: "north", keys: [], revoked: trust }), NOW);
  expect(without(accepted)).toMatchObject({
    resource: PENICILLIN,
    claims: [{ resource: refuted, reasons: ["refuted", "signer-revoked"] }],
  });
  expect(without(kept)).toMatchObject({ resource: PENICILLIN, verdict: "apply-unverified" });
  // Said after she was enrolled anew, or before it was stolen.
  const enrolled = [{ clinician: "huda", from: NOW, until: NOW + 5 * MINUTE }];
  const later = [{ clinician: "huda", from: NOW + 6 * MINUTE, until: NOW + 9 * MINUTE }];
  for (const trust of [enrolled, later]) expect(without(accepted, trust)).toBeNull();
});

/** Anything that may be made of an allergy. */
const version = fc
  .record({
    criticality: fc.constantFrom("low", "high"),
    note: fc.constantFrom(PENICILLIN["note"], [{ text: "Tolerates amoxicillin" }]),
    certain: fc.constantFrom("confirmed", "unconfirmed", "refuted").map(verification),
    course: fc.constantFrom("active", "resolved").map(clinical),
  })
  .map(({ certain, course, ...said }) => Object.assign({}, PENICILLIN, said, certain, course));
const gone = { weight: 1, arbitrary: fc.constant(null) };
/** He takes away as much as there is. */
const theft: fc.Arbitrary<Step> = fc.record({
  by: fc.constant("thief" as const),
  resource: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(refuted, over) }, gone),
});
const changeBy = (...who: Step["by"][]): fc.Arbitrary<Step> =>
  fc.record({
    by: fc.constantFrom(...who),
    resource: fc.oneof({ weight: 6, arbitrary: version }, gone),
  });

/** Known; an allergy for sure; of high criticality: as the drug check sees it, who looks at what is claimed too. */
function warning({ resource, removed, claims }: AcceptedFact): readonly boolean[] {
  const shown = [removed === null ? resource : null, ...claims.map((claim) => claim.resource)];
  const inForce = readAllergies(shown.filter((one) => one !== null)).filter((one) => one.inForce);
  const sure = inForce.filter(({ kind }) => kind === "allergy");
  const high = sure.filter(({ allergy }) => allergy.criticality === "high");
  return [inForce.length > 0, sure.length > 0, high.length > 0];
}

test.each([
  ["others'", changeBy("nobody"), 9],
  // What was held meanwhile, and overwritten at the HIS, is remembered nowhere: of longer stories some few end otherwise.
  ["others' and doctors'", changeBy("nobody", "doctor"), 4],
])(
  "whatever a thief has signed among %s changes, afterwards no warning is less than had nobody believed him",
  (_whose, others, maxLength) => {
    let weakened = 0;
    const steps = fc.array(fc.oneof(theft, others), { minLength: 1, maxLength });
    fc.assert(
      fc.property(steps, (changes) => {
        const all = [nothing(PENICILLIN), ...changes];
        const right = warning(heard(PENICILLIN, all, false));
        const isWeaker = (fact: AcceptedFact): boolean =>
          warning(fact).some((says, index) => !says && right[index] === true);
        if (isWeaker(heard(PENICILLIN, all, true))) weakened += 1;
        expect(isWeaker(revisited(PENICILLIN, all))).toBe(false);
      }),
      { numRuns: 1000 },
    );
    expect(weakened).toBeGreaterThan(100);
  },
);
