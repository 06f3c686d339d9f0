import { HisError } from "../his/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import { parsePage } from "./page.ts";
import type { Job, PushParts } from "./push-parts.ts";
import { jobOf } from "./push-queue.ts";
import { placesIn } from "./act-places.ts";
import { groupsOf, heldQuestion } from "./questions.ts";

/** Acts looked at to see whether the HIS went back in time. */
const NEWEST = 3;
/** Acts a page of the journal holds while all are looked for. */
const PAGE = 64;
/** Resources that one question asks about. */
const IDS = 60;

export type RestoredParts = Pick<
  PushParts,
  "his" | "link" | "journal" | "now" | "auditOf" | "onAlarm" | "onChange"
> & {
  /** They are the only copy again: into the escrow file. */
  readonly onUnsentAgain: (
    acts: readonly { readonly uuid: string; readonly body: string }[],
  ) => Promise<void>;
};

/**
 * A HIS that was restored from a backup has forgotten what it had acknowledged. The newest acknowledged acts are looked
 * for; if any of them is gone without having been deleted, all that are kept are, and those missing wait in the outbox
 * again, in their order. Answers how many. Throws `HisError`, `NotAPage`, and what the journal throws.
 */
export async function offerLostAgain(parts: RestoredParts): Promise<number> {
  const newest = jobsIn(await parts.journal.acknowledgedActs(Number.MAX_SAFE_INTEGER, NEWEST));
  if ((await lostOf(parts, newest)).length === 0) return 0;
  let below = Number.MAX_SAFE_INTEGER;
  let count = 0;
  for (;;) {
    const rows = await parts.journal.acknowledgedActs(below, PAGE);
    const lost = await lostOf(parts, jobsIn(rows));
    if (lost.length > 0) {
      await parts.onUnsentAgain(lost.map(({ row }) => row));
      await parts.journal.pushActs(
        lost.map((job) => again(parts, job)),
        [],
      );
      count += lost.length;
      parts.onChange();
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    below = last.seq;
  }
  if (count > 0) parts.onAlarm({ kind: "his-went-back", acts: count });
  return count;
}

function again({ auditOf }: RestoredParts, { row }: Job) {
  return {
    uuid: row.uuid,
    // It was offered before: looked for once more before it is sent.
    change: { state: "waiting", why: "offered-again", reason: null, nextAttempt: null } as const,
    audit: auditOf({
      act: row.uuid,
      patient: row.patient,
      author: row.author,
      kind: "offered-again",
    }),
  };
}

function jobsIn(rows: readonly Job["row"][]): Job[] {
  return rows.flatMap((row) => jobOf(row) ?? []);
}

interface Place {
  readonly job: Job;
  readonly type: string;
  readonly id: string;
  readonly base: string | null;
}

/** Acts of which nothing is at the HIS any more, though nobody deleted it there; and changes that were undone. */
async function lostOf(parts: RestoredParts, jobs: readonly Job[]): Promise<Job[]> {
  const places = jobs.flatMap((job) => placesOf(job));
  const held = await versionsOf(parts, places);
  const byJob = Map.groupBy(places, ({ job }) => job);
  const lost: Job[] = [];
  for (const [job, own] of byJob) {
    const there = own.filter(({ type, id }) => held.has(`${type}/${id}`));
    const undone = there.filter(
      ({ type, id, base }) => base !== null && held.get(`${type}/${id}`) === base,
    );
    if (undone.length > 0) lost.push(job);
    else if (there.length === 0 && !(await wereDeleted(parts, own))) lost.push(job);
  }
  return lost;
}

function placesOf(job: Job): Place[] {
  const stored = placesIn(job.row);
  return job.act.entries.map(({ resource, base }: Act["entries"][number]) => ({
    job,
    type: resource.resourceType,
    id: stored[resource.id]?.id ?? resource.id,
    base,
  }));
}

async function versionsOf(
  { his, link }: RestoredParts,
  places: readonly Place[],
): Promise<Map<string, string | null>> {
  const held = new Map<string, string | null>();
  for (const [type, own] of Map.groupBy(places, (place) => place.type)) {
    for (const ids of groupsOf([...new Set(own.map(({ id }) => id))], IDS)) {
      let target: string | null = heldQuestion(type, ids);
      for (let pages = 0; target !== null && pages < 20; pages += 1) {
        const asked: string = target;
        const page = parsePage((await link.run(async () => await his.get(asked))).bytes);
        for (const { id, version } of page.entries) held.set(`${type}/${id}`, version);
        target = page.next;
      }
    }
  }
  return held;
}

/** A deletion leaves its trace: 410, or a history. A HIS that went back has neither. */
export async function wereDeleted(
  { his, link }: Pick<RestoredParts, "his" | "link">,
  places: readonly Pick<Place, "type" | "id">[],
): Promise<boolean> {
  for (const { type, id } of places.slice(0, 1)) {
    try {
      await link.run(async () => await his.get(`${type}/${id}`));
      // It is there after all: the search lags behind.
      return true;
    } catch (error) {
      if (!(error instanceof HisError) || error.failure.kind !== "gone") throw error;
      if (error.failure.status === 410) return true;
    }
    try {
      const { bytes } = await link.run(async () => await his.get(`${type}/${id}/_history`));
      return new TextDecoder().decode(bytes).includes('"DELETE"');
    } catch (error) {
      // No history of it, or none at all here.
      const kind = error instanceof HisError ? error.failure.kind : null;
      if (kind !== "gone" && kind !== "outcome") throw error;
    }
  }
  return false;
}
