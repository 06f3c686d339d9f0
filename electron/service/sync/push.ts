import { countBeside, countCopiesOfAll, type CountingBeside } from "./push-count.ts";
import { createDrain, REQUESTS } from "./push-parts.ts";
import type { Drain, Job, Outcome, PushParts } from "./push-parts.ts";
import { createPushQueue, jobOf } from "./push-queue.ts";
import type { PushQueue } from "./push-queue.ts";
import { mostEntries, offer } from "./push-send.ts";
import { LONGEST_MS } from "./push-steps.ts";

/** Acts read from the journal at a time: what is in memory does not grow with the outbox. */
const PAGE = 256;
/** Acts that are held at most. One patient's long queue must not fill it, or everybody charted later would wait behind it. */
const MOST_HELD = 2_048;

/** As many again as travel: the journal commits what came back of some, and what leaves next, while others travel. */
const WORKERS = 2 * REQUESTS;

/**
 * Sends what waits in the outbox, each act exactly once: order holds within a patient, one bad act is parked and blocks
 * nobody, and whatever was tried before is first looked for. Second copies of what was sent are looked for afterwards.
 * Answers when the next postponed act is due, or null. Throws only what the journal throws.
 */
export async function drainOutbox(parts: PushParts): Promise<number | null> {
  const drain = createDrain(parts);
  const counting = countBeside(drain);
  let due: number | null;
  try {
    due = await sendAll(drain, counting);
  } finally {
    await counting.idle();
  }
  await countCopiesOfAll(drain);
  return due;
}

async function sendAll(drain: Drain, counting: CountingBeside): Promise<number | null> {
  const queue = createPushQueue();
  const fill = filler(drain, queue);
  let due: number | null = null;
  let busy = 0;
  let failed = false;
  let wake = Promise.withResolvers<void>();

  function wait(moment: number | null): void {
    if (moment !== null) due = Math.min(due ?? moment, moment);
  }

  async function next(): Promise<Job[] | null> {
    for (;;) {
      if (failed || drain.link.state().kind !== "up") return null;
      wait(await fill());
      const taken = queue.take(await mostEntries(drain));
      if (taken.length > 0) return taken;
      // An act that was taken off may be over, and what comes after it not yet read.
      if (queue.isReady() || fill.hasMore()) continue;
      if (busy === 0) return null;
      await wake.promise;
    }
  }

  function settled(job: Job, outcome: Outcome): void {
    if (outcome === "parked") queue.parked(job.act);
    if (typeof outcome === "object") {
      queue.block(job.act.patient);
      wait(outcome.due);
    }
  }

  async function worker(): Promise<void> {
    for (let jobs = await next(); jobs !== null; jobs = await next()) {
      busy += 1;
      try {
        // Committed before anything leaves: a kill from here on means "look first".
        const begun = new Set(await drain.begin(jobs.map(({ row }) => row.uuid)));
        const going = jobs.filter(({ row }) => begun.has(row.uuid));
        const outcomes = await offer(drain, going);
        for (const [index, job] of going.entries()) settled(job, outcomes[index] ?? "over");
        counting.sent(outcomes.filter((outcome) => outcome === "over").length);
      } catch (error) {
        failed = true;
        throw error;
      } finally {
        queue.release(jobs);
        busy -= 1;
        const waiting = wake;
        wake = Promise.withResolvers();
        waiting.resolve();
      }
    }
  }
  // All of them end before it is over, whatever failed: the next drain must not meet a request of this one in flight.
  const ended = await Promise.allSettled(Array.from({ length: WORKERS }, worker));
  for (const one of ended) if (one.status === "rejected") throw one.reason;
  return due;
}

/** Reads on in the outbox while the queue is short. Answers when the first act it met that is not due yet will be. */
function filler(
  drain: Drain,
  queue: PushQueue,
): { (): Promise<number | null>; hasMore(): boolean } {
  let after = 0;
  let exhausted = false;
  let reading: Promise<number | null> | null = null;

  /** Enough for every request, or as much as may be held. */
  function isFull(): boolean {
    return queue.size() >= MOST_HELD || (queue.size() >= PAGE / 2 && queue.ready() >= WORKERS);
  }

  async function read(): Promise<number | null> {
    let due: number | null = null;
    const rows = await drain.journal.unsentActs(after, PAGE);
    exhausted = rows.length < PAGE;
    for (const row of rows) {
      after = row.seq;
      const job = jobOf(row);
      if (job === null) {
        if (row.state !== "parked")
          await drain.commit([
            {
              job: { row },
              change: { state: "parked", why: "unreadable", nextAttempt: null },
              event: { kind: "parked", why: "unreadable", reason: "" },
            },
          ]);
      } else if (row.state === "parked") queue.parked(job.act);
      else if (row.nextAttempt !== null && mustWait(row.nextAttempt, drain.now())) {
        // Order within the patient: nothing overtakes an act that waits.
        queue.block(row.patient);
        due = Math.min(due ?? row.nextAttempt, row.nextAttempt);
      } else queue.add(job);
    }
    return due;
  }

  return Object.assign(
    async () => {
      if (reading !== null) return await reading;
      if (exhausted || isFull()) return null;
      reading = read();
      try {
        return await reading;
      } finally {
        reading = null;
      }
    },
    { hasMore: () => !exhausted && !isFull() },
  );
}

/**
 * No act is put off for longer than the longest back-off: one that seems to be was put off before this PC's clock was put
 * back, and would wait, with all that follows it, for as long as the clock had gone wrong.
 */
function mustWait(nextAttempt: number, now: number): boolean {
  return nextAttempt > now && nextAttempt - now <= LONGEST_MS;
}
