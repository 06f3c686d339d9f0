import { jsonOf } from "../his/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import type { ActWhy } from "../store/index.ts";
import { actBundle, confirmedBy } from "./act-bundle.ts";
import type { CreateWay, Offered, StoredMap } from "./act-bundle.ts";
import { backoffMs } from "./backoff.ts";
import type { Drain, Job, Outcome } from "./push-parts.ts";

/** The longest an act is put off. */
export const LONGEST_MS = 5 * 60_000;
const BACKOFF = { baseMs: 2_000, capMs: LONGEST_MS };
/** Journal fact: this HIS refused a PUT to a new id, whatever its CapabilityStatement says. */
export const PUT_REFUSED = "his.put-refused";
/** Journal fact: this HIS takes a PUT to a new id, but not one that says `If-None-Match: *`. */
export const ONLY_NEW_REFUSED = "his.only-new-refused";

/** Sends acts as one transaction. Null: the answer does not confirm all of it. Throws `HisError`. */
export async function post(
  drain: Drain,
  acts: readonly Offered[],
  way: CreateWay,
): Promise<StoredMap[] | null> {
  const body = JSON.stringify(actBundle(acts, way));
  const answer = await drain.link.run(async () => await drain.his.send("POST", "", body));
  return confirmedBy(acts, way, jsonOf(answer.bytes));
}

export function creates({ entries }: Act): boolean {
  return entries.some(({ base }) => base === null);
}

/** How the new resources of an act are created at this HIS, as it declares for their types and as it has proved. */
export async function wayOf({ capabilities, proven }: Drain, { entries }: Act): Promise<CreateWay> {
  const types = capabilities()?.types;
  const isDeclared = entries.every(
    ({ resource, base }) =>
      base !== null || types?.get(resource.resourceType)?.updateCreate === true,
  );
  if (!isDeclared || (await proven.has(PUT_REFUSED))) return "post";
  return (await proven.has(ONLY_NEW_REFUSED)) ? "put" : "new";
}

/** Where acts are at the HIS is kept, in one commit; the escrow file needs them no longer. */
export async function acknowledge(
  drain: Drain,
  acts: readonly {
    readonly job: Job;
    readonly stored: StoredMap;
    /** It was there already. */
    readonly found: boolean;
    /** The versions of both that differ from what was signed, when they were merged. */
    readonly merged?: string;
  }[],
): Promise<Outcome> {
  await drain.commit(
    acts.flatMap(({ job, stored, found, merged }) => [
      {
        job,
        change: {
          state: "acknowledged",
          reason: null,
          why: null,
          nextAttempt: null,
          stored: JSON.stringify(stored),
          acknowledgedAt: drain.now(),
          // Looked at once more: whether there are copies, and whether it is as it was charted.
          uncounted: true,
          ...(merged !== undefined && { theirs: merged }),
        } as const,
        event: merged === undefined ? ({ kind: "acknowledged", found } as const) : MERGED,
      },
    ]),
  );
  await drain.over(acts.map(({ job }) => job.row.uuid));
  return "over";
}

const MERGED = { kind: "merged" } as const;

/** It waits for a person: `why` and the HIS's words say for what. */
export async function park(
  drain: Drain,
  job: Job,
  why: ActWhy,
  reason: string | null,
  theirs?: string,
): Promise<Outcome> {
  await drain.commit([
    {
      job,
      change: {
        state: "parked",
        why,
        reason,
        nextAttempt: null,
        ...(theirs !== undefined && { theirs }),
      },
      event: { kind: "parked", why, reason: reason ?? "" },
    },
  ]);
  return "parked";
}

/** `when`: by back-off, or as soon as the link is up again. */
export async function postpone(
  drain: Drain,
  job: Job,
  reason: string,
  when: "link" | null,
): Promise<Outcome> {
  const failures = drain.memory.failures.get(job.row.uuid) ?? 1;
  const nextAttempt =
    when === "link" ? null : drain.now() + backoffMs(failures, BACKOFF, drain.random);
  await drain.commit([
    {
      job,
      change: { state: "waiting", reason, nextAttempt },
      event: { kind: "postponed", reason },
    },
  ]);
  return { due: nextAttempt };
}
