import { expect, test } from "vitest";
import { ADMINISTRATION_DUE } from "../fhir/codes.ts";
import { doubleDoses } from "./double-doses.ts";

const q6h = {
  resourceType: "MedicationRequest",
  id: "order-1",
  dosageInstruction: [{ timing: { repeat: { frequency: 1, period: 6, periodUnit: "h" } } }],
};
const thrice = {
  resourceType: "MedicationRequest",
  id: "order-1",
  dosageInstruction: [
    { timing: { repeat: { periodUnit: "d", period: 1, timeOfDay: ["06:00", "14:00", "22:00"] } } },
  ],
};
const asNeeded = {
  ...q6h,
  dosageInstruction: [{ ...q6h.dosageInstruction[0], asNeededBoolean: true }],
};

function dose(id: string, at: string, change: Record<string, unknown> = {}, due?: string): object {
  return {
    resourceType: "MedicationAdministration",
    id,
    status: "completed",
    request: { reference: "MedicationRequest/order-1" },
    effectiveDateTime: at,
    performer: [{ actor: { display: `Nurse of ${id}` } }],
    ...(due !== undefined && { extension: [{ url: ADMINISTRATION_DUE, valueDateTime: due }] }),
    ...change,
  };
}
const found = (order: object, ...doses: object[]): string[][] =>
  doubleDoses(doses, [order]).map((one) => one.doses.map(({ id }) => id));

test("a dose given for the same order and due time on two PCs is a double dose, with both entries in words", () => {
  const due = "2026-11-23T14:00:00+03:00";
  expect(
    doubleDoses(
      [
        dose("b", "2026-11-23T14:20:00+03:00", {}, "2026-11-23T11:00:00Z"),
        dose("a", "2026-11-23T13:50:00+03:00", {}, due),
      ],
      [q6h],
    ),
  ).toEqual([
    {
      order: "order-1",
      due,
      doses: [
        { id: "a", at: "2026-11-23T13:50:00+03:00", by: "Nurse of a", due },
        {
          id: "b",
          at: "2026-11-23T14:20:00+03:00",
          by: "Nurse of b",
          due: "2026-11-23T11:00:00Z",
        },
      ],
    },
  ]);
});

test.each([
  ["an hour apart, every six hours", q6h, "14:00", "15:00", true],
  ["five and a half hours apart, every six hours", q6h, "08:00", "13:30", false],
  ["three hours and a half apart, thrice a day", thrice, "12:00", "15:30", true],
  ["seven hours apart, thrice a day", thrice, "14:00", "21:00", false],
  ["an hour apart, as needed", asNeeded, "14:00", "15:00", false],
  ["an hour apart, of an order not known here", { id: "other" }, "14:00", "15:00", false],
])("without due times: %s", (_name, order, first, second, isDouble) => {
  const doses = [first, second].map((time, n) => dose(`d${n}`, `2026-11-23T${time}:00+03:00`));
  expect(found(order, ...doses)).toEqual(isDouble ? [["d0", "d1"]] : []);
});

test.each([
  ["another due time", {}, "2026-11-23T20:00:00+03:00"],
  ["not given", { status: "not-done" }, "2026-11-23T14:00:00+03:00"],
  ["entered in error", { status: "entered-in-error" }, "2026-11-23T14:00:00+03:00"],
  [
    "another order",
    { request: { reference: "MedicationRequest/order-2" } },
    "2026-11-23T14:00:00+03:00",
  ],
])("no double dose: %s", (_name, change, due) => {
  expect(
    found(
      q6h,
      dose("a", "2026-11-23T14:00:00+03:00", {}, "2026-11-23T14:00:00+03:00"),
      dose("b", "2026-11-23T14:05:00+03:00", change, due),
    ),
  ).toEqual([]);
});

test("an entry that cannot be read makes no alarm and hides none", () => {
  const due = "2026-11-23T14:00:00Z";
  expect(
    found(
      q6h,
      { resourceType: "MedicationAdministration", status: "completed" },
      dose("a", "2026-11-23T14:00:00Z", {}, due),
      dose("b", "2026-11-23T14:30:00Z", {}, due),
    ),
  ).toEqual([["a", "b"]]);
});
