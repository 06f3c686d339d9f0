export { useClock, useNow } from "./clock.tsx";
export { useDisplay, useFormat } from "./display.tsx";
export { elapsed, type Format, readNumber } from "./format.ts";
export { howOftenWords } from "./how-often.ts";
export { patientTabs, type PatientTab, useNavigation } from "./navigation.tsx";
export { createFirstTry } from "./first-try.ts";
export { instantWithOffset } from "./instant.ts";
export { useAct } from "./use-act.ts";
export { createDraftKeeper } from "./draft-keeper.ts";
export { type Keeping, keptReason, readKept, writeKept } from "./keeping.ts";
export { type Kept, useKept } from "./kept.ts";
export { contractError, problemOf, said } from "./problem.ts";
export {
  useBoard,
  useListed,
  useOutbox,
  usePatient,
  useReview,
  useReviewEverywhere,
  useSettled,
  useSeen,
  useWorkstation,
} from "./queries.ts";
export { OFFICER, officerOnly } from "./officer.ts";
export { useClient, useService, useStatus } from "./service.tsx";
export type * from "./types.ts";
export { FIVE_RIGHTS, MOST_REVIEW_PAGES } from "../../shared/contract/index.ts";
export { foldName, toLatinDigits } from "../../shared/fold-name.ts";
export { levels, vitalUnits } from "./vital-words.ts";
export { waitSeconds, type WrongPin, wrongPin } from "./wrong-pin.ts";
export {
  readReason,
  type ReasonChoice,
  reasonChoices,
  reasonProblem,
  writeReason,
} from "./reason.ts";
