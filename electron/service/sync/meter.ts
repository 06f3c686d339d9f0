import type { HisWritten, HisClient } from "../his/index.ts";
import { measureSkew } from "./skew.ts";
import type { Skew, TimeWitness } from "./skew.ts";

const MINUTE_MS = 60_000;
/** Answers that are asked about time and way: enough that one odd one has no weight. */
const WITNESSES = 16;
/** Older ones may speak of a clock that was set since. */
const WITNESS_MS = 15 * MINUTE_MS;

/** What the requests themselves say of the line: counted and timed as they pass, nothing of what they carry. */
export interface Meter {
  readonly client: HisClient;
  /** Requests of the last hour, answered or not; signing in not counted. */
  requestsLastHour(): number;
  /** Milliseconds from request to whole answer, the median of the last ones; null before the first. */
  roundTripMs(): number | null;
  /** This PC's clock against the HIS's; null when it cannot be said. */
  skew(): Skew | null;
}

export function metered(
  his: HisClient,
  clocks: { readonly now: () => number; readonly monotonic: () => number },
): Meter {
  const { now, monotonic } = clocks;
  /** Requests by minute since this PC's start. */
  const minutes = new Map<number, number>();
  let witnesses: readonly (TimeWitness & { readonly at: number })[] = [];

  function count(): void {
    const minute = Math.floor(monotonic() / MINUTE_MS);
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
    for (const old of minutes.keys()) if (old <= minute - 60) minutes.delete(old);
  }

  async function timed<T extends HisWritten>(call: () => Promise<T>): Promise<T> {
    count();
    const sentAt = monotonic();
    const answer = await call();
    const at = monotonic();
    const date = Date.parse(answer.serverTime ?? "");
    const witness = { date, received: now(), tookMs: at - sentAt, at };
    if (!Number.isNaN(date)) witnesses = [...witnesses, witness].slice(-WITNESSES);
    return answer;
  }
  const recent = (): readonly TimeWitness[] =>
    witnesses.filter(({ at }) => monotonic() - at < WITNESS_MS);

  return {
    client: {
      ...his,
      get: async (target, how) => await timed(async () => await his.get(target, how)),
      batch: async (bundle) => await timed(async () => await his.batch(bundle)),
      send: async (...request) => await timed(async () => await his.send(...request)),
      async capabilities() {
        count();
        return await his.capabilities();
      },
    },
    requestsLastHour() {
      const minute = Math.floor(monotonic() / MINUTE_MS);
      let sum = 0;
      for (const [at, requests] of minutes) if (at > minute - 60) sum += requests;
      return sum;
    },
    roundTripMs() {
      const times = witnesses.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
      const median = times[Math.floor(times.length / 2)];
      return median === undefined ? null : Math.round(median);
    },
    skew: () => measureSkew(recent()),
  };
}
