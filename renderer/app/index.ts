export { useClock, useNow } from "./clock.tsx";
export { useDisplay, useFormat } from "./display.tsx";
export { elapsed, type Format, readNumber, toLatinDigits } from "./format.ts";
export { patientTabs, type PatientTab, useNavigation } from "./navigation.tsx";
export { contractError, problemOf } from "./problem.ts";
export { useBoard, useOutbox, usePatient, useWorkstation } from "./queries.ts";
export { useClient, useService, useStatus } from "./service.tsx";
export type * from "./types.ts";
export { foldName } from "./fold.ts";
