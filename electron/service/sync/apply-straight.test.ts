import { expect, test } from "vitest";
import { createStraight } from "./apply-straight.ts";
import { backfillPage } from "./test-page.ts";
import type { Applied } from "./types.ts";

const APPLIED: Applied = {
  pages: 1,
  resources: 0,
  remaining: 0,
  patients: [],
  beds: false,
  asOf: null,
  alarms: [],
};

test("a first sync is in its midst while its pages are written and a moment after: who locks does not wait for the log", async () => {
  let tick = 0;
  const inMidst: boolean[] = [];
  const straight = createStraight({
    journal: { meta: () => ({}), setMeta() {} },
    tick: () => tick,
    gatherMs: 0,
    goOn() {},
    know: async () => {},
    isBehind: () => false,
    write(portions, _isPlaced, rows) {
      // Slower than any moment.
      tick += 5_000;
      inMidst.push(straight.isFilling());
      expect([...portions].flat()).toHaveLength(1);
      expect(rows().backfill).toMatchObject([{ patient: "p1", state: "received" }]);
      return APPLIED;
    },
  });
  inMidst.push(straight.isFilling());
  const told = await straight.applyPage(backfillPage("p1"));
  expect(told).toMatchObject({ received: { problem: null }, applied: [APPLIED] });
  tick = 999;
  inMidst.push(straight.isFilling());
  tick = 1_000;
  inMidst.push(straight.isFilling());
  tick = 999;
  straight.rest();
  inMidst.push(straight.isFilling());
  expect(inMidst).toEqual([false, true, true, false, false]);
});
