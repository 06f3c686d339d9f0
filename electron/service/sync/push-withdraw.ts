import type { Act } from "../../../shared/trust/index.ts";
import { lookUp } from "./act-lookup.ts";
import type { StoredMap } from "./act-bundle.ts";
import { jobOf } from "./push-queue.ts";
import type { Drain, Job, Outcome } from "./push-parts.ts";
import { postWithProof } from "./push-proof.ts";
import { acknowledge, park, postpone } from "./push-steps.ts";

/**
 * Takes back an act whose fate is not known: it is looked for. What the HIS does not have is over, unsent; what it has
 * becomes *entered in error* there, on the version found (`If-Match`). Throws `HisError`, `NotAPage`.
 */
export async function withdraw(drain: Drain, job: Job): Promise<Outcome> {
  const { journal } = drain;
  const row = job.act.about?.act == null ? null : await journal.act(job.act.about.act);
  const target = row === null ? null : jobOf(row);
  if (row === null || target === null) return await park(drain, job, "unreadable", null);
  const isOver = row.state === "acknowledged";
  // After a lost answer the HIS may hold the withdrawal already.
  if (job.row.attempts > 0) {
    const done = await lookUp(drain, job.act);
    if (done.kind === "all")
      return await acknowledge(drain, [
        ...(isOver ? [] : [{ job: target, stored: done.stored, found: true }]),
        { job, stored: done.stored, found: true },
      ]);
  }
  const places = await placesOf(drain, target);
  if (places === "changed") return await park(drain, job, "partly", null);
  if (places === null) return await settle(drain, job, isOver ? null : target);
  // A correction that arrived stands: taking it back is another correction, of what is there now.
  if (target.act.entries.some(({ base }) => base !== null)) {
    if (!isOver) await acknowledge(drain, [{ job: target, stored: places, found: true }]);
    return await settle(drain, job, null, "late");
  }
  const entries = job.act.entries.flatMap(({ resource }): Act["entries"] => {
    const place = places[resource.id];
    return place === undefined || place.versionId === null
      ? []
      : [{ resource: { ...resource, id: place.id }, base: place.versionId }];
  });
  if (entries.length === 0) return await park(drain, job, "partly", null);
  const stored = (await postWithProof(drain, job, "put", entries))?.[0];
  if (stored === undefined) return await postpone(drain, job, "the HIS did not confirm it", null);
  // One commit: neither of both is over without the other.
  const own = Object.fromEntries(
    Object.entries(places).flatMap(([ours, { id }]) => {
      const place = stored[id];
      return place === undefined ? [] : [[ours, place]];
    }),
  );
  return await acknowledge(drain, [
    ...(isOver ? [] : [{ job: target, stored: places, found: true }]),
    { job, stored: own, found: false },
  ]);
}

/** Where the HIS holds it; null: nowhere; `changed`: in part, or somebody changed it there. */
async function placesOf(drain: Drain, { act }: Job): Promise<StoredMap | "changed" | null> {
  const found = await lookUp(drain, act);
  if (found.kind === "all") return found.stored;
  return found.kind === "partly" ? "changed" : null;
}

async function settle(
  drain: Drain,
  job: Job,
  target: Job | null,
  why: "withdrawn" | "late" = "withdrawn",
): Promise<Outcome> {
  const change = { state: "settled", why, acknowledgedAt: drain.now() } as const;
  const event = { kind: "settled", why } as const;
  const both = target === null ? [job] : [target, job];
  await drain.commit(both.map((one) => ({ job: one, change, event })));
  await drain.over(both.map(({ row }) => row.uuid));
  return "over";
}
