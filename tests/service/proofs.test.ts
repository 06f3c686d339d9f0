import { afterEach, beforeEach, expect, test } from "vitest";
import { claimKey } from "../../electron/service/guard/index.ts";
import type { TestPc } from "../../electron/service/sync/test-pc.ts";
import { allergy } from "../../electron/service/sync/test-ward.ts";
import type { Act } from "../../shared/trust/index.ts";
import { makeSigner } from "../../tools/his/index.ts";
import type { Stored } from "../../tools/his/resource-file.ts";
import {
  beneath,
  change,
  clock,
  close,
  CODED,
  goOn,
  laylaCharts,
  line,
  newPc,
  open,
  recordAt,
  round,
  toClose,
  trust,
} from "./proof-ward.ts";

beforeEach(open);
afterEach(close);

const allergies = (pc: TestPc, patient: string): string[] =>
  pc.chart.resources(patient, "AllergyIntolerance").resources.map(({ id }) => id);
const low = (id: string, patient: string) =>
  allergy(patient, id, { ...CODED, criticality: "low" }) as Stored;

/** A doctor at this PC decides about the claim, as the room that writes does it. */
async function decide(pc: TestPc, verdict: "accept" | "keep"): Promise<void> {
  const fact = pc.fact("AllergyIntolerance", "a1");
  const [claim] = fact?.claims ?? [];
  if (fact === null || claim === undefined) throw new Error("nothing is claimed");
  const at = new Date(clock).toISOString();
  await recordAt(pc).chartDecision(laylaCharts(), {
    uuid: "7d3c1f0e-5b7a-4c22-9a51-0f6f3f0f6a01" satisfies Act["uuid"],
    patient: "amina",
    verdict,
    alone: null,
    reason: "seen",
    inForce: fact.resource,
    claimed: claim.resource,
    goneVersion: claim.removed?.version ?? null,
    claimedFor: claim.patient,
  });
  const settlement = { claim: claimKey(claim), verdict, by: "layla", at, anew: null } as const;
  pc.thread.settle("AllergyIntolerance", "a1", settlement);
  await pc.sync.pushNow();
  await pc.sync.idle();
}

test("what is signed at the HIS comes verified with its own page; a removal goes at once", async () => {
  const pc = await newPc();
  await change({ by: "layla", change: low("a1", "amina") });
  await change({ by: "layla", change: { type: "AllergyIntolerance", id: "b1" } });
  await round(pc);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({
    verdict: "apply-verified",
    signedBy: "layla",
    claims: [],
    resource: { criticality: "low" },
  });
  expect(allergies(pc, "basma")).toEqual([]);
  expect(pc.alarms.filter(({ kind }) => kind === "held")).toEqual([]);
  // A PC that comes later knows at once who has signed it.
  const other = await newPc();
  expect(other.fact("AllergyIntolerance", "a1")).toMatchObject({ verdict: "apply-verified" });
});

test("a change whose signature comes hours later is held and named, and decided by the signature then", async () => {
  const pc = await newPc();
  const late = await change({ by: "layla", change: low("a1", "amina"), signed: "later" });
  await round(pc);
  expect(pc.fact("AllergyIntolerance", "a1")?.claims).toHaveLength(1);
  goOn(3 * 3_600_000);
  await beneath((put) => put(late.provenance ?? {}));
  await round(pc);
  await round(pc);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({
    verdict: "apply-verified",
    claims: [],
    resource: { criticality: "low" },
  });
});

test("what the HIS signed with its next key waits until this PC has heard of that key, and is done then", async () => {
  const pc = await newPc();
  const next = await makeSigner();
  await change({ by: "layla", change: low("a1", "amina"), forge: { signer: next } });
  await round(pc);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({
    resource: { criticality: "high" },
    claims: [{ resource: { criticality: "low" } }],
  });
  pc.thread.useSigningKeys(trust(next));
  await round(pc);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({
    verdict: "apply-verified",
    claims: [],
    resource: { criticality: "low" },
  });
  // What the old key signs while both are in force counts as well.
  await change({ by: "layla", change: low("b1", "basma") });
  await round(pc);
  expect(pc.fact("AllergyIntolerance", "b1")).toMatchObject({ verdict: "apply-verified" });
});

test("a signature over a version of before, put beside the next one, vouches for neither", async () => {
  const pc = await newPc();
  const first = await change({ by: "layla", change: low("a1", "amina") });
  await round(pc);
  await change({ by: "layla", change: allergy("amina", "a1", CODED) as Stored });
  await round(pc);
  // The HIS is made to say again what was true before, and has the signature for it.
  await beneath((put) => put(low("a1", "amina")));
  const { meta: _meta, ...again } = first.provenance ?? { resourceType: "", id: "" };
  await beneath((put) => put({ ...again, id: "replayed" }));
  await round(pc);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({
    resource: { criticality: "high" },
    claims: [{ reasons: ["criticality-lowered"] }],
  });
});

test.each(["accept", "keep"] as const)(
  "a doctor's decision to %s, made at one PC, is there at the others, signed with her key",
  async (verdict) => {
    const [pc, other] = [await newPc(), await newPc()];
    await change({ by: "svc-interface-3", change: low("a1", "amina"), signed: false });
    for (const one of [pc, other]) await round(one);
    expect(other.fact("AllergyIntolerance", "a1")?.claims).toHaveLength(1);
    await decide(pc, verdict);
    for (let rounds = 0; rounds < 2; rounds += 1) await round(other);
    expect(other.fact("AllergyIntolerance", "a1")).toMatchObject({
      verdict: "apply-verified",
      signedBy: "layla",
      claims: [],
      resource: { criticality: verdict === "accept" ? "low" : "high" },
    });
  },
);

test("what is changed between this PC and the record is an alarm here, and is not believed elsewhere", async () => {
  const [pc, other] = [await newPc(), await newPc()];
  await change({ by: "svc-interface-3", change: low("a1", "amina"), signed: false });
  for (const one of [pc, other]) await round(one);
  line.onTheWay = (body) => body.replace('"text":"Penicillin"', '"text":"Dust"');
  await decide(pc, "keep");
  expect(pc.alarms).toContainEqual(
    expect.objectContaining({ kind: "changed-on-the-way", type: "AllergyIntolerance", id: "a1" }),
  );
  await round(other);
  expect(other.fact("AllergyIntolerance", "a1")).toMatchObject({
    resource: { code: { text: "Penicillin" }, criticality: "high" },
    claims: [{ resource: { code: { text: "Dust" } } }],
  });
});

test("what a doctor here said is another patient's leaves him too, when it is signed back", async () => {
  const pc = await newPc();
  await change({
    by: "svc-interface-3",
    change: allergy("basma", "a1", CODED) as Stored,
    signed: false,
  });
  await round(pc);
  await decide(pc, "accept");
  await round(pc);
  expect([allergies(pc, "amina"), allergies(pc, "basma").toSorted()]).toEqual([[], ["a1", "b1"]]);
  await change({ by: "layla", change: allergy("amina", "a1", CODED) as Stored });
  await round(pc);
  expect([allergies(pc, "amina"), allergies(pc, "basma")]).toEqual([["a1"], ["b1"]]);
});

/** The HIS's key turns out to have been in wrong hands since then. */
const stolenSince = (moment: number) => trust(undefined, { stolen: moment });
const heldNow = (pc: TestPc) => pc.alarms.filter(({ kind }) => kind === "held");

test("what a stolen key took away before anybody knew stands again, is told once, and waits for a doctor", async () => {
  const pc = await newPc();
  await change({ by: "layla", change: low("b1", "basma") });
  await round(pc);
  goOn(60_000);
  const stolen = clock;
  await change({ by: "layla", change: low("a1", "amina") });
  await change({ by: "layla", change: { type: "AllergyIntolerance", id: "b1" } });
  await change({ by: "layla", change: allergy("basma", "b2", CODED) as Stored });
  await round(pc);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({ resource: { criticality: "low" } });
  expect(allergies(pc, "basma")).toEqual(["b2"]);

  pc.thread.useSigningKeys(stolenSince(stolen));
  // Before anything else: who signs in now sees it.
  expect(allergies(pc, "basma").toSorted()).toEqual(["b1", "b2"]);
  expect(pc.chart.resources("amina", "AllergyIntolerance").resources).toMatchObject([
    { criticality: "high" },
  ]);
  const told = await pc.thread.applyInbox(100);
  expect(told).toMatchObject({ pages: 0, patients: ["amina", "basma"] });
  expect(told.alarms).toMatchObject([
    { id: "a1", patient: "amina", by: "layla", reasons: "criticality-lowered signer-revoked" },
    { id: "b1", patient: "basma", by: "layla", reasons: "removed signer-revoked" },
  ]);
  // What it signed before it was stolen is as good as it was; what it added is nobody's word.
  expect(pc.fact("AllergyIntolerance", "b1")).toMatchObject({
    resource: { criticality: "low" },
    verdict: "apply-verified",
  });
  expect(pc.fact("AllergyIntolerance", "b2")).toMatchObject({ verdict: "apply-unverified" });

  for (const since of [stolen, stolen]) {
    pc.thread.useSigningKeys(stolenSince(since));
    await round(pc);
  }
  expect(heldNow(pc)).toEqual([]);
  await decide(pc, "keep");
  await round(pc);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({
    verdict: "apply-verified",
    claims: [],
    resource: { criticality: "high" },
  });
  // And the PC that hears of the revocation later asks nobody any more.
  const late = await newPc();
  late.thread.useSigningKeys(stolenSince(stolen));
  await round(late);
  expect(late.fact("AllergyIntolerance", "a1")).toMatchObject({
    claims: [],
    resource: { criticality: "high" },
  });
});

test.each(["chart", "journal"] as const)(
  "killed while it looks again at what a stolen key signed, at its write to %s, it does so at the next opening",
  async (killed) => {
    const pc = await newPc();
    const stolen = clock;
    await change({ by: "layla", change: low("a1", "amina") });
    await round(pc);
    const { chart, journal } = pc;
    const dies = (): never => {
      throw new Error("killed");
    };
    // The chart is written first: a kill at the journal's write leaves it a batch ahead.
    if (killed === "chart") pc.chart = { ...chart, write: dies };
    else (journal as { applied: unknown }).applied = dies;
    expect(() => pc.thread.useSigningKeys(stolenSince(stolen))).toThrow("killed");
    pc.chart = chart;
    const again = pc.restart();
    toClose(again);
    again.now = clock;
    again.thread.useSigningKeys(stolenSince(stolen));
    expect(again.fact("AllergyIntolerance", "a1")).toMatchObject({
      resource: { criticality: "high" },
      claims: [
        { resource: { criticality: "low" }, reasons: expect.arrayContaining(["signer-revoked"]) },
      ],
    });
    await round(again);
    expect(heldNow(again)).toHaveLength(1);
  },
);

test("a HIS that says it gives what vouches for a record, and refuses the question, is asked without from then on", async () => {
  line.refuses = /_revinclude|^Provenance/u;
  const pc = await newPc();
  expect(allergies(pc, "amina")).toEqual(["a1"]);
  await change({ by: "layla", change: low("a1", "amina") });
  line.asked = [];
  await round(pc);
  await round(pc);
  expect(line.asked.filter((question) => line.refuses?.test(question))).toEqual([]);
  expect(pc.fact("AllergyIntolerance", "a1")?.claims).toHaveLength(1);
});
