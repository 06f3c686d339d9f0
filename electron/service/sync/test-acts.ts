import { randomUUID } from "node:crypto";
import { ACT_SET_SYSTEM, ACT_SYSTEM } from "../../../shared/trust/index.ts";
import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, buildWard, pulse } from "./test-ward.ts";

/** A ward of one patient, its HIS and one PC, for tests of what becomes of acts; `open` before each, `close` after. */
export let his: TestHis;
export let pc: TestPc;

export function open(): void {
  his = createTestHis();
  buildWard(his, 2);
  admit(his, "amina", "bed-1");
  pc = createTestPc(his);
}
export async function close(): Promise<void> {
  await pc.sync.stop();
  pc.dispose();
}

export type Resource = Record<string, unknown>;
export interface Put {
  readonly uuid: string;
  readonly body: { act: { entries: { resource: Resource; base: string | null }[] } };
}

export function put(
  kind: string,
  entries: { resource: Resource; base: string | null }[],
  more: { patient?: string; uuid?: string; base?: string } = {},
): Put {
  const { patient = "amina", uuid = randomUUID() } = more;
  const body = signed(uuid, kind, patient, entries);
  pc.journal.putAct(
    { ...row(uuid, kind, patient, body), ...(more.base !== undefined && { base: more.base }) },
    [],
  );
  return { uuid, body };
}

function signed(uuid: string, kind: string, patient: string, entries: unknown[], about?: object) {
  const at = "2026-11-23T09:00:00+03:00";
  const act = { v: 1, uuid, kind, patient, author: "nurse-1", workstation: "pc-1", at, entries };
  return {
    act: { ...act, ...(about !== undefined && { about }) },
    signature: "sig",
  } as never as Put["body"];
}

function row(uuid: string, kind: string, patient: string, body: object) {
  return {
    uuid,
    kind,
    patient,
    author: "nurse-1",
    at: "2026-11-23T09:00:00+03:00",
    queuedAt: pc.now,
    body: JSON.stringify(body),
  };
}

export function vitals(patient = "amina", value = 70): Put {
  const uuid = randomUUID();
  const entries = [0, 1].map((n) => {
    const id = randomUUID();
    const identifier = [
      { system: ACT_SYSTEM, value: id },
      { system: ACT_SET_SYSTEM, value: uuid },
    ];
    return { base: null, resource: { ...pulse(patient, id, value + n), identifier } };
  });
  return put("vitals", entries, { patient, uuid });
}

/** A correction of an Observation that is at the HIS, on the version it has now. */
export function correction(id: string, change: Resource): Put {
  const now = his.all("Observation").find((one) => one.id === id);
  const { meta, ...said } = { ...now };
  const base = String(Object(meta).versionId);
  return put("correction", [{ resource: { ...said, ...change }, base }], {
    base: JSON.stringify({ [`Observation/${id}`]: now }),
  });
}

export function withdraw(target: Put, patient = "amina"): { uuid: string; how: string } {
  const uuid = randomUUID();
  const entries = target.body.act.entries.map(({ resource }) => ({
    base: null,
    resource: { ...resource, status: "entered-in-error", note: [{ text: "wrong patient" }] },
  }));
  const about = { act: target.uuid, reason: "wrong patient" };
  const body = signed(uuid, "withdrawal", patient, entries, about);
  const how = pc.journal.putActAbout(
    { ...row(uuid, "withdrawal", patient, body), about: target.uuid },
    { kind: "withdraw", why: "withdrawn", send: true },
    [],
  );
  return { uuid, how };
}

export const state = ({ uuid }: { uuid: string }) => pc.journal.act(uuid);
export const posts = (): number => his.requests(/^POST $/u).length;
export const observation = (id: string): Resource | undefined =>
  his.all("Observation").find((one) => one.id === id);

export async function push(seconds = 0): Promise<void> {
  pc.now += seconds * 1000;
  his.clock += seconds * 1000;
  await pc.sync.pullNow();
  await pc.sync.pushNow();
  await pc.sync.idle();
}

export const answer = (status: number, text: string): Response =>
  new Response(
    JSON.stringify({
      resourceType: "OperationOutcome",
      issue: [{ details: { text } }],
    }),
    {
      status,
      headers: { "content-type": "application/fhir+json", date: new Date(his.clock).toUTCString() },
    },
  );
