import type { EnrolmentView } from "../../../shared/contract/index.ts";
import type { EnrolmentRequest } from "../../../shared/trust/index.ts";
import { DeskUnreachable } from "./desk.ts";
import type { Desk, DeskAnswer } from "./desk.ts";

export interface DeliveryParts {
  readonly desk: Desk | null;
  /** Hands a statement to whoever judges all of them; it believes none that the control key did not sign. */
  readonly accept: (jws: readonly string[]) => Promise<void>;
  /** Whether the roster's entry of her is of these keys (`box`): it may also have come through the HIS. */
  readonly enrolled: (clinician: string, box: string) => boolean;
  /** Resolves after so many milliseconds; rejects when `signal` aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
  readonly onChange: () => void;
}

export type Outcome =
  | { readonly kind: "done" }
  | {
      readonly kind: "failed";
      readonly problem: NonNullable<EnrolmentView["problem"]>;
      readonly detail: string;
    };

const FIRST_MS = 2_000;
const LONGEST_MS = 30_000;
/** So long this PC goes on trying while the desk has not taken the request. */
const SENDING_MS = 2 * 60_000;
/** So long it asks for an answer: a shift. Afterwards the entry still comes with the HIS's records. */
const WAITING_MS = 8 * 3_600_000;

/**
 * Brings a request to the desk and the desk's answer home: patient, with growing pauses and jitter, so that a thousand PCs
 * on an enrolment day do not ask in step. Rejects only when `signal` aborts.
 */
export async function deliver(
  request: EnrolmentRequest,
  parts: DeliveryParts,
  signal: AbortSignal,
  onWaiting: () => void,
): Promise<Outcome> {
  const { desk } = parts;
  if (desk === null) return failed("not-joined", "Policy names no enrolment desk.");
  let taken = false;
  let spent = 0;
  let pause = FIRST_MS;
  let last = "the desk does not know the request";
  for (;;) {
    if (parts.enrolled(request.clinician, request.keys.box)) return { kind: "done" };
    const answer = await asked(taken ? desk.ask(request.id) : desk.send(request));
    signal.throwIfAborted();
    if (answer instanceof DeskUnreachable) last = answer.message;
    else if (answer.state === "approved") return await home(request, parts, answer.statement);
    else if (answer.state === "refused") return failed("desk-refused", answer.detail);
    else if (answer.state === "unknown") {
      if (taken) spent = 0;
      taken = false;
    } else if (!taken) {
      taken = true;
      spent = 0;
      onWaiting();
    }
    if (spent > (taken ? WAITING_MS : SENDING_MS)) return failed("desk-unreachable", last);
    await parts.sleep(pause * (0.5 + parts.random() / 2), signal);
    spent += pause;
    pause = Math.min(pause * 1.5, LONGEST_MS);
  }
}

async function asked(call: Promise<DeskAnswer>): Promise<DeskAnswer | DeskUnreachable> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof DeskUnreachable) return error;
    throw error;
  }
}

async function home(
  request: EnrolmentRequest,
  parts: DeliveryParts,
  statement: string,
): Promise<Outcome> {
  await parts.accept([statement]);
  // SECURITY: whatever stands between this PC and the desk can say "approved"; only the control key can enrol.
  if (parts.enrolled(request.clinician, request.keys.box)) return { kind: "done" };
  return failed("desk-refused", "What came back is not signed by the hospital, or not for her.");
}

function failed(problem: NonNullable<EnrolmentView["problem"]>, detail: string): Outcome {
  return { kind: "failed", problem, detail };
}
