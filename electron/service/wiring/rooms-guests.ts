import type { Rooms } from "../api/index.ts";
import { asCode } from "./auditing.ts";
import type { Running } from "./running-types.ts";

/** Patients from beyond this PC's wards, whom a doctor looks for and has fetched. */
export function guestRooms(room: {
  /** @throws UNAVAILABLE while this PC is not ready */
  readonly here: () => Running;
}): Pick<Rooms, "findPatient" | "bringPatient"> {
  return {
    async findPatient({ clinician }, sought) {
      const { sync, audit } = room.here();
      const found = await sync()?.find(sought);
      const answer = found ?? { answered: false, found: [], more: false };
      // SECURITY: whom she sought is a name; the trail takes how many were shown to her.
      await audit.record({
        kind: "patient-sought",
        clinician: asCode(clinician.clinician),
        detail: { answered: answer.answered, found: answer.found.length },
      });
      return { ...answer, found: [...answer.found] };
    },
    async bringPatient({ clinician }, patient) {
      const { sync, audit } = room.here();
      // SECURITY: no bringing without its entry in the trail; a full disk refuses it.
      await audit.record({
        kind: "patient-brought",
        clinician: asCode(clinician.clinician),
        patient: asCode(patient),
      });
      return { coming: (await sync()?.bring(patient)) ?? false };
    },
  };
}
