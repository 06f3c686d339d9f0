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

/** `badge`: policy wants her badge on the reader. */
export type NotReadyWhy = Exclude<SlotState, "ready"> | "unknown" | "badge";

/** She cannot sign in here now, whatever her PIN. */
export class NotReady extends Error {
  override readonly name = "NotReady";
  readonly code = "not-ready";
  readonly why: NotReadyWhy;
  constructor(why: NotReadyWhy) {
    super(`not ready: ${why}`);
    this.why = why;
  }
}

/** This PC has no site pepper yet. */
export class NotJoined extends Error {
  override readonly name = "NotJoined";
  readonly code = "not-joined";
}

/** The code out of a ward's envelope does not open this PC. */
export class EnvelopeRefused extends Error {
  override readonly name = "EnvelopeRefused";
  readonly code = "envelope-refused";
  readonly why: "unknown" | "used" | "expired";
  constructor(why: "unknown" | "used" | "expired") {
    super(`envelope refused: ${why}`);
    this.why = why;
  }
}

/** Nobody may sign in at this PC now: IT has sealed it, or the offline limit has. */
export class Barred extends Error {
  override readonly name = "Barred";
  readonly code = "barred";
  readonly why: string;
  constructor(why: string) {
    super(`barred: ${why}`);
    this.why = why;
  }
}

/** Not in an emergency access: it reads, and does nothing in anybody's name. */
export class EmergencyRefused extends Error {
  override readonly name = "EmergencyRefused";
  readonly code = "emergency";
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
