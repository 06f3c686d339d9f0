import type { Hospital } from "./hospital.ts";
import type { Entry } from "./network.ts";
import { ids, penicillin } from "./record.ts";
import type { Change, Resource } from "./record.ts";
import { wrongs } from "./shown.ts";
import type { Judgement, Shown } from "./shown.ts";

/** One thing done to one patient's record, and what the clinician must be shown afterwards. */
export interface ClinicalCase {
  readonly name: string;
  readonly kind: "harmful" | "legitimate";
  /** What he has beside the ordinary record; replaces what has the same id. */
  readonly before: (patient: string) => readonly Resource[];
  /** Done one after the other, with a round of the sync after each. */
  readonly steps: readonly Step[];
  /** What is wrong with what is shown; nothing: the attack came to nothing, or the change took effect. */
  readonly wrong: (shown: Shown) => string[];
}
export type Step = (hospital: Hospital, patient: string) => Promise<void> | void;

const plain = (): readonly Resource[] => [];

export interface Told {
  readonly before?: ClinicalCase["before"];
  readonly steps: readonly Step[];
}
const told = (does: Told | Step): Told => (typeof does === "function" ? { steps: [does] } : does);
const made =
  (kind: ClinicalCase["kind"]) =>
  (name: string, does: Told | Step, ...judgements: readonly Judgement[]): ClinicalCase => ({
    name,
    kind,
    before: told(does).before ?? plain,
    steps: told(does).steps,
    wrong: (shown) => wrongs(shown, ...judgements),
  });

/** Must come to nothing. */
export const attack = made("harmful");
/** Must take effect, and be in nobody's way. */
export const change = made("legitimate");

type Make = (patient: string) => Resource;

/** Beneath the API, in the HIS's own database. */
export const beneath =
  (make: Make): Step =>
  (hospital, patient) =>
    hospital.database.put(make(patient));
export const cut =
  (type: string, of: (patient: string) => string): Step =>
  (hospital, patient) =>
    hospital.database.remove(type, of(patient));
/** Through the API, by an account that may write. */
export const account =
  (make: Make): Step =>
  (hospital, patient) =>
    hospital.account.put(make(patient));
/** On the way to the workstation, in every answer from then on. */
export const onTheWay =
  (type: string, of: (patient: string) => string, forge: (entry: Entry) => Entry | null): Step =>
  (hospital, patient) =>
    hospital.network.forge(type, of(patient), forge);

export const itsAllergy = (patient: string): string => ids(patient).allergy;
/** The allergy, changed. */
export const allergy =
  (what: Change | ((patient: string) => Change)): Make =>
  (patient) =>
    penicillin(patient, typeof what === "function" ? what(patient) : what);

/** A patient who lies on the ward too; whatever is made of him, nobody looks at. */
export const NEIGHBOUR = "next-bed";
/** Known to the HIS, on no ward of this PC. */
export const ELSEWHERE = "elsewhere";
