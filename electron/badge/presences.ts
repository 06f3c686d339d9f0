import type { BadgeGone, FromBadge } from "../../shared/badge.ts";
import { saysCardGone } from "./pcsc.ts";
import { Overdue, withDeadline } from "./deadline.ts";
import { readPivCard, readUid, signWithCard, type PivCard } from "./piv.ts";
import { CardRefused } from "./apdu.ts";
import type { TalkWithCard } from "./card-talk.ts";

/** A contactless PIV card gives UID and certificate in some 200 ms; who waits longer waits for a card that hangs. */
const READ_MS = 2_000;
const READ_TRIES = 4;
const READ_AGAIN_MS = 200;
/** RSA on a slow contactless card takes about a second. */
const PROVE_MS = 3_000;

type CardIn = Extract<FromBadge, { kind: "card-in" }>;
type Prove = { id: number; presence: number; challenge: Uint8Array };
type Proof = Extract<FromBadge, { kind: "proof" | "no-proof" }>;

/** A card from its going in to its coming out. */
interface Presence {
  readonly number: number;
  readonly reader: string;
  /** Once it was told; a card that came out before that was never there for anybody. */
  told: CardIn | null;
  piv: PivCard | null;
  /** Says to proofs under way that there is nobody left to prove. */
  readonly left: PromiseWithResolvers<"gone">;
}

/**
 * Which cards are there. Every `card-in` that was told has exactly one `card-out`, told before anything else; numbers
 * only rise.
 *
 * SECURITY: P2, fail closed. A card that does not come back in time counts as gone.
 */
export function createPresences(
  talk: TalkWithCard,
  now: () => number,
  tell: (message: FromBadge) => void,
) {
  const present = new Map<string, Presence>();
  let last = 0;

  function leave(reader: string, why: BadgeGone, at: number): void {
    const presence = present.get(reader);
    if (presence === undefined) return;
    present.delete(reader);
    if (presence.told !== null)
      tell({ kind: "card-out", reader, presence: presence.number, why, at });
    presence.left.resolve("gone");
  }

  function enter(reader: string): void {
    leave(reader, "removed", now());
    last += 1;
    const presence: Presence = {
      number: last,
      reader,
      told: null,
      piv: null,
      left: Promise.withResolvers<"gone">(),
    };
    present.set(reader, presence);
    void introduce(presence);
  }

  async function introduce(presence: Presence): Promise<void> {
    const { reader, number } = presence;
    let uid: string | null = null;
    for (let tries = 1; tries <= READ_TRIES; tries += 1) {
      try {
        // In two steps: a card that hangs over the second has still given its UID.
        const read = talk(reader, async (transmit, protocol) => {
          uid = await readUid(transmit, protocol);
          return readPivCard(transmit, protocol);
        });
        presence.piv = await withDeadline("reading the card", READ_MS, read);
        break;
      } catch (error) {
        // What cannot be read is told as that. A card said to be gone mostly is, and the watch will see it go; at the edge of
        // the field it comes back.
        if (!saysCardGone(error)) break;
        await sleep(READ_AGAIN_MS);
        if (present.get(reader) !== presence) return;
      }
    }
    if (present.get(reader) !== presence) return;
    presence.told = { kind: "card-in", reader, presence: number, uid, piv: presence.piv !== null };
    tell(presence.told);
  }

  async function prove({ id, presence: number, challenge }: Prove): Promise<Proof> {
    const none = (why: "gone" | "not-piv" | "refused" | "timeout") =>
      ({ kind: "no-proof", id, why }) as const;
    const presence = [...present.values()].find((one) => one.number === number);
    if (presence === undefined) return none("gone");
    const { piv, reader, left } = presence;
    if (piv === null) return none("not-piv");
    try {
      const signing = talk(reader, (transmit, protocol) =>
        // It may have waited for its turn: another card by now must not sign in this one's place.
        present.get(reader) === presence
          ? signWithCard(transmit, protocol, piv, challenge)
          : Promise.resolve(null),
      );
      const signature = await withDeadline(
        "the proof",
        PROVE_MS,
        Promise.race([signing, left.promise]),
      );
      if (signature === null || signature === "gone" || present.get(reader) !== presence)
        return none("gone");
      return {
        kind: "proof",
        id,
        presence: number,
        certificate: piv.certificate.toString("base64"),
        signature: signature.toString("base64"),
        algorithm: piv.algorithm,
      };
    } catch (error) {
      if (error instanceof CardRefused) return none("refused");
      if (present.get(reader) !== presence) return none("gone");
      if (error instanceof Overdue) {
        leave(reader, "hung", now());
        return none("timeout");
      }
      // Reset by others, unpowered, out of the field: whatever it was, this card is not believed any more.
      leave(reader, saysCardGone(error) ? "removed" : "hung", now());
      return none("gone");
    }
  }

  return {
    enter,
    leave,
    prove,
    leaveAll(why: BadgeGone, at: number): void {
      for (const reader of present.keys()) leave(reader, why, at);
    },
    /** The cards that were told of, for who listens from now on. */
    told: (): readonly CardIn[] => [...present.values()].flatMap(({ told }) => told ?? []),
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
