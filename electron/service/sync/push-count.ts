import { z } from "zod";
import { ACT_SET_SYSTEM } from "../../../shared/trust/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import { HisError } from "../his/index.ts";
import { jsonOf } from "../his/index.ts";
import { countCopies } from "./act-lookup.ts";
import { NotAPage } from "./page.ts";
import { alarmDoubleDoses } from "./push-doses.ts";
import { PROVENANCE } from "./page.ts";
import type { Drain, Job } from "./push-parts.ts";
import { jobOf } from "./push-queue.ts";
import { rereadAll } from "./push-reread.ts";
import { copiesQuestion, groupsOf } from "./questions.ts";

/** Acts that one question asks about: its URL must stay short enough for every proxy between. */
const ACTS = 60;
/** Resources that one question in detail asks about. */
const RESOURCES = 50;

/**
 * `If-None-Exist` duplicates under concurrency on well-known servers: so second copies of what was sent are looked for,
 * once for many acts, and reported. What the HIS cannot be asked now is asked after the next drain. Fewer than `least` acts
 * are left for later. Throws only what the journal throws.
 */
export async function countCopiesOfAll(drain: Drain, least = 1): Promise<void> {
  try {
    while (drain.link.state().kind === "up") {
      const rows = await drain.journal.uncountedActs(ACTS);
      if (rows.length < least) return;
      const jobs = rows.flatMap((row) => jobOf(row) ?? []);
      if (!(await areAlone(drain, jobs))) await countEach(drain, jobs);
      await alarmDoubleDoses(drain, jobs);
      await rereadAll(drain, jobs);
      await drain.journal.setCounted(rows.map(({ uuid }) => uuid));
    }
  } catch (error) {
    if (!(error instanceof HisError) && !(error instanceof NotAPage)) throw error;
  }
}

/** Looks for copies while acts are sent, whenever one question's worth was: a HIS that waits for a commit of ours can answer. */
export interface CountingBeside {
  /** So many acts more were acknowledged. */
  sent(acts: number): void;
  /** Resolves when no question is under way. Throws what the journal threw. */
  idle(): Promise<void>;
}

export function countBeside(drain: Drain): CountingBeside {
  let fresh = 0;
  let underWay: Promise<void> | null = null;

  async function count(): Promise<void> {
    while (fresh >= ACTS) {
      fresh = 0;
      await countCopiesOfAll(drain, ACTS);
    }
    underWay = null;
  }

  return {
    sent(acts) {
      fresh += acts;
      if (underWay !== null || fresh < ACTS) return;
      underWay = count();
      // Said by `idle`, which whoever sends waits for.
      underWay.catch(() => undefined);
    },
    async idle() {
      await underWay;
    },
  };
}

const Count = z.looseObject({
  resourceType: z.literal("Bundle"),
  type: z.literal("searchset"),
  total: z.int(),
});

/** Whether the HIS says that it holds exactly as many resources of these acts as they have. False: it has to be looked at. */
async function areAlone(drain: Drain, jobs: readonly Job[]): Promise<boolean> {
  if (drain.memory.countsUnknown || !jobs.every(({ act }) => namesItsSet(act))) return false;
  const types = Map.groupBy(
    jobs.flatMap(({ act }) => newOnes(act)),
    ({ resourceType }) => resourceType,
  );
  for (const [type, resources] of types) {
    const sets = jobs
      .filter(({ act }) => newOnes(act).some(({ resourceType }) => resourceType === type))
      .map(({ act }) => act.uuid);
    const target = copiesQuestion(type, ACT_SET_SYSTEM, sets);
    const answer = await drain.link.run(async () => await drain.his.get(target)).catch(refused);
    const count = Count.safeParse(answer === null ? null : jsonOf(answer.bytes));
    if (!count.success) {
      drain.memory.countsUnknown = true;
      return false;
    }
    if (count.data.total !== resources.length) return false;
  }
  return true;
}

/** A HIS that does not know the question says so about the question, not about the connection. */
function refused(error: unknown): null {
  if (error instanceof HisError && error.failure.kind === "outcome") return null;
  throw error;
}

function newOnes(act: Act): Act["entries"][number]["resource"][] {
  // A Provenance cannot be asked for by identifier, and a second copy of one says nothing new.
  return act.entries.flatMap(({ resource, base }) =>
    base === null && resource.resourceType !== PROVENANCE ? [resource] : [],
  );
}

function namesItsSet(act: Act): boolean {
  return newOnes(act).every(({ identifier }) =>
    JSON.stringify(identifier ?? null).includes(`"${ACT_SET_SYSTEM}"`),
  );
}

async function countEach(drain: Drain, jobs: readonly Job[]): Promise<void> {
  const size = Math.max(1, ...jobs.map(({ act }) => act.entries.length));
  for (const group of groupsOf(jobs, Math.max(1, Math.floor(RESOURCES / size)))) {
    const copies = await countCopies(
      drain.his,
      drain.link,
      group.map(({ act }) => act),
    );
    for (const { act } of group)
      for (const { resourceType: type, id } of newOnes(act)) {
        const count = copies.get(id) ?? 0;
        if (count > 1) drain.onAlarm({ kind: "duplicate", act: act.uuid, type, copies: count });
      }
  }
}
