import { expect, test } from "vitest";
import { readReported, reviewIn, reviewOf } from "./reported.ts";

const ID = "7d3c1f0e-5b7a-4c22-9a51-0f6f3f0f6a01";

/** A report as a PC sends it. */
const event = (change: object = {}): object => ({
  resourceType: "AuditEvent",
  id: ID,
  subtype: [{ system: "http://dicom.nema.org/resources/ontology/DCM", code: "110127" }],
  recorded: "2026-11-23T08:00:00Z",
  purposeOfEvent: [{ coding: [{ code: "BTG" }], text: "covering" }],
  agent: [{ who: { reference: "Practitioner/layla" }, requestor: true }],
  source: { observer: { display: "pc-7" } },
  entity: [{ what: { reference: "Patient/p1" } }],
  ...change,
});
const only = (change: object) => readReported([event(change)]).accesses[0] ?? null;

test("an override is read with who, whom, why and where", () => {
  expect(only({})).toEqual({
    id: ID,
    kind: "override",
    at: "2026-11-23T08:00:00Z",
    until: null,
    clinician: "layla",
    name: null,
    by: null,
    patient: "p1",
    reason: "covering",
    workstation: "pc-7",
  });
});

test("an access is known by our own number, whatever the HIS calls its report, and twice the same is one", () => {
  const entity = [{ what: { identifier: { system: "urn:amanah:access", value: ID } } }];
  expect(only({ id: "his-77", entity })).toMatchObject({ id: ID, patient: null });
  expect(readReported([event(), event({ id: "his-77", entity })]).accesses).toHaveLength(1);
});

test.each([
  ["nothing", null],
  ["words", "AuditEvent"],
  ["another resource", event({ resourceType: "Patient" })],
  ["an event of another kind", event({ subtype: [{ code: "110122" }] })],
  ["an access of nobody", event({ agent: [{ requestor: true }] })],
  ["an access without a number", event({ id: "his-77" })],
  ["a time that is none", event({ recorded: "yesterday" })],
  ["a review of nothing", event({ subtype: [{ code: "access-reviewed" }] })],
])("%s is no access, and is counted as something that is not shown", (_what, one) => {
  expect(readReported([one])).toEqual({ accesses: [], reviews: [], unread: 1 });
});

const taken = { id: ID, clinician: "layla", by: "salma" };
const review = (by: string, at: string, access = ID) => ({ access, by, at });

test("the first to look counts, and nobody who did it or let somebody in, whatever the HIS says", () => {
  const [early, late] = ["2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z"];
  expect(reviewOf(taken, [])).toBeNull();
  expect(reviewOf(taken, [review("layla", early), review("salma", early)])).toBeNull();
  expect(reviewOf(taken, [review("noura", early, "another")])).toBeNull();
  expect(reviewOf(taken, [review("noura", late), review("omar", early)])?.by).toBe("omar");
});

test("a review that is in this PC's trail counts before the HIS has it", () => {
  const entry = {
    at: "2026-11-23T09:00:00Z",
    kind: "access-reviewed",
    clinician: "noura",
    workstation: "pc-1",
    detail: { access: ID },
  };
  const row = (body: object) => ({ seq: 1, prev: "", hash: "", body: JSON.stringify(body) });
  expect(reviewIn(row(entry))).toEqual({ access: ID, by: "noura", at: entry.at });
  expect(reviewIn(row({ ...entry, kind: "lock" }))).toBeNull();
  expect(reviewIn({ ...row(entry), body: "no JSON" })).toBeNull();
});
