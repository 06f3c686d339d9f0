import type { z } from "zod";
import type * as contract from "../../shared/contract/index.ts";

/** The contract's values by their names, as types only: zod stays out of the page. */
export type StatusView = contract.StatusView;
export type SessionView = contract.SessionView;
export type Connection = contract.Connection;
export type WardBoard = contract.WardBoard;
export type BoardRow = contract.BoardRow;
export type PatientView = contract.PatientView;
export type PatientBanner = contract.PatientBanner;
export type PatientName = z.infer<typeof contract.PatientName>;
export type Age = z.infer<typeof contract.Age>;
export type Allergy = contract.Allergy;
export type MedicineOrder = contract.MedicineOrder;
export type Result = contract.Result;
export type SectionState = contract.SectionState;
export type VitalSet = contract.VitalSet;
export type VitalValues = contract.VitalValues;
export type VitalName = contract.VitalName;
export type VitalProblem = z.infer<typeof contract.VitalProblem>;
export type News2 = contract.News2;
export type News2Part = contract.News2Part;
export type OutboxEntry = contract.OutboxEntry;
export type WorkstationView = contract.WorkstationView;
export type Clinician = z.infer<typeof contract.Clinician>;
export type Hint = contract.Hint;
export type Obstacle = contract.Obstacle;
