import { expect, test } from "vitest";
import { NOTHING_SAID } from "../../../shared/contract/guard.ts";
import type { ChangedLine } from "../../../shared/contract/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { firstSeen, markOf } from "../guard/index.ts";
import { patientView } from "./patient-view.ts";
import { bed, memoryHospital, order, patient } from "./testing.ts";

const dose = (value: number) => ({ doseAndRate: [{ doseQuantity: { value, unit: "mg" } }] });
const ordered = (...lines: object[]): FhirResource => ({
  ...order("o1", "08:00"),
  dosageInstruction: lines,
});

/** What the medicines show of an order that was one thing and is another; undefined: nothing. */
function shown(before: FhirResource | null, now: FhirResource): ChangedLine[] | undefined {
  const fact = { ...firstSeen("p1", now), firstSeen: false, before };
  const mark = markOf(fact);
  const hospital = memoryHospital({ beds: ["Bed 1"] });
  hospital.admit(patient("p1"), bed("Bed 1"), [now, ...(mark === null ? [] : [mark])]);
  return patientView(hospital.sources(), "p1")?.changedOrders["o1"]?.filter(
    ({ changed }) => changed,
  );
}

test("a dose that was changed is shown as it was beside what it is", () => {
  expect(shown(ordered(dose(500)), ordered(dose(5000)))).toEqual([
    { label: "dose", value: "500 mg", changed: true, now: { value: "5000 mg" } },
  ]);
});

test("what was not said before, and what is said no more, is a change like any other", () => {
  const oral = { ...dose(500), route: { text: "oral" } };
  expect(shown(ordered(dose(500)), ordered(oral))).toEqual([
    { label: "route", value: NOTHING_SAID, changed: true, now: { value: "oral" } },
  ]);
  expect(shown(ordered(oral), ordered(dose(500)))).toEqual([
    { label: "route", value: "oral", changed: true, now: null },
  ]);
});

test("of how often, both are said so that the page can word them", () => {
  const often = (frequency: number) => ({
    ...dose(500),
    timing: { repeat: { frequency, period: 1, periodUnit: "d" } },
  });
  expect(shown(ordered(often(2)), ordered(often(8)))).toMatchObject([
    {
      label: "frequency",
      frequency: [{ repeat: { frequency: 2 } }],
      now: { frequency: [{ repeat: { frequency: 8 } }] },
    },
  ]);
});

test("an order that was never changed, or is what it was, shows nothing", () => {
  expect(shown(null, ordered(dose(500)))).toBeUndefined();
  expect(shown(ordered(dose(500)), ordered(dose(500)))).toBeUndefined();
});
