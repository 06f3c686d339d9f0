import { describe, expect, test } from "vitest";
import { PatientView } from "../../../shared/contract/index.ts";
import { patientView } from "./patient-view.ts";
import {
  actRow,
  allergy,
  bed,
  memoryHospital,
  order,
  patient,
  vitals,
  vitalsAct,
} from "./testing.ts";

const viewOf = (hospital: ReturnType<typeof memoryHospital>, id = "p1") => {
  const view = patientView(hospital.sources(), id);
  if (view === null) throw new Error("not in the cache");
  return view;
};

describe("a patient's page", () => {
  test("is what the contract says, with banner, sections and as of", () => {
    const hospital = memoryHospital();
    hospital.admit(patient("p1"), bed("Bed 1"), [
      allergy("high"),
      order("o1", "18:00:00"),
      ...vitals("2026-11-23T10:00:00+03:00", {}),
    ]);
    const view = viewOf(hospital);
    expect(PatientView.parse(view)).toEqual(view);
    expect(view.banner).toMatchObject({
      bed: "Bed 1",
      ward: "Medical 1",
      identifier: "MRN-p1",
      allergies: { status: "listed" },
    });
    expect(view.vitals[0]).toMatchObject({
      author: "Dr. Noor Saleh",
      act: null,
      news2: { total: 0 },
    });
  });
  test("of somebody who is not in this cache is none", () => {
    expect(patientView(memoryHospital().sources(), "stranger")).toBeNull();
  });
  test("medicines are not loaded until their administrations are", () => {
    const hospital = memoryHospital();
    hospital.admit(patient("p1"), bed("Bed 1"), [order("o1", "18:00:00")]);
    expect(viewOf(hospital).medicines[0]).toMatchObject({ overdue: true });
    hospital.unload("p1", "MedicationAdministration");
    expect(viewOf(hospital)).toMatchObject({
      medicinesSection: { loaded: false, asOf: null },
      medicines: [{ overdue: false }],
    });
  });
  test.each(["waiting", "sending", "parked", "acknowledged"] as const)(
    "a set that is %s shows with its state",
    (state) => {
      const hospital = memoryHospital();
      hospital.admit(patient("p1"), bed("Bed 1"));
      const act = vitalsAct("p1", "2026-11-23T19:50:00+03:00", {});
      hospital.acts.push(actRow(act, state));
      expect(viewOf(hospital).vitals).toMatchObject([
        {
          at: act.at,
          act: { uuid: act.uuid, state },
          author: "Dr. Noor Saleh",
          news2: { total: 0 },
        },
      ]);
    },
  );
  test("a set half of which has been pulled shows once and whole", () => {
    const hospital = memoryHospital();
    const act = vitalsAct("p1", "2026-11-23T19:50:00+03:00", { pulse: 95 });
    hospital.admit(
      patient("p1"),
      bed("Bed 1"),
      act.entries.slice(0, 3).map((entry) => entry.resource),
    );
    hospital.acts.push(actRow(act, "acknowledged"));
    const { vitals: sets } = viewOf(hospital);
    expect(sets).toHaveLength(1);
    expect(sets[0]).toMatchObject({
      act: { uuid: act.uuid },
      values: { pulse: 95, respiratoryRate: 16 },
    });
  });
  test.each(["by our identifier", "by the id the HIS answered"])(
    "a set the HIS stored under its own ids is found again %s",
    (how) => {
      const hospital = memoryHospital();
      const act = vitalsAct("p1", "2026-11-23T19:50:00+03:00", {});
      const stored = Object.fromEntries(
        act.entries.map(({ resource }, index) => [
          resource.id,
          { type: "Observation", id: `his-${index}`, versionId: "1" },
        ]),
      );
      hospital.admit(
        patient("p1"),
        bed("Bed 1"),
        act.entries.map(({ resource }, index) =>
          Object.assign(
            {},
            resource,
            { id: `his-${index}` },
            how === "by our identifier" ? {} : { identifier: [] },
          ),
        ),
      );
      hospital.acts.push({
        ...actRow(act, "acknowledged"),
        stored: how === "by our identifier" ? null : JSON.stringify(stored),
      });
      expect(viewOf(hospital).vitals.map((set) => set.act)).toEqual([null]);
    },
  );
  test("a damaged section says so and still shows what is left of it", () => {
    const hospital = memoryHospital();
    hospital.admit(patient("p1"), bed("Bed 1"), [allergy("low")]);
    hospital.damage("p1", "AllergyIntolerance");
    expect(viewOf(hospital).banner.allergies).toMatchObject({
      status: "listed",
      section: { damaged: true },
    });
  });
});
