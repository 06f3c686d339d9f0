import type { PatientBanner } from "../app/index.ts";

export type { BoardRow } from "../app/index.ts";
export type AllergySummaryView = PatientBanner["allergies"];
