/** The clinical rules' door: pure readings of FHIR and pure scores; no words of its own. */
export * from "./abnormal.ts";
export * from "./age.ts";
export * from "./allergies.ts";
export * from "./codes.ts";
export * from "./due.ts";
export * from "./limits.ts";
export * from "./medicines.ts";
export * from "./names.ts";
export * from "./news2.ts";
export * from "./notes.ts";
export * from "./plausible.ts";
export * from "./problems.ts";
export * from "./read.ts";
export * from "./results.ts";
export * from "./status.ts";
export * from "./time.ts";
export * from "./vitals.ts";
