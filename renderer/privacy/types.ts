import type { PatientName } from "../app/index.ts";

/** Whose list is shown. */
export interface Chosen {
  readonly patient: string;
  /** Null: no longer on this PC. */
  readonly name: PatientName | null;
}
