import { z } from "zod";

export const ClinicianRole = z.enum(["nurse", "doctor", "pharmacist"]);
export type ClinicianRole = z.infer<typeof ClinicianRole>;
