import { expect, test } from "vitest";
import type { OrderCheck } from "../app/index.ts";
import { doseOf, emptyOrder, keptOrder, type OrderEntry, orderFault } from "./order-entry.ts";

const NOW = "2026-11-23T20:00:00+03:00";
const check: OrderCheck = {
  medicine: "Azithromycin",
  coded: true,
  check: { action: "none", reasons: [], notChecked: [] },
  same: [],
};
const entry: OrderEntry = {
  ...emptyOrder,
  medicine: { kind: "coded", system: "urn:pack", code: "18631" },
  name: "Azithromycin",
  amount: "٢٫٥",
  unit: "mg",
  route: "oral",
  times: ["8:00", "٢٠٠٠"],
  days: "5",
  indication: "pneumonia",
};
const same: OrderCheck["same"] = [
  { id: "o1", medicine: "Azithromycin", dose: null, frequency: [], status: "active", here: true },
];

test.each([
  ["as it can be signed", {}, null],
  ["without a medicine", { medicine: null }, "medicine"],
  ["without an amount", { amount: "" }, "dose"],
  ["with an amount that is no number", { amount: "1-2" }, "dose"],
  ["of nothing", { amount: "0" }, "dose"],
  ["without a unit", { unit: "" }, "dose"],
  ["without a route", { route: "" }, "route"],
  ["with a time left empty", { times: ["08:00", ""] }, "times"],
  ["with a time twice", { times: ["08:00", "08:00"] }, "times"],
  ["if needed, and not for what", { needed: true, most: "4" }, "neededFor"],
  ["if needed, and without a most", { needed: true, neededFor: "pain" }, "most"],
  ["if needed, half a time a day", { needed: true, neededFor: "pain", most: "0.5" }, "most"],
  ["for half a day", { days: "0.5" }, "end"],
  ["for words", { days: "long" }, "end"],
  ["with a time that is none", { times: ["25:00"] }, "times"],
  ["from a time that is none", { start: "soon" }, "start"],
] as const)("an order %s", (_how, change, fault) => {
  expect(orderFault({ ...entry, ...change }, check, NOW)).toBe(fault);
});

test("nothing is signed before the check has answered, nor beside an order that she has not seen", () => {
  expect(orderFault(entry, null, NOW)).toBe("check");
  expect(orderFault({ ...entry, beside: ["o2"] }, { ...check, same }, NOW)).toBe("same");
  expect(orderFault({ ...entry, beside: ["o1"] }, { ...check, same }, NOW)).toBeNull();
});

test("what is typed becomes the dose, from the moment of signing and for whole days", () => {
  const ordered = doseOf(entry, NOW);
  expect(ordered).toMatchObject({
    dose: { value: 2.5, unit: "mg" },
    frequency: { kind: "times", times: ["08:00", "20:00"] },
    start: NOW,
    reason: "pneumonia",
  });
  const days = (Date.parse(ordered?.end ?? "") - Date.parse(NOW)) / (24 * 60 * 60_000);
  expect(days).toBe(5);
});

test("a first dose at a time is the next time the clock shows it", () => {
  const hours = (start: string): number =>
    (Date.parse(doseOf({ ...entry, start }, NOW)?.start ?? "") - Date.parse(NOW)) / 3_600_000;
  const wall = new Date(NOW);
  const at = (later: number): string => `${(wall.getHours() + later + 24) % 24}:00`;
  expect(hours(at(2))).toBe(2);
  expect(hours(at(-2))).toBe(22);
});

test("what is kept of an order comes back without a PIN and without what she wanted beside it", () => {
  const typed = { ...entry, reason: "desensitised", second: "omar", pin: "482915", beside: ["o1"] };
  const kept = JSON.stringify(keptOrder.write(typed));
  for (const secret of ["482915", "omar", "o1"]) expect(kept).not.toContain(secret);
  expect(keptOrder.read(JSON.parse(kept))).toEqual({ ...entry, reason: "desensitised" });
});

test("a kept order that is damaged comes back with what can be read, and with nothing invented", () => {
  expect(
    keptOrder.read({
      medicine: { kind: "coded", code: 7 },
      unit: "pint",
      route: 4,
      times: ["08:00", 8],
      needed: "yes",
      amount: "5",
    }),
  ).toEqual({ ...emptyOrder, times: ["08:00"], amount: "5" });
});
