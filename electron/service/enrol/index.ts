/** Enrolment: a person signs in at the HIS once, chooses a PIN, and the hospital's desk puts her on the roster. */
export { createDesk, DeskUnreachable, type Desk, type DeskAnswer } from "./desk.ts";
export {
  createEnrolment,
  NotJoined,
  PinUnfit,
  type Enrolment,
  type EnrolmentParts,
  type KnownClinician,
} from "./enrolment.ts";
