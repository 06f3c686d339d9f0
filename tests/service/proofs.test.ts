import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimKey, type SigningTrust } from "../../electron/service/guard/index.ts";
import { createRecord } from "../../electron/service/record/index.ts";
import { createTestPc, type TestPc } from "../../electron/service/sync/test-pc.ts";
import { BASE } from "../../electron/service/sync/test-his.ts";
import { admit, allergy, buildWard } from "../../electron/service/sync/test-ward.ts";
import { signFacts } from "../../electron/service/vault/index.ts";
import type { Act } from "../../shared/trust/index.ts";
import { makeFhirApi } from "../../tools/his/fhir-api.ts";
import { loadEngine, makeSigner } from "../../tools/his/index.ts";
import { openResourceFile, type ResourceFile, type Stored } from "../../tools/his/resource-file.ts";
import { chartChange, type SignedChange } from "../../tools/his/signing.ts";
import { settingsOf } from "../../tools/his/quirks/index.ts";

const SITE = "north";
const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 23, 8);

let folder: string;
let file: ResourceFile;
let clock: number;
let his: Awaited<ReturnType<typeof makeSigner>>;
let layla: Awaited<ReturnType<typeof makeSigner>>;
let pcs: TestPc[];
/** What the HIS, or somebody before it, does to what is sent. */
let onTheWay: (body: string) => string;
let asked: string[];
/** Questions that the HIS does not understand, whatever it says that it can do. */
let refuses: RegExp | null;

beforeEach(async () => {
  loadEngine();
  folder = mkdtempSync(join(tmpdir(), "proofs-"));
  clock = START;
  pcs = [];
  asked = [];
  refuses = null;
  onTheWay = (body) => body;
  [his, layla] = await Promise.all([makeSigner(), makeSigner("EdDSA")]);
  file = openResourceFile(join(folder, "his.db"), () => clock);
  await beneath((put) => {
    buildWard({ put }, 2);
    admit({ put }, "amina", "bed-1");
    admit({ put }, "basma", "bed-2");
    put(allergy("amina", "a1", CODED));
    put(allergy("basma", "b1", CODED));
  });
});
afterEach(async () => {
  for (const pc of pcs) {
    await pc.sync.stop();
    pc.dispose();
  }
  await file.close();
  rmSync(folder, { recursive: true });
});

/** Valid FHIR, as this HIS wants it. */
const CODED = {
  clinicalStatus: {
    coding: [
      {
        system: "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
        code: "active",
      },
    ],
  },
};

type Put = (resource: Record<string, unknown>) => never;
async function beneath(work: (put: Put) => void): Promise<void> {
  await file.exclusively(async (writer) => {
    work((resource) => writer.put(resource as Stored, "PUT") as never);
  });
}

async function change(input: SignedChange): Promise<Awaited<ReturnType<typeof chartChange>>> {
  const house = { site: SITE, signer: his, now: () => clock };
  return await chartChange(file, house, { ...input, signed: input.signed ?? true });
}

function trust(): SigningTrust {
  const time = { from: START - DAY, until: START + DAY };
  const roles = ["doctor"] as const;
  const types = ["AllergyIntolerance", "Patient"];
  return {
    site: SITE,
    keys: [
      {
        ...time,
        kid: his.kid,
        jwk: his.jwk,
        holder: { kind: "service", id: "his", vouchesFor: roles, types },
      },
      {
        ...time,
        kid: layla.kid,
        jwk: layla.jwk,
        holder: { kind: "clinician", id: "layla", roles },
      },
    ],
  };
}

async function newPc(): Promise<TestPc> {
  const api = makeFhirApi({
    file,
    base: BASE.replace(/\/$/u, ""),
    tokenUrl: `${BASE}token`,
    websocketUrl: `${BASE}websocket`,
    settings: () => settingsOf([]),
    now: () => clock,
    admit: () => {},
  });
  const pc = createTestPc({
    clock,
    async fetch(input, init) {
      const url = new URL(input instanceof Request ? input.url : input);
      const method = init?.method ?? "GET";
      const question = `${url.pathname.split("/").at(-1)}${url.search}`;
      asked.push(question);
      if (refuses?.test(question) === true) return refusal();
      const body = typeof init?.body === "string" ? init.body : "";
      const answer = await api({
        method,
        path: url.pathname.slice(new URL(BASE).pathname.length),
        query: url.searchParams,
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: method === "POST" ? onTheWay(body) : body,
      });
      return new Response(answer.body, {
        status: answer.status,
        headers: {
          ...answer.headers,
          "content-type": answer.type,
          date: new Date(clock).toUTCString(),
        },
      });
    },
  });
  pcs.push(pc);
  pc.thread.useSigningKeys(trust());
  await round(pc);
  return pc;
}

function refusal(): Response {
  const issue = [{ severity: "error", code: "not-supported" }];
  return new Response(JSON.stringify({ resourceType: "OperationOutcome", issue }), {
    status: 400,
    headers: { "content-type": "application/fhir+json", date: new Date(clock).toUTCString() },
  });
}

async function round(pc: TestPc): Promise<void> {
  clock += 5000;
  pc.now = clock;
  await pc.sync.pullNow();
  await pc.sync.applyNow();
}

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
  const record = createRecord({
    journal: {
      putAct: async (...input) => pc.journal.putAct(...input),
      putActAbout: async (...input) => pc.journal.putActAbout(...input),
      act: async (uuid) => pc.journal.act(uuid),
    },
    escrow: null,
    workstation: "pc-1",
    site: SITE,
    now: () => at,
    millis: () => clock,
    encounterOf: async () => null,
    observations: async () => [],
    audited: () => "{}",
    onOver: async () => {},
    escrowFailed: () => {},
  });
  const charting = {
    author: "layla",
    sign: async (_act: unknown) => "sig",
    signFacts: async (claims: Parameters<typeof signFacts>[0]) => await signFacts(claims, layla),
  };
  await record.chartDecision(charting, {
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
  clock += 3 * 3_600_000;
  await beneath((put) => put(late.provenance ?? {}));
  await round(pc);
  await round(pc);
  expect(pc.fact("AllergyIntolerance", "a1")).toMatchObject({
    verdict: "apply-verified",
    claims: [],
    resource: { criticality: "low" },
  });
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
  onTheWay = (body) => body.replace('"text":"Penicillin"', '"text":"Dust"');
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

test("a HIS that says it gives what vouches for a record, and refuses the question, is asked without from then on", async () => {
  refuses = /_revinclude|^Provenance/u;
  const pc = await newPc();
  expect(allergies(pc, "amina")).toEqual(["a1"]);
  await change({ by: "layla", change: low("a1", "amina") });
  asked = [];
  await round(pc);
  await round(pc);
  expect(asked.filter((line) => refuses?.test(line))).toEqual([]);
  expect(pc.fact("AllergyIntolerance", "a1")?.claims).toHaveLength(1);
});
