import type { BoardRow, PatientView } from "../../../shared/contract/index.ts";
import type { HoldReason } from "../../../shared/contract/guard.ts";
import type { ReaderCalls } from "../../../electron/service/chart/index.ts";
import { ids, mrn, NOTE } from "./record.ts";

/** What a clinician who opens the patient now sees, on the screens' own terms. */
export interface Shown {
  readonly patient: string;
  readonly view: PatientView;
  readonly row: BoardRow;
  /** What becomes of giving a dose of this order, to him or to somebody else. */
  giving(order: string, patient?: string): ReturnType<ReaderCalls["giving"]>;
  /** Alarms that name the patient, by kind. */
  readonly alarms: readonly string[];
}

/** Answers what is wrong with what is shown; nothing: it is as it should be. */
export type Judgement = (shown: Shown) => (string | false)[];

export const wrongs = (shown: Shown, ...judgements: readonly Judgement[]): string[] =>
  judgements.flatMap((judge) => judge(shown)).filter((one) => one !== false);

/** CLINICAL: the one thing all of it is for: she is warned as before, on every screen, and the dose is stopped. */
export const warned: Judgement = ({ view, row, patient, giving }) => {
  const banner = view.banner.allergies;
  const chip = banner.items.find(({ id }) => id === ids(patient).allergy);
  const listed = view.allergies.find(({ id }) => id === ids(patient).allergy);
  const given = giving(ids(patient).amoxicillin);
  return [
    banner.status !== "listed" && `the banner says ${banner.status}`,
    chip === undefined && "the allergy is not in the banner",
    chip?.substance !== "Benzylpenicillin" && `the banner calls it ${chip?.substance}`,
    chip?.criticality !== "high" && `the banner calls it ${chip?.criticality}`,
    chip?.verificationStatus !== "confirmed" && `the banner calls it ${chip?.verificationStatus}`,
    row.allergies !== "listed-high" && `the board says ${row.allergies}`,
    listed?.clinicalStatus !== "active" && `the list calls it ${listed?.clinicalStatus}`,
    listed?.reactions.some(({ severity }) => severity === "severe") !== true &&
      "the list shows no severe reaction",
    typeof given === "string" && `the order cannot be looked at: ${given}`,
    typeof given !== "string" &&
      given.check.action !== "stop" &&
      `giving amoxicillin says ${given.check.action}`,
    view.medicines.find(({ id }) => id === ids(patient).amoxicillin)?.check?.action !== "stop" &&
      "the order of amoxicillin is not marked",
  ];
};

/** That somebody claims otherwise is said beside it, on the patient's screen and on the board. */
export const claimed =
  (...reasons: readonly HoldReason[]): Judgement =>
  ({ view, row }) => {
    const said = view.holds.flatMap((hold) => hold.reasons);
    return [
      view.holds.length === 0 && "nothing is said to be held",
      row.holds === 0 && "the board counts no hold",
      ...reasons.map((one) => !said.includes(one) && `no hold says ${one}, only ${said.join()}`),
    ];
  };

/** That a record could not be read is said. */
export const unreadable: Judgement = ({ view, row }) => [
  view.banner.allergies.section.unreadable.length === 0 && "no record is said to be unreadable",
  row.unreadable === 0 && "the board says of no record that it could not be read",
];

/** Somebody who looks after the alarms hears of it. */
export const alarmed =
  (kind: string): Judgement =>
  ({ alarms }) => [!alarms.includes(kind) && `no alarm says ${kind}, only ${alarms.join()}`];

/** No dose of this order can be given, and no list offers it. */
export const notGiven =
  (order: string): Judgement =>
  ({ view, giving }) => {
    const given = giving(order);
    const listed = view.medicines.find(({ id }) => id === order);
    return [
      typeof given !== "string" && "a dose of it can be given",
      listed?.status === "active" && "it is listed as active",
      listed?.nextDue != null && "it is listed as due",
    ];
  };

export const canBeGiven =
  (order: string): Judgement =>
  ({ giving }) => {
    const given = giving(order);
    return [typeof given === "string" && `it cannot be given: ${given}`];
  };

/** The order's change is laid out beside it before anybody gives it, and it is not called verified. */
export const beforeAndAfter =
  (order: string): Judgement =>
  ({ view }) => [
    view.changedOrders[order]?.some(({ changed }) => changed) !== true &&
      "what the order was is not shown",
    view.standings[`MedicationRequest/${order}`] === "verified" && "it is called verified",
  ];

export const unverified =
  (fact: string): Judgement =>
  ({ view }) => [view.standings[fact] === "verified" && "it is called verified"];

/** He is who he was: what a wristband is compared with. */
export const himself: Judgement = ({ view: { banner }, row, patient }) => [
  banner.name.family !== `Family-${patient}` && `the banner names ${banner.name.family}`,
  row.name?.family !== `Family-${patient}` && `the board names ${row.name?.family}`,
  banner.birthDate !== "1950-02-03" && `born ${banner.birthDate}`,
  banner.sex !== "female" && `sex ${banner.sex}`,
  banner.identifier !== mrn(patient) && `number ${banner.identifier}`,
  row.identifier !== mrn(patient) && `the board's number ${row.identifier}`,
  banner.deceased && "said to be dead",
];

/** The statement about resuscitation stands where it stood, and with a claim against it neither is current. */
export const askTheTeam: Judgement = ({ view }) => [
  view.banner.codeStatus?.includes("DNACPR") !== true &&
    `the banner says ${view.banner.codeStatus}`,
  !view.holds.some(({ bothShown }) => bothShown) && "it is not said to ask the team",
];

export const isolated: Judgement = ({ view }) => [
  !view.banner.alerts.includes("Isolation: MRSA") && "the alert is not in the banner",
];

export const notHeld: Judgement = ({ view, row }) => [
  view.holds.length > 0 && `held: ${view.holds.flatMap((hold) => hold.reasons).join()}`,
  row.holds > 0 && "the board counts a hold",
];

export const noted: Judgement = ({ view }) => [
  !JSON.stringify(view.holds).includes(NOTE) && "the note is nowhere",
];
