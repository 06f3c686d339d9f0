import type { FromBadge, ToBadge } from "../../../shared/badge.ts";
import type { RosterEntry } from "../../../shared/trust/index.ts";
import type { AuditNote } from "../audit/index.ts";
import { createBadgeAsk } from "./badge-ask.ts";
import type { Badges, Presence } from "./badges.ts";
import { Interrupted } from "./errors.ts";
import { reopened, type Holder } from "./holder.ts";
import type { Attempt, SessionEvent } from "./machine.ts";
import type { SessionInput } from "./types.ts";

/** Re-opens a locked session for a badge that proves itself. */
export interface Reopening {
  /**
   * A card was put on the reader: if it may re-open this lock, it is asked to prove itself. SECURITY: only at that moment.
   * A badge left lying when its owner walked away re-opens nothing.
   */
  cardPut(card: Presence): void;
  answered(message: Extract<FromBadge, { kind: "proof" | "no-proof" }>): void;
  /** Whether the card that was asked last, and did not open, still lies there. */
  unproven(): boolean;
  /** No answer is waited for any more. */
  forget(): void;
}

export interface ReopeningInput extends Pick<
  SessionInput,
  "audit" | "verifyProof" | "random" | "timers" | "clock" | "onProblem"
> {
  readonly badges: Pick<Badges, "whose" | "find">;
  readonly entryOf: (clinician: string) => RosterEntry | null;
  /** Whether she may come in here now at all. */
  readonly welcome: (clinician: string) => boolean;
  readonly send: (message: ToBadge) => void;
  readonly nextAttempt: () => number;
  readonly apply: (event: SessionEvent) => void;
  readonly current: (attempt: Attempt) => boolean;
  readonly look: () => void;
  readonly who: () => Holder | null;
  readonly grant: (attempt: Attempt, holder: Holder) => boolean;
  readonly note: (entry: AuditNote) => void;
}

export function createReopening(input: ReopeningInput): Reopening {
  const { apply, current, note } = input;
  /** The presence of that card. */
  let unproven: number | null = null;
  const asks = createBadgeAsk({
    ...input,
    onProven: (attempt) => void reopen(attempt),
    onRefused: refused,
  });

  async function reopen(attempt: Attempt): Promise<void> {
    const { clinician } = attempt;
    try {
      await input.audit.record({ kind: "sign-in", clinician, detail: { way: "badge" } });
      input.look();
      const hers = input.who();
      if (
        hers === null ||
        hers.person.clinician !== clinician ||
        !current(attempt) ||
        !input.welcome(clinician) ||
        !input.grant(attempt, reopened(hers))
      )
        throw new Interrupted("a lock came, or the grace time ended, while the badge was asked");
    } catch (error) {
      unproven = attempt.badge;
      apply({ kind: "denied", attempt });
      const interrupted = error instanceof Interrupted;
      if (!interrupted) input.onProblem("badge", error);
      const why = interrupted ? "interrupted" : "failed";
      note({ kind: "sign-in-refused", clinician, detail: { why } });
    }
  }

  function refused(attempt: Attempt, why: string): void {
    const waited = current(attempt);
    unproven = attempt.badge;
    apply({ kind: "denied", attempt });
    // A card that was merely taken away again is no event.
    if (why === "gone" || (why === "timeout" && !waited)) return;
    note({ kind: "badge-proof-refused", clinician: attempt.clinician, detail: { why } });
  }

  return {
    cardPut(card) {
      const clinician = card.piv ? input.badges.whose(card) : null;
      if (clinician === null || !input.welcome(clinician)) return;
      const trusted = (input.entryOf(clinician)?.badges ?? []).flatMap(({ uid, certificate }) =>
        uid === card.uid && certificate !== undefined ? [certificate] : [],
      );
      if (trusted.length === 0) return;
      const id = input.nextAttempt();
      const attempt: Attempt = { id, way: "badge", clinician, badge: card.presence };
      unproven = null;
      apply({ kind: "try", attempt });
      if (current(attempt)) asks.ask(attempt, trusted, input.send);
    },
    answered: asks.answered,
    unproven: () => unproven !== null && input.badges.find(unproven) !== null,
    forget: asks.forget,
  };
}
