import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ACT_SET_SYSTEM, ACT_SYSTEM } from "../../../shared/trust/index.ts";
import { BASE, createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, buildWard, pulse } from "./test-ward.ts";

let his: TestHis;
let pc: TestPc;
beforeEach(() => {
  his = createTestHis();
  buildWard(his, 2);
  admit(his, "amina", "bed-1");
  pc = createTestPc(his);
});
afterEach(async () => {
  await pc.sync.stop();
  pc.dispose();
});

function chart(value: number): string {
  const [uuid, id] = [randomUUID(), randomUUID()];
  const identifier = [
    { system: ACT_SYSTEM, value: id },
    { system: ACT_SET_SYSTEM, value: uuid },
  ];
  const entries = [{ base: null, resource: { ...pulse("amina", id, value), identifier } }];
  const at = "2026-11-23T09:00:00+03:00";
  const who = { kind: "vitals", patient: "amina", author: "nurse-1", at };
  const act = { v: 1, uuid, workstation: "pc-1", ...who, entries };
  const body = JSON.stringify({ act, signature: "sig" });
  pc.journal.putAct({ ...who, uuid, queuedAt: pc.now, body }, []);
  return id;
}

async function push(): Promise<void> {
  await pc.sync.pullNow();
  await pc.sync.pushNow();
  await pc.sync.idle();
}

/** Somebody between this PC and the HIS's record, or the HIS itself, writes something else than was sent. */
function rewriting(change: (text: string) => string): void {
  his.before = async ({ method, path, body }) => {
    if (method !== "POST" || path !== "" || !body.includes("valueQuantity")) return null;
    const own = his.before;
    his.before = () => null;
    const answer = await his.fetch(BASE, { method, body: change(body) });
    his.before = own;
    return answer;
  };
}

test("what was charted and is something else at the HIS is an alarm that names it", async () => {
  rewriting((body) => body.replace('"value":72', '"value":27'));
  const id = chart(72);
  await push();
  expect(pc.alarms).toContainEqual(
    expect.objectContaining({
      kind: "changed-on-the-way",
      type: "Observation",
      id,
      patient: "amina",
    }),
  );
});

test("what the HIS only adds to is none, nor what somebody changed there since", async () => {
  rewriting((body) => body.replace('"status":"final"', '"status":"final","language":"ar"'));
  const id = chart(72);
  his.after = ({ method }) => {
    if (method !== "POST") return;
    const stored = his.all("Observation").find((one) => one.id === id);
    his.after = () => {};
    if (stored !== undefined) his.put({ ...stored, valueQuantity: { value: 80 } });
  };
  await push();
  expect(his.all("Observation")).toHaveLength(1);
  expect(pc.alarms.filter(({ kind }) => kind === "changed-on-the-way")).toEqual([]);
});
