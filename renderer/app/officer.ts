import type { Clinician } from "./types.ts";

export const OFFICER = "privacy-officer";

/** She watches over who reads what, and does nothing at the bed. */
export function officerOnly(clinician: Pick<Clinician, "roles"> | null): boolean {
  return clinician !== null && clinician.roles.every((role) => role === OFFICER);
}
