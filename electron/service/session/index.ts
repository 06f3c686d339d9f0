/** Who is at the workstation: sign-in, idle, lock. */
export { Locked, NotReady, WrongPin } from "./errors.ts";
export { createSession } from "./session.ts";
export type { Session, Ticket } from "./types.ts";
