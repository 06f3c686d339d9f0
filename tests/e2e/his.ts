import { fork } from "node:child_process";
import { join } from "node:path";
import type { Badge } from "../../shared/trust/index.ts";

/** One resource that a workstation charted, as the HIS holds it. */
export interface Charted {
  readonly type: string;
  readonly id: string;
  readonly version: number;
}
interface Act {
  readonly uuid: string;
  readonly resources: readonly Charted[];
}
export interface Person {
  readonly id: string;
  readonly name: { readonly en: string; readonly ar: string };
  readonly pin: string;
}

export interface Ward {
  readonly id: string;
  readonly name: string;
  readonly nameAr: string;
}
export interface BedPatient {
  readonly id: string;
  readonly name: string;
  readonly ward: string;
  readonly bed: string;
  readonly allergies: readonly { readonly id: string; readonly text: string }[];
}
/** A request that waits at the enrolment desk. */
export interface Waiting {
  readonly id: string;
  readonly clinician: string;
  readonly confirmation: string;
}

/** The demo HIS in a process of its own, handled as an administrator would: through its control page. */
export interface HisProcess {
  readonly people: readonly Person[];
  readonly wards: readonly Ward[];
  /** What it keeps; the desk's secrets among it. */
  readonly dataDir: string;
  setOutage(outage: boolean): Promise<void>;
  /** Whether the enrolment desk says yes by itself. */
  setApproves(approves: boolean): Promise<void>;
  waitingAtDesk(): Promise<Waiting[]>;
  decide(id: string, approve: boolean): Promise<void>;
  /** The desk puts badges or wards of somebody on the roster right. */
  changeEntry(
    clinician: string,
    change: { badges?: readonly Badge[]; wards?: readonly string[] },
  ): Promise<void>;
  /** The control key says so; gives the signed statement. */
  issue(kind: string, subject: string, body: object): Promise<string>;
  /** Writes a resource into the HIS, as if charted there. */
  put(resource: object): Promise<void>;
  /** A resource as the HIS holds it now. */
  read(type: string, id: string): Promise<Record<string, unknown>>;
  /** A new envelope for a ward; gives the code in it. */
  envelope(ward: string): Promise<string>;
  charted(): Promise<Charted[]>;
  /** Patients in beds, with their allergies as the HIS has them. */
  patients(): Promise<BedPatient[]>;
  /** Somebody changes an allergy beneath the API. */
  changeAllergy(id: string, change: string): Promise<void>;
  /** Somebody changes an allergy at the HIS's own screen, and the HIS signs it for her. */
  signedAllergy(id: string, change: string, by: string): Promise<void>;
  /** The control key revokes the HIS's signing key as of then; null: certifies it again. */
  signerStolen(since: Date | null): Promise<void>;
  policy(workstation: string): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export async function startHisProcess(
  folder: string,
  size: { readonly beds: number; readonly wards: number },
): Promise<HisProcess> {
  const dataDir = join(folder, "his");
  const child = fork(
    "tools/start/his-process.ts",
    // What a PIN costs is not the journeys' subject: `session.bench.ts` and the smoke pay the whole price.
    ["--data", dataDir, "--beds", String(size.beds), "--wards", String(size.wards), "--quick-pins"],
    { stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  const controlUrl = await new Promise<string>((resolve, reject) => {
    child.once("message", (message: { controlUrl: string }) => resolve(message.controlUrl));
    child.once("exit", (code) =>
      reject(new Error(`The demo HIS ended at its start (${code ?? "signal"}).`)),
    );
  });
  const get = async <T>(path: string): Promise<T> =>
    (await fetch(new URL(path, controlUrl))).json() as Promise<T>;
  const post = async <T>(path: string, body: object): Promise<T> => {
    const answer = await fetch(new URL(path, controlUrl), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.json() as Promise<T>;
  };
  const state = () =>
    get<{ people: Person[]; wards: Ward[]; acts: Act[]; enrolments: Waiting[] }>("/control/state");
  const { people, wards } = await state();
  return {
    people,
    wards,
    dataDir,
    setOutage: (outage) => post("/control/switches", { outage }),
    setApproves: (approveEnrolments) => post("/control/switches", { approveEnrolments }),
    waitingAtDesk: async () => (await state()).enrolments,
    decide: (id, approve) => post("/control/enrolment", { id, approve }),
    changeEntry: (clinician, change) => post("/control/entry", { clinician, change }),
    issue: async (kind, subject, body) =>
      (await post<{ statement: string }>("/control/issue", { kind, subject, body })).statement,
    put: (resource) => post("/control/put", resource),
    read: (type, id) => get(`/control/resource?type=${type}&id=${id}`),
    envelope: async (ward) => (await post<{ code: string }>("/control/envelope", { ward })).code,
    async charted() {
      const all = (await state()).acts.flatMap(({ resources }) => resources);
      return [...new Map(all.map((resource) => [resource.id, resource])).values()];
    },
    patients: async () => (await get<{ patients: BedPatient[] }>("/control/patients")).patients,
    changeAllergy: (id, change) => post("/control/allergy", { id, change }),
    signedAllergy: (id, change, by) => post("/control/chart", { id, change, by }),
    signerStolen: (since) =>
      post("/control/signer", { stolenSince: since === null ? null : since.toISOString() }),
    policy: (workstation) => get(`/control/policy?workstation=${workstation}`),
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}
