import { randomUUID } from "node:crypto";
import { createTestPc } from "../../electron/service/sync/test-pc.ts";
import type { TestPc } from "../../electron/service/sync/test-pc.ts";
import { ACT_SYSTEM } from "../../shared/trust/index.ts";
import type { Server } from "./server.ts";
import { pulse } from "./ward.ts";

const MINUTE = 60_000;

/** A real workstation (sync, encrypted files, FHIR client) on a real server; only its clock and its network obey the test. */
export interface Workstation {
  readonly pc: TestPc;
  /** Everything a round does, so many minutes after the last one on this PC's clock. */
  round(minutes?: number): Promise<void>;
  /** Ids and versions held of a patient's section. */
  held(patient: string, type: string): string[];
  isLoaded(patient: string, type: string): boolean;
  /** Puts a set of vitals, or the change of one record, in the outbox. */
  chart(
    patient: string,
    change?: { readonly resource: object & { id: string }; readonly base: string },
  ): Charted;
  /** The next transaction is carried out and its answer lost. */
  loseNextAnswer(): void;
  /** The resources of all transactions that were sent, in order. */
  readonly sent: readonly string[];
  dispose(): Promise<void>;
}

export interface Charted {
  readonly uuid: string;
  readonly type: string;
  readonly resources: readonly string[];
}

export function openWorkstation(server: Server, ward: string, pageSize: number): Workstation {
  const sent: string[] = [];
  let loses = false;
  let ahead = 0;
  const network: typeof globalThis.fetch = async (input, init) => {
    const isTransaction = init?.method === "POST";
    const body = typeof init?.body === "string" ? init.body : "";
    if (isTransaction)
      for (const [, id = ""] of body.matchAll(/"value":"([0-9a-f-]{36})"/gu)) sent.push(id);
    const answer = await server.fetch(input, init);
    if (!isTransaction || !loses) return answer;
    loses = false;
    await answer.body?.cancel();
    throw new TypeError("socket hang up");
  };
  const his = { fetch: network, clock: Date.now() };
  const pc = createTestPc(his, { wards: [ward], pageSize }, { base: server.base });
  return {
    pc,
    sent,
    async round(minutes = 1) {
      ahead += minutes * MINUTE;
      pc.now = Date.now() + ahead;
      await pc.sync.pullNow();
      await pc.sync.pushNow();
      await pc.sync.idle();
      await pc.sync.applyNow();
    },
    held: (patient, type) =>
      pc.chart
        .resources(patient, type)
        .resources.map(({ id, meta }) => `${id}/${meta?.versionId}`)
        .toSorted(),
    isLoaded: (patient, type) =>
      pc.chart.sections(patient).some((row) => row.type === type && row.loaded),
    chart(patient, change) {
      const uuid = randomUUID();
      const at = "2026-11-23T09:00:00+03:00";
      const entries =
        change === undefined
          ? [70, 71].map((value) => {
              const id = randomUUID();
              const identifier = [{ system: ACT_SYSTEM, value: id }];
              return { base: null, resource: { ...pulse(patient, value), id, identifier } };
            })
          : [change];
      const author = "nurse-1";
      const act = { v: 1, uuid, kind: "vitals", patient, author, workstation: "zoo", at, entries };
      const body = JSON.stringify({ act, signature: "sig" });
      const row = { uuid, kind: "vitals", patient, author, at, queuedAt: pc.now, body } as const;
      pc.journal.putAct(row, []);
      return { uuid, type: "Observation", resources: entries.map(({ resource }) => resource.id) };
    },
    loseNextAnswer() {
      loses = true;
    },
    async dispose() {
      await pc.sync.stop();
      pc.dispose();
    },
  };
}
