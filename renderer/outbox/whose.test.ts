import { expect, test } from "vitest";
import type { Clinician, OutboxEntry } from "../app/index.ts";
import { maySettle, mayWithdraw } from "./whose.ts";

const patientName = { family: "Nasser", given: "Huda" };

test.each<[OutboxEntry["kind"], Clinician["roles"], boolean]>([
  ["order", ["doctor"], true],
  ["order", ["nurse", "doctor"], true],
  ["order", ["nurse"], false],
  ["order", ["pharmacist"], false],
  ["order", [], false],
  ["vitals", ["nurse"], true],
  ["administration", ["nurse"], true],
  ["withdrawal", ["doctor"], false],
  ["decision", ["doctor"], false],
])("That %s may be taken back by %j: %s", (kind, roles, offered) => {
  expect(mayWithdraw({ kind, patientName }, roles)).toBe(offered);
});

test("Nobody takes back what is about a patient she may not see", () => {
  expect(mayWithdraw({ kind: "order", patientName: null }, ["doctor"])).toBe(false);
});

test("A conflict about a doctor's order is decided by a doctor", () => {
  expect([
    maySettle({ kind: "order" }, ["doctor"]),
    maySettle({ kind: "order" }, ["nurse"]),
  ]).toEqual([true, false]);
});
