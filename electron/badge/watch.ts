import type { BadgeGone, FromBadge } from "../../shared/badge.ts";
import { Overdue, withDeadline } from "./deadline.ts";
import { compareLooks, UNAWARE } from "./look.ts";
import { CODE, PcscError, type Handle, type Pcsc } from "./pcsc.ts";

/** How long one look may wait for a change. Readers are listed anew after each. */
const LOOK_MS = 1_000;
/** A call that takes this much longer than asked hangs with its daemon or driver. */
const PATIENCE_MS = 1_500;
/** A service that answers at once and tells nothing, again and again, must not burn the PC. */
const RESTLESS = { looks: 50, pauseMs: 100 } as const;
const AGAIN_MS = [250, 500, 1_000, 2_000] as const;

type Watch = Extract<FromBadge, { kind: "watch" }>;

export interface Sightings {
  cardIn(reader: string): void;
  cardOut(reader: string, why: BadgeGone, at: number): void;
  /** No reader can be believed any more. */
  allOut(why: BadgeGone, at: number): void;
  watch(message: Watch): void;
}

/**
 * Looks at the readers until it is stopped. Resolves then; a service that is away or dies is tried again for ever.
 * Rejects with `Overdue` when a call hangs: its thread cannot be had back, so the process must end.
 */
export async function watchReaders(
  pcsc: Pcsc,
  sightings: Sightings,
  now: () => number,
  stopped: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!stopped.aborted) {
    let context: Handle | null = null;
    try {
      context = await withDeadline("SCardEstablishContext", PATIENCE_MS, pcsc.establish());
      await watchThrough(pcsc, context, sightings, stopped, () => {
        failures = 0;
      });
    } catch (error) {
      if (stopped.aborted) return;
      const overdue = error instanceof Overdue;
      sightings.allOut(overdue ? "hung" : "service-lost", now());
      sightings.watch({ kind: "watch", state: "no-service", readers: [] });
      if (overdue) throw error;
      if (!(error instanceof PcscError)) throw error;
    }
    if (context !== null) await release(pcsc, context);
    if (stopped.aborted) return;
    await pause(AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)] ?? 0, stopped);
    failures += 1;
  }
}

/** One context's life. Throws when PC/SC fails. */
async function watchThrough(
  pcsc: Pcsc,
  context: Handle,
  sightings: Sightings,
  stopped: AbortSignal,
  steady: () => void,
): Promise<void> {
  /** By reader: what the last look said. */
  const seen = new Map<string, number>();
  const cancel = () => void pcsc.cancel(context).catch(() => {});
  stopped.addEventListener("abort", cancel);
  try {
    let at = 0;
    let known: string | null = null;
    let restless = 0;
    while (!stopped.aborted) {
      const readers = await withDeadline("SCardListReaders", PATIENCE_MS, pcsc.readers(context));
      for (const reader of seen.keys()) {
        if (readers.includes(reader)) continue;
        seen.delete(reader);
        sightings.cardOut(reader, "reader-lost", at);
      }
      for (const reader of readers) if (!seen.has(reader)) seen.set(reader, UNAWARE);
      if (known !== readers.join("\0")) {
        known = readers.join("\0");
        restless = 0;
        const state = readers.length === 0 ? "no-reader" : "watching";
        sightings.watch({ kind: "watch", state, readers: [...readers] });
      }
      restless += 1;
      if (restless > RESTLESS.looks) await pause(RESTLESS.pauseMs, stopped);
      const asked = [...seen].map(([reader, state]) => ({ reader, state }));
      try {
        const look = await withDeadline(
          "SCardGetStatusChange",
          LOOK_MS + PATIENCE_MS,
          pcsc.statusChange(context, LOOK_MS, asked),
        );
        at = look.at;
        if (look.states === null) restless = 0;
        for (const { reader, state } of look.states ?? []) {
          const change = compareLooks(seen.get(reader) ?? UNAWARE, state);
          seen.set(reader, change.state);
          if (change.out !== null) sightings.cardOut(reader, change.out, at);
          if (change.in) sightings.cardIn(reader);
          if (change.out !== null || change.in) restless = 0;
        }
      } catch (error) {
        // Readers went between the list and the look: the next list says which.
        const between = error instanceof PcscError && error.code === CODE.unknownReader;
        if (!between) throw error;
      }
      steady();
    }
  } finally {
    stopped.removeEventListener("abort", cancel);
  }
}

async function release(pcsc: Pcsc, context: Handle): Promise<void> {
  // Where the service died the context died with it.
  await withDeadline("SCardReleaseContext", PATIENCE_MS, pcsc.release(context)).catch(
    (error: unknown) => {
      if (error instanceof Overdue) throw error;
    },
  );
}

function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      stopped.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    stopped.addEventListener("abort", over);
  });
}
