import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digestOf, signaturesIn } from "../../electron/service/guard/index.ts";
import type { TestPc } from "../../electron/service/sync/test-pc.ts";
import { isSignedBy, readFactSignature, verifierOf } from "../../electron/service/vault/index.ts";
import { ACT_SYSTEM, type FactClaims } from "../../shared/trust/index.ts";
import type { FhirResource } from "../../shared/fhir/index.ts";
import {
  atHis,
  beneath,
  clock,
  close,
  goOn,
  layla,
  laylaCharts,
  line,
  newPc,
  open,
  recordAt,
  round,
  SITE,
} from "./proof-ward.ts";
import { VITALS } from "./ward-pc.ts";

/** What was sent in writing, request by request: the types in each. */
let sent: string[][];
let pc: TestPc;

beforeEach(async () => {
  await open();
  await beneath((put) => put(ORDER));
  pc = await newPc();
  sent = [];
  line.onTheWay = (body) => {
    const { type, entry } = JSON.parse(body) as {
      readonly type: string;
      readonly entry: readonly { readonly resource: FhirResource }[];
    };
    if (type === "transaction") sent.push(entry.map(({ resource }) => resource.resourceType));
    return body;
  };
});
afterEach(close);

const ORDER = {
  resourceType: "MedicationRequest",
  id: "o1",
  status: "active",
  intent: "order",
  medicationCodeableConcept: { text: "Paracetamol 1 g" },
  subject: { reference: "Patient/amina" },
};

const now = (): string => new Date(clock).toISOString();
const vitals = (pulse: number) => ({
  uuid: randomUUID(),
  patient: "amina",
  at: now(),
  values: { ...VITALS, pulse },
  confirmed: [],
});

async function push(): Promise<void> {
  goOn(600_000);
  pc.now = clock;
  await pc.sync.pullNow();
  await pc.sync.pushNow();
  await pc.sync.idle();
}

/** What the HIS holds of an act's signature, once it was found that she made it, and for this act. */
function signedByHer(act: string): FactClaims {
  const provenance = atHis("Provenance", act);
  const [jws] = signaturesIn(provenance ?? {});
  const read = jws === undefined ? null : readFactSignature(jws);
  if (read === null) throw new Error("the HIS has no signature of it");
  expect(isSignedBy(read, layla.jwk, verifierOf(layla.jwk))).toBe(true);
  expect(read.claims).toMatchObject({ site: SITE, act, author: "layla", patient: "amina" });
  return read.claims;
}

/** Whether a record, wherever it is held, is word for word one that she signed. */
function isSigned(claims: FactClaims, record: FhirResource): boolean {
  const digest = digestOf(record);
  return claims.facts.some(
    ({ type, content }) => type === record.resourceType && content === digest,
  );
}

/** The records of a set as this PC holds them. */
const observations = (one: TestPc): FhirResource[] =>
  one.chart
    .resources("amina", "Observation")
    .resources.filter((record) => JSON.stringify(record).includes(ACT_SYSTEM));

test("vitals, doses and corrections go to the HIS with her signature, each in one transaction, and another PC can tell that every word is hers", async () => {
  const room = recordAt(pc);
  const set = await room.chartVitals(laylaCharts(), vitals(108));
  await push();
  expect(sent).toEqual([[...Array(7).fill("Observation"), "Provenance"]]);
  const charted = signedByHer(set.uuid);

  sent = [];
  const dose = { patient: "amina", encounter: null, at: now(), order: ORDER, due: null };
  const given = await room.give(laylaCharts(), {
    ...dose,
    uuid: randomUUID(),
    outcome: { kind: "given", compared: [] },
    version: null,
    override: null,
    second: null,
  });
  await push();
  const notGiven = await room.give(laylaCharts(), {
    ...dose,
    uuid: randomUUID(),
    outcome: { kind: "not-given", reason: "asleep", text: "" },
    version: null,
    override: null,
    second: null,
  });
  await push();
  expect(sent).toEqual([1, 2].map(() => ["MedicationAdministration", "Provenance"]));

  await round(pc);
  const wrong = observations(pc).find((record) => JSON.stringify(record).includes('"value":108'));
  if (wrong === undefined) throw new Error("the set has come back");
  expect(isSigned(charted, wrong)).toBe(true);
  sent = [];
  const correction = await room.correctVitals(laylaCharts(), {
    uuid: randomUUID(),
    patient: "amina",
    ids: [wrong.id],
    values: { pulse: 88 },
    wrong: [],
    confirmed: [],
    reason: "read from the wrong monitor",
    at: now(),
  });
  await push();
  expect(sent).toEqual([["Observation", "Provenance"]]);
  const corrected = signedByHer(correction.uuid);
  // The value that is right, upon the version that was wrong.
  expect(corrected.facts).toMatchObject([
    { verb: "update", id: wrong.id, base: wrong.meta?.versionId, before: digestOf(wrong) },
  ]);

  const other = await newPc();
  await round(other);
  const held = observations(other);
  expect(held).toHaveLength(7);
  for (const record of held) {
    const claims = record.id === wrong.id ? corrected : charted;
    expect(isSigned(claims, record)).toBe(true);
    expect(isSigned(claims, { ...record, effectiveDateTime: "2026-11-23T01:00:00Z" })).toBe(false);
  }
  const doses = other.chart.resources("amina", "MedicationAdministration").resources;
  for (const [{ uuid }, status] of [
    [given, "completed"],
    [notGiven, "not-done"],
  ] as const) {
    const mine = doses.find((one) => one["status"] === status);
    if (mine === undefined) throw new Error("the dose has come");
    const claims = signedByHer(uuid);
    expect(isSigned(claims, mine)).toBe(true);
    expect(isSigned(claims, { ...mine, status: "entered-in-error" })).toBe(false);
  }
});

test("so does a withdrawal of what the HIS turned out to have: what is entered in error there, she signed", async () => {
  const room = recordAt(pc);
  const set = vitals(61);
  await room.chartVitals(laylaCharts(), set);
  line.losesAnswers = true;
  await push();
  const uuid = randomUUID();
  await room.withdraw(laylaCharts(), { uuid, act: set.uuid, at: now(), reason: "wrong patient" });
  line.losesAnswers = false;
  sent = [];
  await push();
  await push();
  expect(sent).toEqual([[...Array(7).fill("Observation"), "Provenance"]]);
  const claims = signedByHer(uuid);
  const targets = atHis("Provenance", uuid)?.["target"] as { readonly reference: string }[];
  const taken = targets.flatMap(({ reference }) => {
    const [type = "", id = ""] = reference.split("/");
    return type === "Observation" ? [atHis(type, id)] : [];
  });
  expect(taken).toHaveLength(7);
  for (const record of taken) {
    expect(record).toMatchObject({ status: "entered-in-error" });
    expect(record !== null && isSigned(claims, record)).toBe(true);
  }
});
