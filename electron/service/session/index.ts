/** Who is at the workstation: sign-in, idle, lock. */
export { Interrupted, Locked, NotJoined, NotReady, Stopped, WrongPin } from "./errors.ts";
export { createSession } from "./session.ts";
export type {
  Session,
  SessionClock,
  SessionInput,
  SessionPart,
  SessionTimers,
  Ticket,
} from "./types.ts";
