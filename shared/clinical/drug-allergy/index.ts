/** The drug-allergy check: a door of its own, so that the page need not carry it. */
export { drugAllergyCheck, type Check, type CheckInput, type Reason } from "./check.ts";
export { medicineOf } from "./medicine.ts";
export { namedMedicines, nameOfMedicine } from "./named.ts";
export { sameSubstance } from "./same-substance.ts";
export {
  APART_SYSTEM,
  CLASS_SYSTEM,
  CROSS_URL,
  INGREDIENTS_URL,
  PackUnusable,
  readPack,
  SAME_URL,
  STRENGTH_PROPERTY,
} from "./pack.ts";
export type {
  AllergyEntry,
  GivenDose,
  Knowledge,
  Medicine,
  NotChecked,
  Strength,
} from "./types.ts";
export type { Tolerance } from "./tolerance.ts";
