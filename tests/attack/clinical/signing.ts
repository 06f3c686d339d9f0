import type { SignedChange } from "../../../tools/his/index.ts";
import { allergy, itsAllergy } from "./case.ts";
import type { Step } from "./case.ts";
import type { Hospital } from "./hospital.ts";
import { verification } from "./record.ts";
import type { Resource } from "./record.ts";

export const DOCTOR = "doctor-layla";
export const NURSE = "nurse-salma";
export const CLERK = "clerk-of-the-desk";

export type Forge = NonNullable<SignedChange["forge"]>;
type How = Omit<SignedChange, "by" | "change">;

const gone = (type: string, id: string): SignedChange["change"] => ({ type, id });
export const stored = ({ meta: _meta, ...resource }: Resource): SignedChange["change"] => resource;
export const chart = async (
  hospital: Hospital,
  by: string,
  what: SignedChange["change"],
  how: How = {},
) => await hospital.his.chart({ by, change: what, ...how });

/** A change that somebody signs at the HIS. */
export const signs =
  (by: string, make: (patient: string) => Resource, how: How = {}): Step =>
  async (hospital, patient) =>
    void (await chart(hospital, by, stored(make(patient)), how));
export const deletes =
  (by: string, how: How = {}): Step =>
  async (hospital, patient) =>
    void (await chart(hospital, by, gone("AllergyIntolerance", itsAllergy(patient)), how));
export const low = allergy({ criticality: "low" });
export const refuted = allergy({ verificationStatus: verification("refuted") });
