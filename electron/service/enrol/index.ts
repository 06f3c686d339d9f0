/** Enrolment: a person signs in at the HIS once, chooses a PIN, and the hospital's desk puts her on the roster. */
export { createDesk } from "./desk.ts";
export { createEnrolment, NoBadge, NotJoined, PinUnfit, type Enrolment } from "./enrolment.ts";
