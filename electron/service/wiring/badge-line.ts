import type { Badge } from "../../../shared/trust/index.ts";
import type { BadgeChannel } from "../service.ts";
import { verifyBadgeProof, type Session } from "../session/index.ts";
import { createEnrolCard } from "./enrol-card.ts";

/** The line to whichever badge process the shell runs now. */
export interface BadgeLine {
  /** A badge process; it takes the place of the one before, whose cards are gone. */
  join(channel: BadgeChannel): void;
  /** The card on the reader as enrolment takes it. */
  cardThere(): Badge | null;
}

export function createBadgeLine(room: {
  readonly session: Pick<Session, "badge" | "badgeLost" | "onBadgeAsk" | "cardThere">;
  readonly random: (bytes: number) => Uint8Array;
  readonly now: () => Date;
  readonly onChange: () => void;
}): BadgeLine {
  const { session } = room;
  let current: BadgeChannel | null = null;
  session.onBadgeAsk((message) => current?.send(message));
  const enrolCard = createEnrolCard({
    cardThere: () => session.cardThere(),
    ask: (message) => current?.send(message),
    verify: verifyBadgeProof,
    random: room.random,
    now: room.now,
    onChange: room.onChange,
  });
  return {
    cardThere: enrolCard.there,
    join(channel) {
      session.badgeLost();
      current = channel;
      channel.onMessage((message) => {
        // A process that was replaced has nothing more to say.
        if (current === channel && !enrolCard.hears(message)) session.badge(message);
      });
      channel.onClose(() => {
        if (current !== channel) return;
        current = null;
        session.badgeLost();
      });
    },
  };
}
