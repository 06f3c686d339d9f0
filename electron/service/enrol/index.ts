/** Enrolment: a person signs in at the HIS once, chooses a PIN, and the hospital's desk puts her on the roster. */
export { createDesk } from "./desk.ts";
export { createEnrolment, NotJoined, PinUnfit, type Enrolment } from "./enrolment.ts";
