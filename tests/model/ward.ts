import {
  admit,
  allergy,
  buildWard,
  discharge,
  pulse,
} from "../../electron/service/sync/test-ward.ts";
import { WARD } from "../../electron/service/sync/test-pc.ts";
import type { Hospital, Resource } from "./hospital.ts";
import { BEDS, PATIENTS, WRITTEN } from "./script.ts";

/** What `test-ward.ts` writes with, over a hospital that takes its time. */
function writerOf(hospital: Hospital) {
  const writes: Promise<void>[] = [];
  return {
    his: {
      put(resource: Record<string, unknown>): Resource {
        writes.push(hospital.put(resource));
        return resource as Resource;
      },
      all: (type: string): Resource[] => [...hospital.all(type)],
    },
    done: async () => void (await Promise.all(writes)),
  };
}

/** A ward of five beds and five patients' records, three of them lying there. */
export async function openWard(hospital: Hospital): Promise<void> {
  const { his, done } = writerOf(hospital);
  buildWard(his, BEDS);
  his.put({ resourceType: "Location", id: "elsewhere", name: "Ward 9" });
  his.put({ resourceType: "Practitioner", id: "nurse-1", name: [{ family: "Haddad" }] });
  for (const [n, patient] of PATIENTS.entries()) {
    his.put(allergy(patient, `AllergyIntolerance-${patient}-old`));
    his.put(pulse(patient, `Observation-${patient}-old`));
    if (n < 3) admit(his, patient, `bed-${n + 1}`);
  }
  await done();
}

export async function admitTo(hospital: Hospital, patient: string, bed: number): Promise<void> {
  const { his, done } = writerOf(hospital);
  admit(his, patient, bed < 0 ? "elsewhere" : `bed-${bed + 1}`);
  await done();
}

export async function dischargeFrom(hospital: Hospital, patient: string): Promise<void> {
  if (!hospital.all("Encounter").some(({ id }) => id === `stay-${patient}`)) return;
  const { his, done } = writerOf(hospital);
  discharge(his, patient);
  await done();
}

/** A record that somebody else writes at the HIS: the same number is the same record again. */
export function recordOf(
  type: number,
  patient: string,
  n: number | string,
  value: number,
): Resource {
  const name = WRITTEN[type] ?? "Observation";
  const id = `${name}-${patient}-${n}`;
  switch (name) {
    case "Observation":
      return pulse(patient, id, value) as Resource;
    case "AllergyIntolerance":
      return allergy(patient, id, { code: { text: `Drug ${value}` } }) as Resource;
    case "Condition":
      return {
        resourceType: name,
        id,
        subject: { reference: `Patient/${patient}` },
        clinicalStatus: {
          coding: [
            { system: "http://terminology.hl7.org/CodeSystem/condition-clinical", code: "active" },
          ],
        },
        code: { text: `Problem ${value}` },
      };
  }
}

/** Who lies on the ward now, by the HIS. */
export function inpatients(hospital: Hospital): string[] {
  return hospital
    .all("Encounter")
    .filter(({ status, location }) => {
      const [place] = location as { location: { reference: string } }[];
      const where = place?.location.reference ?? "";
      return status === "in-progress" && (where.includes("bed-") || where.endsWith(WARD));
    })
    .map(({ subject }) => (subject as { reference: string }).reference.slice("Patient/".length))
    .toSorted();
}
