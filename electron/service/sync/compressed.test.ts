import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BASE, createTestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { pulse } from "./test-ward.ts";

let pc: TestPc;
beforeEach(() => {
  pc = createTestPc(createTestHis());
});
afterEach(async () => {
  await pc.sync.stop();
  pc.dispose();
});

const AT = "2026-11-23T08:00:00Z";
async function receive(bytes: Uint8Array) {
  return await pc.journal.receivePage({
    bytes: Uint8Array.from(bytes),
    encoding: "gzip",
    base: BASE,
    kind: "backfill",
    type: "Observation",
    patient: "amina",
    asOf: AT,
    answeredAt: AT,
    isRepeated: false,
    cursor: null,
  });
}
const page = Buffer.from(
  JSON.stringify({
    resourceType: "Bundle",
    type: "searchset",
    entry: [{ resource: { ...pulse("amina", "o1"), meta: { versionId: "1", lastUpdated: AT } } }],
  }),
);

test("a page that the HIS compressed is sealed as it came, opens, and is applied", async () => {
  const packed = gzipSync(page);
  expect(await receive(packed)).toMatchObject({ problem: null, entries: 1 });
  const [row] = pc.journal.inbox(1);
  expect(row?.sealed.byteLength).toBeLessThan(packed.byteLength + 100);
  await pc.thread.applyInbox(1000);
  expect(pc.chart.resources("amina", "Observation").resources.map(({ id }) => id)).toEqual(["o1"]);
  expect(pc.alarms).toEqual([]);
});

test.each([
  ["cut short", () => gzipSync(page).subarray(0, 60)],
  ["no gzip at all", () => page],
  ["a few bytes that stand for more than any page", () => gzipSync(Buffer.alloc(65 * 1024 * 1024))],
])("what is not compressed as it says changes nothing: %s", async (_, bytes) => {
  const { problem } = await receive(bytes());
  expect(problem).toContain("not compressed as it says");
  expect(pc.journal.inboxSize().pages).toBe(0);
});
