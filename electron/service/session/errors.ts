import type { SlotState } from "../vault/index.ts";

/** The PIN is wrong, or comes before the delay has passed (then it was not even looked at). */
export class WrongPin extends Error {
  override readonly name = "WrongPin";
  readonly code = "wrong-pin";
  /** Wrong PINs in a row for this clinician on this PC. */
  readonly attempts: number;
  readonly retryAfterSeconds: number;
  constructor(attempts: number, retryAfterSeconds: number) {
    super("wrong PIN");
    this.attempts = attempts;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** She cannot sign in here now, whatever her PIN. */
export class NotReady extends Error {
  override readonly name = "NotReady";
  readonly code = "not-ready";
  readonly why: Exclude<SlotState, "ready"> | "unknown";
  constructor(why: Exclude<SlotState, "ready"> | "unknown") {
    super(`not ready: ${why}`);
    this.why = why;
  }
}

/** This PC has no site pepper yet. */
export class NotJoined extends Error {
  override readonly name = "NotJoined";
  readonly code = "not-joined";
}

/** The session is not open. */
export class Locked extends Error {
  override readonly name = "Locked";
  readonly code = "locked";
  readonly state: "sealed" | "locked";
  constructor(state: "sealed" | "locked") {
    super(`the session is ${state}`);
    this.state = state;
  }
}

/** A lock, a suspend or a stop came while the PIN was being checked: nothing opened. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly code = "interrupted";
}

/** The service is stopping. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly code = "stopped";
}
