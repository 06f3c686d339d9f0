import type { FromBadge, ToBadge } from "../../../shared/badge.ts";
import type { Badge } from "../../../shared/trust/index.ts";
import type { Session, verifyBadgeProof } from "../session/index.ts";

/** Questions of enrolment to the badge process; the session's own begin at 1. */
const FIRST_ID = 1_000_000_000;

/** The card on the reader as it goes on a roster entry: with its certificate, once it has proven that it holds the key. */
export interface EnrolCard {
  /** Null while there is no card with a UID, and while one that can prove itself is still being asked. */
  there(): Badge | null;
  /** Looks at every message of the badge process; true when it was an answer to a question asked here. */
  hears(message: FromBadge): boolean;
}

export function createEnrolCard(room: {
  readonly cardThere: Session["cardThere"];
  readonly ask: (message: ToBadge) => void;
  readonly verify: typeof verifyBadgeProof;
  readonly random: (bytes: number) => Uint8Array;
  readonly now: () => Date;
  readonly onChange: () => void;
}): EnrolCard {
  let lastId = FIRST_ID;
  /** The card asked last, the challenge it was given, and what came of it. */
  let asked: {
    readonly id: number;
    readonly presence: number;
    readonly challenge: Uint8Array;
    state: "waiting" | "refused" | { readonly certificate: string };
  } | null = null;

  return {
    there() {
      const card = room.cardThere();
      if (card === null) return null;
      if (!card.piv) return { uid: card.uid };
      if (asked?.presence !== card.presence) {
        lastId += 1;
        const challenge = room.random(32);
        asked = { id: lastId, presence: card.presence, challenge, state: "waiting" };
        const text = Buffer.from(challenge).toString("base64");
        room.ask({ kind: "prove", id: lastId, presence: card.presence, challenge: text });
      }
      if (asked.state === "waiting") return null;
      // A card that fails to prove itself names her all the same; it never opens without a PIN.
      return asked.state === "refused"
        ? { uid: card.uid }
        : { uid: card.uid, certificate: asked.state.certificate };
    },
    hears(message) {
      if (message.kind !== "proof" && message.kind !== "no-proof") return false;
      if (message.id <= FIRST_ID) return false;
      if (asked?.id !== message.id) return true;
      asked.state = "refused";
      if (message.kind === "proof") {
        const { certificate, signature, algorithm } = message;
        // SECURITY: who vouches for the certificate is the desk; here only that this card holds its key.
        const holds = room.verify({
          certificate,
          signature,
          algorithm,
          challenge: asked.challenge,
          trusted: [certificate],
          now: room.now(),
        });
        if (holds) asked.state = { certificate };
      }
      room.onChange();
      return true;
    },
  };
}
