import { afterEach, beforeEach, expect, test } from "vitest";
import { firstSeen } from "../guard/index.ts";
import type { AcceptedFact } from "../guard/index.ts";
import { StoreError } from "../store/index.ts";
import { bringFacts } from "./bring-facts.ts";
import { createTestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { allergy } from "./test-ward.ts";

/** More than one transaction takes. */
const MANY = 501;

let pc: TestPc;
beforeEach(() => {
  pc = createTestPc(createTestHis());
});
afterEach(async () => {
  await pc.sync.stop();
  pc.dispose();
});

/** An allergy that was lowered with a key of the HIS, a minute ago. */
function lowered(index: number): AcceptedFact {
  const [patient, id] = [`p${index}`, `a${index}`];
  const at = new Date(pc.now - 60_000).toISOString();
  const version = (versionId: string, criticality: string) =>
    firstSeen(patient, {
      ...allergy(patient, id, { criticality }),
      resourceType: "AllergyIntolerance",
      id,
      meta: { versionId, lastUpdated: at },
    });
  const signature = { kid: "stolen", by: "layla", at };
  return {
    ...version("2", "low"),
    verdict: "apply-verified",
    signedBy: "layla",
    signedAt: at,
    signedWith: "stolen",
    yielded: [{ to: [signature], stood: version("1", "high") }],
  };
}

test("a disk that is full in the midst of it keeps nobody out; what was held before and what is held afterwards is all told, once", async () => {
  const facts = Array.from({ length: MANY }, (_, index) => lowered(index));
  const files = { ...pc, settle: () => {} };
  bringFacts(
    files,
    facts.map((fact) => ({ before: fact, after: [fact] })),
  );
  const holder = { kind: "service", id: "his", vouchesFor: [], types: [] } as const;
  const jwk = { kty: "OKP", crv: "Ed25519", x: "" } as const;
  const key = { kid: "stolen", jwk, holder, from: 0, until: pc.now - 3_600_000 };
  const { chart } = pc;
  let writes = 0;
  pc.chart = {
    ...chart,
    write(...input) {
      writes += 1;
      if (writes === 2) throw new StoreError("disk-full", "chart.db");
      return chart.write(...input);
    },
  };
  pc.thread.useSigningKeys({ site: "north", keys: [key], revoked: [] });
  expect(writes).toBe(2);
  const told = [await pc.thread.applyInbox(10), await pc.thread.applyInbox(10)];
  expect(told.map(({ alarms }) => alarms.length)).toEqual([MANY, 0]);
  expect(told[0]?.patients).toBeNull();
  for (const index of [0, MANY - 1])
    expect(pc.fact("AllergyIntolerance", `a${index}`)).toMatchObject({
      resource: { criticality: "high" },
      claims: [{ resource: { criticality: "low" } }],
    });
});
