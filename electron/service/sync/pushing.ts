import { HisError } from "../his/index.ts";
import type { SyncTimers } from "./hints.ts";
import { NotAPage } from "./page.ts";
import { drainOutbox } from "./push.ts";
import { pushMemory, recallDropped, type PushParts } from "./push-parts.ts";
import { offerLostAgain, type RestoredParts } from "./restored.ts";
import { singleFlight } from "./single-flight.ts";

const LOST_EVERY_MS = 10 * 60_000;
const LEAST_WAIT_MS = 50;

export interface Pushing {
  /** Offers the outbox now, or joins the push under way; nothing while the HIS is down or not to be believed. */
  now(): Promise<void>;
  idle(): Promise<void>;
  stop(): void;
}

/** When the outbox goes: as soon as it is asked to, and again when an act that had to wait is due. */
export function createPushing(
  room: Omit<PushParts, "memory"> &
    RestoredParts & {
      readonly timers: SyncTimers;
      readonly believed: () => boolean;
      /** The HIS was seen to have forgotten acts: what others wrote there is forgotten too. */
      readonly onForgotten: () => Promise<void>;
      /** The journal's own trouble: nothing was lost, the next push tries again. */
      readonly onTrouble: (error: unknown) => void;
    },
): Pushing {
  const { link, now, timers } = room;
  const parts = { ...room, memory: pushMemory() };
  /** Since when the HIS was up, and the wall's time, when lost acts were last looked for. */
  let looked: { readonly since: number; readonly at: number } | null = null;
  let cancel: (() => void) | null = null;
  let stopped = false;
  let isRecalled = false;
  const pushing = singleFlight(push);

  /** At each reconnection and from time to time: a HIS restored from a backup does not say so. */
  async function lookForLost(): Promise<void> {
    const { since } = link.state();
    const passed = looked?.since === since ? now() - looked.at : null;
    // A clock that was put back would hold this up for as long as it was wrong.
    if (passed !== null && passed >= 0 && passed < LOST_EVERY_MS) return;
    try {
      if ((await offerLostAgain(parts)) > 0) await room.onForgotten();
      looked = { since, at: now() };
    } catch (error) {
      // It must not keep the outbox from going; asked again with the next push, or after a while if the HIS refuses to say.
      if (!(error instanceof HisError) && !(error instanceof NotAPage)) throw error;
      if (link.state().kind === "up") looked = { since, at: now() };
    }
  }

  async function push(): Promise<void> {
    cancel?.();
    if (stopped || link.state().kind !== "up" || !room.believed()) return;
    try {
      if (!isRecalled) await recallDropped(parts.memory, parts.journal);
      isRecalled = true;
      await lookForLost();
      const due = await drainOutbox(parts);
      if (due !== null && !stopped)
        cancel = timers.after(Math.max(due - now(), LEAST_WAIT_MS), () => void ask());
    } catch (error) {
      room.onTrouble(error);
    }
  }

  async function ask(): Promise<void> {
    if (!stopped) await pushing();
  }

  return {
    now: ask,
    idle: pushing.idle,
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
