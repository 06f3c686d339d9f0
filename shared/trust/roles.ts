import { z } from "zod";

export const ClinicianRole = z.enum(["nurse", "doctor", "pharmacist", "privacy-officer"]);
export type ClinicianRole = z.infer<typeof ClinicianRole>;
