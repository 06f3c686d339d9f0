import type { FromBadge, ToBadge } from "../../../shared/badge.ts";
import type { SessionInput } from "./types.ts";
import type { Attempt } from "./machine.ts";

type Proof = Extract<FromBadge, { kind: "proof" }>;

/** Longer than a slow card takes to sign, and a hung one is waited for. */
const PATIENCE_MS = 5_000;

/** Asks one card at a time to prove that it is what the roster says, with a challenge that is never used twice. */
export interface BadgeAsk {
  /** Asks; `attempt.badge` is the card. Whatever was asked before is no longer waited for. */
  ask(attempt: Attempt, trusted: readonly string[], send: (message: ToBadge) => void): void;
  /** An answer; what nobody waits for is not heard. */
  answered(message: Extract<FromBadge, { kind: "proof" | "no-proof" }>): void;
  /** Nothing is waited for any more. */
  forget(): void;
}

export function createBadgeAsk(
  input: Pick<SessionInput, "verifyProof" | "random" | "timers" | "clock"> & {
    readonly onProven: (attempt: Attempt) => void;
    readonly onRefused: (attempt: Attempt, why: string) => void;
  },
): BadgeAsk {
  interface Asked {
    readonly id: number;
    readonly attempt: Attempt;
    readonly challenge: Uint8Array;
    readonly trusted: readonly string[];
    readonly callOff: () => void;
  }
  let asked: Asked | null = null;
  let questions = 0;

  function forget(): void {
    asked?.callOff();
    asked = null;
  }
  function refuse(held: Asked, why: string): void {
    if (asked === held) forget();
    input.onRefused(held.attempt, why);
  }
  const proves = ({ certificate, signature, algorithm }: Proof, held: Asked): boolean =>
    input.verifyProof({
      certificate,
      signature,
      algorithm,
      challenge: held.challenge,
      trusted: held.trusted,
      now: input.clock.now(),
    });

  return {
    ask(attempt, trusted, send) {
      forget();
      if (attempt.badge === null) return;
      questions += 1;
      const challenge = Uint8Array.from(input.random(32));
      const callOff = input.timers.after(PATIENCE_MS, () => {
        if (asked?.attempt === attempt) refuse(asked, "timeout");
      });
      asked = { id: questions, attempt, challenge, trusted, callOff };
      send({
        kind: "prove",
        id: questions,
        presence: attempt.badge,
        challenge: Buffer.from(challenge).toString("base64"),
      });
    },
    answered(message) {
      const held = asked;
      if (held === null || held.id !== message.id) return;
      forget();
      if (message.kind === "no-proof") return input.onRefused(held.attempt, message.why);
      if (message.presence !== held.attempt.badge) return input.onRefused(held.attempt, "swapped");
      if (!proves(message, held)) return input.onRefused(held.attempt, "not-proven");
      input.onProven(held.attempt);
    },
    forget,
  };
}
