import type { Transmit } from "./apdu.ts";
import type { Pcsc } from "./pcsc.ts";

/** Talks with the card in a reader: what `work` gives, with the card to itself meanwhile. */
export type TalkWithCard = <T>(
  reader: string,
  work: (transmit: Transmit, protocol: number) => Promise<T>,
) => Promise<T>;

/**
 * One conversation a reader at a time, each over a context of its own, so that a card that hangs holds one thread and
 * never the watch. Rejects with what PC/SC or `work` says; it may never settle, so give it a deadline.
 */
export function createCardTalk(pcsc: Pcsc): TalkWithCard {
  const turns = new Map<string, Promise<unknown>>();

  async function talk<T>(
    reader: string,
    work: (transmit: Transmit, protocol: number) => Promise<T>,
  ): Promise<T> {
    const context = await pcsc.establish();
    try {
      const card = await pcsc.connect(context, reader);
      try {
        // Others (a smart card logon, a signing tool) must not select another application in between.
        await pcsc.begin(card);
        try {
          return await work((command) => pcsc.transmit(card, command), card.protocol);
        } finally {
          await ignoringFailure(pcsc.end(card));
        }
      } finally {
        await ignoringFailure(pcsc.disconnect(card));
      }
    } finally {
      await ignoringFailure(pcsc.release(context));
    }
  }

  return (reader, work) => {
    const before = turns.get(reader) ?? Promise.resolve();
    const mine = before.then(() => talk(reader, work));
    const over = ignoringFailure(mine).then(() => {
      if (turns.get(reader) === over) turns.delete(reader);
    });
    turns.set(reader, over);
    return mine;
  };
}

/** A card that went, or a daemon that died, has nothing left to tidy. */
async function ignoringFailure(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch {
    // Said above.
  }
}
