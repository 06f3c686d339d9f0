import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCard, readerCalls } from "../../../electron/service/chart/index.ts";
import { openActReader, openChartReader } from "../../../electron/service/store/index.ts";
import { createTestPc } from "../../../electron/service/sync/test-pc.ts";
import type { TestPc } from "../../../electron/service/sync/test-pc.ts";
import { packBody } from "../../../electron/service/vault/index.ts";
import { startHis } from "../../../tools/his/index.ts";
import type { His } from "../../../tools/his/index.ts";
import { DEMO_PACK, demoPack } from "../../../tools/his/knowledge/index.ts";
import { joinWorkstation, QUICK_KDF } from "../../../tools/his/test-workstation.ts";
import { makeSigners, trusted } from "./signers.ts";
import type { Signers } from "./signers.ts";
import { createNetwork } from "./network.ts";
import type { Network } from "./network.ts";
import type { Resource } from "./record.ts";

const MINUTE = 60_000;
/** What the HIS takes in one transaction. */
const MOST_UPDATES = 50;
const WARD = "ward-of-the-attacks";

/** The seats from which a patient's record can be reached, and the workstation whose screens are looked at. */
export interface Hospital {
  readonly his: His;
  /** An account of the HIS's own API, such as an interface engine has: everything is written, validated and logged as usual. */
  readonly account: {
    put(resource: Resource): Promise<void>;
    remove(type: string, id: string): Promise<void>;
    patch(type: string, id: string, patch: readonly object[]): Promise<void>;
    transaction(
      entries: readonly { method: string; url: string; resource?: Resource }[],
    ): Promise<void>;
  };
  /** The HIS's database, beneath its API: nothing is validated. */
  readonly database: {
    put(resource: Resource): Promise<void>;
    remove(type: string, id: string): Promise<void>;
    /** Other words under the same version number: the row itself is edited. */
    rewrite(resource: Resource): void;
  };
  /** Between the HIS and the workstation. */
  readonly network: Network;
  /** Keys whose holders are known here, beside the HIS's own. */
  readonly signers: Signers;
  /** The workstation's own files and keys, as whoever holds the device key has them. */
  readonly pc: TestPc;
  /** The control key says which keys turn out to have been stolen, and since when. */
  findOut(): void;
  /** Time passes at the HIS and at the PC; then a round of everything, applied. */
  round(minutes: number): Promise<void>;
  /** What a clinician who signs in now reads with. */
  look(): ReturnType<typeof readerCalls>;
  now(): string;
  dispose(): Promise<void>;
}

/** A demo HIS with one ward that holds these patients, one bed each, and a workstation that has all of it. */
export async function openHospital(
  inBeds: readonly string[],
  record: (patient: string, bed: string) => readonly Resource[],
): Promise<Hospital> {
  const folder = mkdtempSync(join(tmpdir(), "attack-"));
  let ahead = 0;
  const his = await startHis({
    dataDir: folder,
    beds: 1,
    kdf: QUICK_KDF,
    now: () => new Date(Date.now() + ahead),
  });
  const engine = await joinWorkstation(his, "svc-interface-3");
  const send = async (method: string, path: string, body?: unknown, type = "fhir+json") => {
    const answer = await engine.fetch(path, {
      method,
      headers: { "content-type": `application/${type}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  const account: Hospital["account"] = {
    put: (one) => send("PUT", `${one.resourceType}/${one.id}`, one),
    remove: (type, id) => send("DELETE", `${type}/${id}`),
    patch: (type, id, patch) => send("PATCH", `${type}/${id}`, patch, "json-patch+json"),
    transaction: (entries) =>
      send("POST", "", {
        resourceType: "Bundle",
        type: "transaction",
        entry: entries.map(({ method, url, resource }) => ({
          ...(resource !== undefined && { resource }),
          request: { method, url },
        })),
      }),
  };
  const beds = inBeds.map((_, index) => `${WARD}-bed-${index}`);
  const made: Resource[] = [
    { resourceType: "Location", id: WARD, status: "active", name: "Ward of the attacks" },
    ...beds.map((id, index) => ({
      resourceType: "Location",
      id,
      status: "active",
      name: `Bed ${index}`,
      partOf: { reference: `Location/${WARD}` },
    })),
    ...inBeds.flatMap((patient, index) => record(patient, beds[index] ?? "")),
  ];
  const entries = made.map((resource) => ({
    method: "PUT",
    url: `${resource.resourceType}/${resource.id}`,
    resource,
  }));
  for (let at = 0; at < entries.length; at += MOST_UPDATES)
    await account.transaction(entries.slice(at, at + MOST_UPDATES));
  // What is in the overlap of a pull may only not have been listed yet, and is never taken for gone.
  ahead += MINUTE;

  const network = createNetwork(his.baseUrl, engine.fetch);
  const pc = createTestPc(
    { fetch: network.fetch, clock: Date.now() + ahead },
    { wards: [WARD], pageSize: 200 },
    { base: his.baseUrl, card: makeCard },
  );
  const signers = await makeSigners();
  const began = pc.now;
  pc.thread.useSigningKeys(trusted(his, signers, began));
  const rows = new Database(join(folder, "his.db"));
  const rewrite = rows.prepare(
    "UPDATE version SET json = ? WHERE type = ? AND id = ? AND state = 1",
  );
  const current = rows.prepare<[string, string], { json: string }>(
    "SELECT json FROM version WHERE type = ? AND id = ? AND state = 1",
  );
  const open: { close(): void }[] = [];

  async function round(minutes: number): Promise<void> {
    ahead += minutes * MINUTE;
    pc.now = Date.now() + ahead;
    await pc.sync.pushNow();
    await pc.sync.pullNow();
    await pc.sync.idle();
    await pc.sync.applyNow();
  }
  return {
    his,
    account,
    database: {
      // The HIS gives numbers and times itself.
      put: ({ meta: _meta, ...resource }) => his.put(resource),
      remove: (type, id) => his.remove(type, id),
      rewrite(resource) {
        const { resourceType: type, id } = resource;
        const { meta } = JSON.parse(current.get(type, id)?.json ?? "{}") as { meta?: unknown };
        rewrite.run(JSON.stringify({ ...resource, meta }), type, id);
      },
    },
    network,
    signers,
    pc,
    findOut() {
      const found = { stolen: began, later: pc.now };
      pc.thread.useSigningKeys(trusted(his, signers, began, found));
    },
    round,
    now: () => new Date(pc.now).toISOString(),
    look() {
      const { chart, journal } = pc.files;
      const calls = readerCalls(openChartReader(chart), openActReader(journal));
      calls.useKnowledge({ ...packBody(demoPack(), DEMO_PACK), validTo: "2099-01-01T00:00:00Z" });
      open.push(calls);
      return calls;
    },
    async dispose() {
      for (const one of open) one.close();
      await pc.sync.stop();
      pc.dispose();
      rows.close();
      await his.close();
      rmSync(folder, { recursive: true });
    },
  };
}
