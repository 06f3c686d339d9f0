import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createRecord,
  type Charting,
  type Record as Room,
} from "../../electron/service/record/index.ts";
import type { SigningTrust } from "../../electron/service/guard/index.ts";
import { createTestPc, type TestPc } from "../../electron/service/sync/test-pc.ts";
import { BASE } from "../../electron/service/sync/test-his.ts";
import { admit, allergy, buildWard } from "../../electron/service/sync/test-ward.ts";
import { signFacts } from "../../electron/service/vault/index.ts";
import { FhirResource } from "../../shared/fhir/index.ts";
import { makeFhirApi } from "../../tools/his/fhir-api.ts";
import { loadEngine, makeSigner } from "../../tools/his/index.ts";
import { settingsOf } from "../../tools/his/quirks/index.ts";
import { openResourceFile, type ResourceFile, type Stored } from "../../tools/his/resource-file.ts";
import { chartChange, type SignedChange } from "../../tools/his/signing.ts";

export const SITE = "north";
const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 23, 8);

/**
 * The demo HIS and ward PCs in one process, for tests of who signed what: `open` before each, `close` after. The HIS and the
 * doctor sign; a PC believes both.
 */
export let file: ResourceFile;
export let clock: number;
export let layla: Signer;
let folder: string;
let his: Signer;
let pcs: TestPc[];

type Signer = Awaited<ReturnType<typeof makeSigner>>;

/** The way between a PC and the HIS. */
export const line: {
  /** What the HIS, or somebody before it, does to what is sent. */
  onTheWay: (body: string) => string;
  asked: string[];
  /** Questions that the HIS does not understand, whatever it says that it can do. */
  refuses: RegExp | null;
  /** What is sent arrives and is done, and its answer never comes back. */
  losesAnswers: boolean;
} = { onTheWay: (body) => body, asked: [], refuses: null, losesAnswers: false };

export async function open(): Promise<void> {
  loadEngine();
  folder = mkdtempSync(join(tmpdir(), "proofs-"));
  clock = START;
  pcs = [];
  Object.assign(line, {
    onTheWay: (body: string) => body,
    asked: [],
    refuses: null,
    losesAnswers: false,
  });
  [his, layla] = await Promise.all([makeSigner(), makeSigner("EdDSA")]);
  file = openResourceFile(join(folder, "his.db"), () => clock);
  await beneath((put) => {
    buildWard({ put }, 2);
    admit({ put }, "amina", "bed-1");
    admit({ put }, "basma", "bed-2");
    put(allergy("amina", "a1", CODED));
    put(allergy("basma", "b1", CODED));
  });
}

export async function close(): Promise<void> {
  for (const pc of pcs) {
    await pc.sync.stop();
    pc.dispose();
  }
  await file.close();
  rmSync(folder, { recursive: true });
}

/** Valid FHIR, as this HIS wants it. */
export const CODED = {
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
export async function beneath(work: (put: Put) => void): Promise<void> {
  await file.exclusively(async (writer) => {
    work((resource) => writer.put(resource as Stored, "PUT") as never);
  });
}

export async function change(
  input: SignedChange,
): Promise<Awaited<ReturnType<typeof chartChange>>> {
  const house = { site: SITE, signer: his, now: () => clock };
  return await chartChange(file, house, { ...input, signed: input.signed ?? true });
}

/** `next`: a key that the HIS signs with from now on, certified beside the one it had; `stolen`: since when its first was. */
export function trust(next?: Signer, { stolen = START + DAY } = {}): SigningTrust {
  const time = { from: START - DAY, until: START + DAY };
  const roles = ["doctor"] as const;
  const types = ["AllergyIntolerance", "Patient"];
  return {
    site: SITE,
    keys: [
      ...[his, next].flatMap((key) => {
        if (key === undefined) return [];
        const holder = { kind: "service", id: "his", vouchesFor: roles, types } as const;
        const until = key === his ? stolen : time.until;
        return [{ from: time.from, until, kid: key.kid, jwk: key.jwk, holder }];
      }),
      {
        ...time,
        kid: layla.kid,
        jwk: layla.jwk,
        holder: { kind: "clinician", id: "layla", roles },
      },
    ],
    revoked: [],
  };
}

/** A PC in the place of one made here. */
export function toClose(pc: TestPc): void {
  pcs = [pc];
}

export async function newPc(): Promise<TestPc> {
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
      line.asked.push(question);
      if (line.refuses?.test(question) === true) return refusal();
      const body = typeof init?.body === "string" ? init.body : "";
      const answer = await api({
        method,
        path: url.pathname.slice(new URL(BASE).pathname.length),
        query: url.searchParams,
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: method === "POST" ? line.onTheWay(body) : body,
      });
      if (line.losesAnswers && method === "POST") throw new TypeError("socket hang up");
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

export async function round(pc: TestPc): Promise<void> {
  goOn(5000);
  pc.now = clock;
  await pc.sync.pullNow();
  await pc.sync.applyNow();
}

export function goOn(milliseconds: number): void {
  clock += milliseconds;
}

/** The room of a PC that writes acts, as the service wires it, with nobody's escrow. */
export function recordAt({ journal, chart }: TestPc): Room {
  return createRecord({
    journal: {
      putAct: async (...input) => journal.putAct(...input),
      putActAbout: async (...input) => journal.putActAbout(...input),
      act: async (uuid) => journal.act(uuid),
    },
    escrow: null,
    workstation: "pc-1",
    site: SITE,
    now: () => new Date(clock).toISOString(),
    millis: () => clock,
    encounterOf: async () => null,
    observations: async (patient, ids) =>
      chart.resources(patient, "Observation").resources.filter(({ id }) => ids.includes(id)),
    audited: () => "{}",
    onOver: async () => {},
    escrowFailed: () => {},
  });
}

/** Who is signed in: layla, with her own key. */
export function laylaCharts(): Charting {
  return {
    author: "layla",
    sign: async () => "sig",
    signFacts: async (claims) => await signFacts(claims, layla),
  };
}

/** A resource as the HIS holds it now; null: it does not. */
export function atHis(type: string, id: string): FhirResource | null {
  const json = file.reader.current(type, id)?.json ?? null;
  return json === null ? null : FhirResource.parse(JSON.parse(json));
}
