import { offlineState, startTime, type OfflineState, type TimeDoubt } from "../clock/index.ts";
import type { HisClient } from "../his/index.ts";
import type { Policy } from "../policy/index.ts";
import type { Journal, Remote } from "../store/index.ts";

/** In the journal's meta. */
const META = { certain: "time.certain", heard: "time.heard" } as const;
/** A kill costs at most this much of counted time. */
const KEEP_EVERY_MS = 60_000;

/** The time of this PC as far as it can be believed, kept over restarts. */
export interface SiteTime {
  /** Provable time. */
  now(): Date;
  doubt(): TimeDoubt | null;
  heard(): Date | null;
  /** The PC woke from sleep. */
  slept(): void;
  /** A client whose authenticated answers tell the time. */
  hearing(his: HisClient): HisClient;
  offline(extendedUntil: Date | null): OfflineState;
  /** The doubt or the offline state may have changed; from now on it is told, to one. A slow keychain can make a start longer than a minute. */
  onChange(listener: () => void): void;
  keep(): Promise<void>;
  stop(): Promise<void>;
}

export async function openTime(room: {
  readonly journal: Pick<Remote<Journal>, "meta" | "setMeta">;
  readonly limits: Policy["offline"];
  readonly wall: () => number;
  readonly monotonic: () => number;
  readonly onProblem: (error: unknown) => void;
}): Promise<SiteTime> {
  const { journal, wall, monotonic } = room;
  let changed = (): void => undefined;
  const meta = await journal.meta();
  const certain = numberOrNull(meta[META.certain]);
  const time = startTime(
    certain === null ? null : { certain, heard: numberOrNull(meta[META.heard]) },
    wall(),
    monotonic(),
  );

  async function keep(): Promise<void> {
    const kept = time.keep(monotonic());
    await journal.setMeta({
      [META.certain]: String(Math.floor(kept.certain)),
      [META.heard]: kept.heard === null ? "" : String(Math.floor(kept.heard)),
    });
  }
  const timer = setInterval(() => {
    keep().catch(room.onProblem);
    changed();
  }, KEEP_EVERY_MS);
  timer.unref();

  return {
    now: () => new Date(time.now(monotonic())),
    doubt: () => time.doubt(wall(), monotonic()),
    heard() {
      const heard = time.heard();
      return heard === null ? null : new Date(heard);
    },
    slept() {
      time.slept(wall(), monotonic());
      changed();
    },
    hearing(his) {
      const told = <T extends { readonly serverTime: string | null }>(answer: T): T => {
        if (answer.serverTime === null) return answer;
        const before = time.doubt(wall(), monotonic());
        const first = time.heard() === null;
        time.hear(Date.parse(answer.serverTime), wall(), monotonic());
        if (first) keep().catch(room.onProblem);
        if (before !== time.doubt(wall(), monotonic())) changed();
        return answer;
      };
      return {
        ...his,
        get: async (target, how) => told(await his.get(target, how)),
        batch: async (bundle) => told(await his.batch(bundle)),
        send: async (...request) => told(await his.send(...request)),
      };
    },
    offline: (extendedUntil) =>
      offlineState({
        now: time.now(monotonic()),
        heard: time.heard(),
        limitHours: room.limits.limitHours,
        warnHours: room.limits.warnHours,
        extendedUntil: extendedUntil?.getTime() ?? null,
      }),
    onChange(listener) {
      changed = listener;
    },
    keep,
    async stop() {
      clearInterval(timer);
      await keep().catch(room.onProblem);
    },
  };
}

function numberOrNull(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}
