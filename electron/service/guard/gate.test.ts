import { describe, expect, test } from "vitest";
import type { HoldReason } from "../../../shared/contract/guard.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { decide, factAfter } from "./gate.ts";
import {
  accepted,
  clinical,
  FALLS,
  MORPHINE,
  NOT_FOR_RESUSCITATION,
  NOW,
  PENICILLIN,
  SARA,
  signedBy,
  verification,
  versioned,
} from "./testing.ts";
import type { Signature } from "./fact.ts";

const gone = { version: "2", at: "2026-11-23T10:05:00Z", exact: true } as const;
const circumstances = (signature: Signature | null = null) => ({ now: NOW, signature });

function next(before: FhirResource, change: Record<string, unknown>, patient = "p1") {
  const resource = versioned({ ...before, ...change }, 2);
  return decide(accepted(before), { patient, resource }, circumstances());
}
const without = (name: string) => ({ [name]: undefined });

describe("an allergy that the HIS changes without a signature", () => {
  test.each<readonly [string, Record<string, unknown>, HoldReason]>([
    ["refuted", verification("refuted"), "refuted"],
    ["called a mistake", verification("entered-in-error"), "entered-in-error"],
    ["made doubtful", verification("unconfirmed"), "less-certain"],
    ["said to be over", clinical("resolved"), "no-longer-active"],
    ["said to be inactive", clinical("inactive"), "no-longer-active"],
    [
      "active and resolved at once",
      { clinicalStatus: { coding: [{ code: "active" }, { code: "resolved" }] } },
      "no-longer-active",
    ],
    ["made low", { criticality: "low" }, "criticality-lowered"],
    ["no longer rated", without("criticality"), "criticality-lowered"],
    [
      "mild now",
      { reaction: [{ manifestation: [{ text: "Anaphylaxis" }], severity: "mild" }] },
      "severity-lowered",
    ],
    ["without its reaction", without("reaction"), "reaction-removed"],
    [
      "a rash now",
      { reaction: [{ manifestation: [{ text: "Rash" }], severity: "severe" }] },
      "reaction-removed",
    ],
    ["an intolerance now", { type: "intolerance" }, "less-certain"],
    ["to dust", { code: { text: "Dust" } }, "re-coded"],
    ["to drugs in general", { code: { text: "Drug" } }, "re-coded"],
    [
      "of another code system",
      { code: { coding: [{ system: "urn:x", code: "7980" }], text: "Penicillin G" } },
      "re-coded",
    ],
    [
      "with a code for dust under the word penicillin",
      { code: { ...(PENICILLIN["code"] as object), coding: [{ code: "1" }] } },
      "re-coded",
    ],
    [
      "written with a look-alike letter",
      { code: { ...(PENICILLIN["code"] as object), text: "Реnicillin G" } },
      "re-coded",
    ],
    [
      "with its name turned round by a control character",
      { code: { ...(PENICILLIN["code"] as object), text: "\u202EPenicillin G" } },
      "re-coded",
    ],
    [
      "now a statement that nothing is known",
      {
        code: { coding: [{ system: "http://snomed.info/sct", code: "716186003" }] },
      },
      "re-coded",
    ],
    ["no longer of a medicine", { category: ["environment"] }, "category-removed"],
    ["without its note", without("note"), "note-removed"],
    [
      "with an extension that turns it round",
      { modifierExtension: [{ url: "urn:not", valueBoolean: true }] },
      "modifier",
    ],
    ["under other rules", { implicitRules: "urn:x" }, "modifier"],
    [
      "with a substance of its own inside",
      { contained: [{ resourceType: "Substance" }] },
      "contained",
    ],
    [
      "whose code is said to be absent",
      { _criticality: { extension: [{ url: "urn:absent" }] } },
      "modifier",
    ],
    ["recorded in the year 2090", { recordedDate: "2090-01-01" }, "future-date"],
    ["with an element nobody here knows", { disregard: true }, "other-element"],
  ])("%s is held, and what was there stays in force", (_what, change, reason) => {
    const decision = next(PENICILLIN, change);
    expect(decision).toMatchObject({ verdict: "hold" });
    expect(decision.verdict === "hold" && decision.reasons).toContain(reason);
  });

  test("named to be another patient's is held under the one it was known of", () => {
    const resource = versioned({ ...PENICILLIN, patient: { reference: "Patient/p2" } }, 2);
    const incoming = { patient: "p2", resource };
    const before = accepted(PENICILLIN);
    const decision = decide(before, incoming, circumstances());
    expect(decision).toEqual({ verdict: "hold", reasons: ["re-pointed"], stops: false });
    expect(factAfter(before, incoming, decision)).toMatchObject({
      patient: "p1",
      removed: null,
      claims: [{ patient: "p2", reasons: ["re-pointed"] }],
    });
  });

  test("gone is held, also when the HIS only no longer lists it", () => {
    for (const exact of [true, false]) {
      const incoming = { patient: "p1", gone: { ...gone, exact }, last: PENICILLIN };
      const before = accepted(PENICILLIN);
      const decision = decide(before, incoming, circumstances());
      expect(decision).toMatchObject({ verdict: "hold", reasons: ["removed"] });
      expect(factAfter(before, incoming, decision)).toMatchObject({ removed: null });
    }
  });

  test("written anew under the same version number is held as that", () => {
    const rewritten = { ...versioned(PENICILLIN, 1), criticality: "low" };
    const decision = decide(
      accepted(PENICILLIN),
      { patient: "p1", resource: rewritten },
      circumstances(),
    );
    expect(decision).toMatchObject({
      verdict: "hold",
      reasons: ["same-version", "criticality-lowered"],
    });
  });

  test.each<readonly [string, FhirResource, Record<string, unknown>]>([
    ["raised to high", { ...PENICILLIN, criticality: "low" }, { criticality: "high" }],
    ["confirmed", { ...PENICILLIN, ...verification("unconfirmed") }, verification("confirmed")],
    ["active again", { ...PENICILLIN, ...clinical("resolved") }, clinical("active")],
    [
      "with one more reaction",
      PENICILLIN,
      {
        reaction: [
          { manifestation: [{ text: "Rash" }], severity: "mild" },
          ...(PENICILLIN["reaction"] as object[]),
        ],
      },
    ],
    [
      "with one more note",
      PENICILLIN,
      { note: [...(PENICILLIN["note"] as object[]), { text: "Confirmed by his GP" }] },
    ],
    ["with its recorder named", PENICILLIN, { recorder: { reference: "Practitioner/x" } }],
    ["dated", PENICILLIN, { recordedDate: "2026-11-23" }],
  ])("%s is applied, marked unverified", (_what, before, change) => {
    expect(next(before, change)).toMatchObject({ verdict: "apply-unverified" });
  });

  test("new, whatever it says, is applied and marked", () => {
    const decision = decide(null, { patient: "p1", resource: PENICILLIN }, circumstances());
    expect(decision).toMatchObject({ verdict: "apply-unverified" });
  });

  test("refuted already may go", () => {
    const refuted = { ...PENICILLIN, ...verification("refuted") };
    const incoming = { patient: "p1", gone, last: refuted };
    expect(decide(accepted(refuted), incoming, circumstances())).toMatchObject({
      verdict: "apply-unverified",
    });
  });

  test("in words it had already keeps the standing it had", () => {
    const before = { ...accepted(PENICILLIN), verdict: "apply-verified" } as const;
    const incoming = { patient: "p1", resource: versioned(PENICILLIN, 2) };
    const decision = decide(before, incoming, circumstances());
    expect(decision).toEqual({ verdict: "keep" });
    expect(factAfter(before, incoming, decision)?.verdict).toBe("apply-verified");
  });
});

describe("who a patient is", () => {
  test.each<readonly [string, Record<string, unknown>, HoldReason]>([
    ["another family name", { name: [{ family: "Khoury", given: ["Sara"] }] }, "name-changed"],
    ["another birth date", { birthDate: "1981-04-05" }, "birth-date-changed"],
    ["no birth date", without("birthDate"), "birth-date-changed"],
    ["another sex", { gender: "male" }, "sex-changed"],
    [
      "another number",
      { identifier: [{ system: "urn:hospital", value: "1" }] },
      "identifier-changed",
    ],
    [
      "a number before the one she has",
      {
        identifier: [
          {
            type: {
              coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0203", code: "MR" }],
            },
            value: "1",
          },
          ...(SARA["identifier"] as object[]),
        ],
      },
      "identifier-changed",
    ],
    [
      "merged into another",
      { link: [{ type: "replaced-by", other: { reference: "Patient/p2" } }] },
      "merged",
    ],
    ["out of use", { active: false }, "deactivated"],
    ["dead", { deceasedBoolean: true }, "deceased-changed"],
  ])("%s, unsigned, is held", (_what, change, reason) => {
    expect(next(SARA, change)).toMatchObject({ verdict: "hold", reasons: [reason] });
  });

  test.each<readonly [string, Record<string, unknown>]>([
    ["a new address", { address: [{ city: "Irbid" }] }],
    ["a telephone", { telecom: [{ value: "1" }] }],
    ["one more number", { identifier: [...(SARA["identifier"] as object[]), { value: "9" }] }],
  ])("%s is applied", (_what, change) => {
    expect(next(SARA, change)).toMatchObject({ verdict: "apply-unverified" });
  });
});

describe("a medicine", () => {
  test.each(["stopped", "cancelled", "on-hold", "completed", "entered-in-error", "unknown"])(
    "%s is off at once, unsigned, whatever else the version says",
    (status) => {
      for (const other of [{}, { dosageInstruction: [] }, { modifierExtension: [{}] }])
        expect(next(MORPHINE, { status, ...other })).toMatchObject({
          verdict: "apply-unverified",
          change: "stops",
        });
    },
  );

  test("gone from the HIS is off at once", () => {
    const incoming = { patient: "p1", gone, last: MORPHINE };
    const before = accepted(MORPHINE);
    const decision = decide(before, incoming, circumstances());
    expect(factAfter(before, incoming, decision)?.removed).toEqual(gone);
  });

  test("changed is applied unverified, with what it was before", () => {
    const before = accepted(MORPHINE);
    const resource = versioned({ ...MORPHINE, dosageInstruction: [{ text: "100 mg" }] }, 2);
    const incoming = { patient: "p1", resource };
    const after = factAfter(before, incoming, decide(before, incoming, circumstances()));
    expect(after).toMatchObject({
      resource,
      verdict: "apply-unverified",
      before: { dosageInstruction: MORPHINE["dosageInstruction"] },
    });
  });

  test("that had ended is not given again because an unsigned version says so", () => {
    const stopped = { ...MORPHINE, status: "stopped" };
    expect(next(stopped, { status: "active" })).toMatchObject({
      verdict: "hold",
      reasons: ["reopened"],
    });
  });

  test("said to be another patient's is given to neither until somebody decides", () => {
    const resource = versioned({ ...MORPHINE, subject: { reference: "Patient/p2" } }, 2);
    const incoming = { patient: "p2", resource };
    const before = accepted(MORPHINE);
    const decision = decide(before, incoming, circumstances());
    expect(decision).toMatchObject({ verdict: "hold", stops: true });
    const after = factAfter(before, incoming, decision);
    expect(after?.patient).toBe("p1");
    expect(after?.removed).not.toBeNull();
  });

  test("of an older version than the one in force does not come back", () => {
    const before = accepted(MORPHINE);
    const old = {
      ...MORPHINE,
      dosageInstruction: [{ text: "100 mg" }],
      meta: { versionId: "0", lastUpdated: "2026-11-23T09:00:00Z" },
    };
    expect(decide(before, { patient: "p1", resource: old }, circumstances())).toMatchObject({
      verdict: "hold",
      reasons: ["older-version"],
    });
  });
});

describe("an order not to give", () => {
  const prohibition = { ...MORPHINE, doNotPerform: true };
  test.each<readonly [string, Record<string, unknown>]>([
    ["turned into one to give", { doNotPerform: false }],
    ["stopped", { status: "stopped" }],
    ["said of another medicine", { medicationCodeableConcept: { text: "Codeine" } }],
  ])("%s is held: it warns, as an allergy does", (_what, change) => {
    expect(next(prohibition, change)).toEqual({
      verdict: "hold",
      reasons: ["prohibition-changed"],
      stops: false,
    });
  });
  test("gone is held, and with a note more it applies", () => {
    const incoming = { patient: "p1", gone, last: prohibition };
    expect(decide(accepted(prohibition), incoming, circumstances())).toMatchObject({
      verdict: "hold",
    });
    expect(next(prohibition, { note: [{ text: "Bled in 2019." }] }).verdict).toBe(
      "apply-unverified",
    );
  });
});

describe("resuscitation status and alerts", () => {
  test.each<readonly [string, Record<string, unknown>]>([
    ["ended", { status: "inactive" }],
    ["put otherwise", { code: { text: "For resuscitation" } }],
    ["no longer a directive", { category: [] }],
  ])("a resuscitation status %s is shown beside what it was", (_what, change) => {
    expect(next(NOT_FOR_RESUSCITATION, change)).toMatchObject({ verdict: "show-both" });
  });

  test("a resuscitation status that is gone is shown beside what it was", () => {
    const incoming = { patient: "p1", gone, last: NOT_FOR_RESUSCITATION };
    const before = accepted(NOT_FOR_RESUSCITATION);
    expect(decide(before, incoming, circumstances())).toMatchObject({ verdict: "show-both" });
  });

  test("an alert that ends is held", () => {
    expect(next(FALLS, { status: "inactive" })).toMatchObject({ verdict: "hold" });
  });
});

describe("a signature", () => {
  const refuted = versioned({ ...PENICILLIN, ...verification("refuted") }, 2);
  const asked = (signature: Signature) =>
    decide(accepted(PENICILLIN), { patient: "p1", resource: refuted }, circumstances(signature));

  test("of a doctor takes an allergy away", () => {
    expect(asked(signedBy(["doctor"]))).toMatchObject({ verdict: "apply-verified" });
  });

  test("of a nurse does not; hers adds one", () => {
    expect(asked(signedBy(["nurse"]))).toMatchObject({ verdict: "hold" });
    const incoming = { patient: "p1", resource: versioned(PENICILLIN, 1) };
    expect(decide(null, incoming, circumstances(signedBy(["nurse"])))).toMatchObject({
      verdict: "apply-verified",
    });
  });

  test("older than what is in force, and made upon another version, is a replay", () => {
    const old = signedBy(["doctor"], { at: "2026-11-01T00:00:00Z", base: null });
    expect(asked(old)).toMatchObject({ verdict: "hold" });
  });

  test("that was accepted once is not accepted a second time", () => {
    const signature = signedBy(["doctor"]);
    const before = { ...accepted(PENICILLIN), signedAt: signature.at };
    expect(
      decide(before, { patient: "p1", resource: refuted }, circumstances(signature)),
    ).toMatchObject({ verdict: "hold" });
  });

  test("upon the version held here counts, however long it waited to be sent", () => {
    const early = signedBy(["doctor"], { at: "2026-11-01T00:00:00Z", base: "1" });
    expect(asked(early)).toMatchObject({ verdict: "apply-verified" });
  });
});

test("a claim that a clinician refused is not raised again, another one is", () => {
  const resource = versioned({ ...PENICILLIN, criticality: "low" }, 2);
  const before = accepted(PENICILLIN);
  const refused = {
    ...before,
    refused: [`${resource.meta?.versionId}@${resource.meta?.lastUpdated}`],
  };
  const incoming = { patient: "p1", resource };
  expect(decide(before, incoming, circumstances()).verdict).toBe("hold");
  const decision = decide(refused, incoming, circumstances());
  expect(decision).toEqual({ verdict: "refused" });
  expect(factAfter(refused, incoming, decision)).toEqual(refused);
  const third = { patient: "p1", resource: versioned({ ...PENICILLIN, criticality: "low" }, 3) };
  expect(decide(refused, third, circumstances()).verdict).toBe("hold");
});
