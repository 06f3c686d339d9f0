import { expect, test } from "vitest";
import type { ChartReader } from "../store/index.ts";
import { createWhereabouts } from "./whereabouts.ts";

/** A chart of so many patients, each with one flag; notes whom it is asked for. */
function chartOf(count: number) {
  const asked: string[] = [];
  const chart = {
    patients: () => Array.from({ length: count }, (_, n) => `p${n}`),
    heldIds(patient: string) {
      asked.push(patient);
      return patient === "" ? [] : [{ type: "Flag", id: `f-${patient}` }];
    },
    unreadable: () => [],
  };
  return { asked, chart: chart as unknown as ChartReader };
}

test("the chart is read through once, however many wait for it", async () => {
  const { asked, chart } = chartOf(45);
  const whereabouts = createWhereabouts(chart);
  const pause = async (): Promise<void> => {
    await new Promise(setImmediate);
  };
  await Promise.all(Array.from({ length: 96 }, async () => await whereabouts.know(pause)));
  await whereabouts.know(pause);
  expect(asked).toHaveLength(46);
  expect(whereabouts.of("Flag", "f-p44")).toEqual(["p44"]);
});

test("whoever locks does not wait for it: it is given up at the next pause, and begun anew by who asks next", async () => {
  const { asked, chart } = chartOf(45);
  const whereabouts = createWhereabouts(chart);
  const closing = async (): Promise<void> => {
    throw new Error("to be closed");
  };
  await expect(whereabouts.know(closing)).rejects.toThrow("to be closed");
  expect(asked.length).toBeLessThan(46);
  await whereabouts.know(async () => {});
  expect(whereabouts.of("Flag", "f-p44")).toEqual(["p44"]);
});
