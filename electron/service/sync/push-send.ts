import { HisError } from "../his/index.ts";
import type { HisFailure } from "../his/index.ts";
import { lookUp, LookFailed } from "./act-lookup.ts";
import type { CreateWay } from "./act-bundle.ts";
import { proofOf } from "./act-proof.ts";
import { bringsDown } from "./link.ts";
import { NotAPage } from "./page.ts";
import { mayPass, postWithProof } from "./push-proof.ts";
import { isNoMoreThere, settleConflict } from "./push-conflict.ts";
import { MOST_ENTRIES } from "./push-parts.ts";
import type { Drain, Job, Outcome } from "./push-parts.ts";
import {
  acknowledge,
  creates,
  ONLY_NEW_REFUSED,
  park,
  post,
  postpone,
  PUT_REFUSED,
  wayOf,
} from "./push-steps.ts";
import { withdraw } from "./push-withdraw.ts";

/** An act the HIS fails at this often, while it answers others, is parked: it must not hold up its patient for ever. */
const MOST_FAILURES = 8;

/** Entries of a request, as the HIS creates and as far as its limits are known. */
export async function mostEntries(drain: Drain): Promise<number> {
  const isRefused = await drain.proven.has(PUT_REFUSED);
  return Math.min(drain.memory.mostEntries, isRefused ? MOST_ENTRIES.post : MOST_ENTRIES.put);
}

/**
 * Offers acts that travel in one request, each of which was begun. Several are one transaction: done as a whole or not at
 * all; if the HIS refuses it, each goes alone, so that one bad act holds up none. Throws what the journal throws.
 */
export async function offer(drain: Drain, jobs: readonly Job[]): Promise<Outcome[]> {
  const [first] = jobs;
  if (first === undefined) return [];
  if (jobs.length === 1) return [await offerOne(drain, first, false)];
  const together = await offerTogether(drain, jobs);
  if (together.kind === "done") return together.outcomes;
  const outcomes: Outcome[] = [];
  for (const job of jobs) {
    // Order within a patient: nothing overtakes an act that waits.
    const waits = outcomes.findIndex(
      (outcome, index) =>
        typeof outcome === "object" && jobs[index]?.act.patient === job.act.patient,
    );
    const before = outcomes[waits];
    outcomes.push(before ?? (await offerOne(drain, job, together.kind === "unknown")));
  }
  // Each was fit, all of them were not: that many were too many.
  if (together.kind === "too-many?" && outcomes.every((outcome) => outcome === "over"))
    drain.memory.mostEntries = Math.max(8, Math.floor(entriesOf(jobs) / 2));
  return outcomes;
}

function entriesOf(jobs: readonly Job[]): number {
  return jobs.reduce(
    (sum, { act, facts }) => sum + act.entries.length + (facts === null ? 0 : 1),
    0,
  );
}

type Together =
  | { readonly kind: "done"; readonly outcomes: Outcome[] }
  /** Surely nothing of it was done. */
  | { readonly kind: "refused" | "too-many?" }
  | { readonly kind: "unknown" };

async function offerTogether(drain: Drain, jobs: readonly Job[]): Promise<Together> {
  const acts = jobs.map(({ act }) => act);
  try {
    // An act is asked for in its own way, whoever travels with it: a first request that comes late, under our id, and a
    // second without it would make it twice.
    const ways = new Set<CreateWay>();
    for (const act of acts.filter(creates)) ways.add(await wayOf(drain, act));
    const [way = "new"] = ways;
    if (ways.size > 1) return { kind: "refused" };
    const stored = await post(
      drain,
      jobs.map((job) => ({ entries: job.act.entries, proof: proofOf(drain, job, way) })),
      way,
    );
    if (stored === null) return { kind: "unknown" };
    await acknowledge(
      drain,
      jobs.map((job, index) => ({ job, stored: stored[index] ?? {}, found: false })),
    );
    return { kind: "done", outcomes: jobs.map(() => "over") };
  } catch (error) {
    if (!(error instanceof HisError)) throw error;
    const { failure } = error;
    if (bringsDown(failure) || mayPass(failure)) {
      const when = bringsDown(failure) ? "link" : null;
      return {
        kind: "done",
        outcomes: await Promise.all(jobs.map((job) => postpone(drain, job, failure.detail, when))),
      };
    }
    return { kind: refusesPut(error) || isThere(error) ? "refused" : "too-many?" };
  }
}

/** `mayBeThere`: it was part of a request whose fate is not known, so that it is looked for first. */
async function offerOne(drain: Drain, job: Job, mayBeThere: boolean): Promise<Outcome> {
  const { row, act } = job;
  try {
    if (act.kind === "withdrawal") return await withdraw(drain, job);
    if (mayBeThere || row.attempts > 0 || row.state === "sending") {
      const found = await lookUp(drain, act);
      if (found.kind === "all")
        return await acknowledge(drain, [{ job, stored: found.stored, found: true }]);
      if (found.kind === "partly") return await park(drain, job, "partly", found.detail);
    }
    const gone = await isNoMoreThere(drain, job);
    return gone === null ? await send(drain, job) : await park(drain, job, "gone", null, gone);
  } catch (error) {
    if (error instanceof NotAPage) return await postpone(drain, job, error.message, null);
    if (error instanceof LookFailed) return await failing(drain, job, error.failure);
    if (error instanceof HisError) return await failed(drain, job, error);
    throw error;
  }
}

async function send(drain: Drain, job: Job, instead: CreateWay | null = null): Promise<Outcome> {
  const { act } = job;
  const way = instead ?? (await wayOf(drain, act));
  let next: CreateWay | null = null;
  try {
    const stored = (await postWithProof(drain, job, way))?.[0];
    if (stored !== undefined) {
      // The other way worked: proof that this HIS does not do what it declares. Remembered.
      if (instead === "post") await drain.proven.keep(PUT_REFUSED);
      if (instead === "put") await drain.proven.keep(ONLY_NEW_REFUSED);
      return await acknowledge(drain, [{ job, stored, found: false }]);
    }
  } catch (error) {
    next = error instanceof HisError && creates(act) ? otherWay(way, error) : null;
    if (next === null) throw error;
  }
  // Not confirmed, or refused: nothing is taken for granted, it is looked for.
  const found = await lookUp(drain, act);
  if (found.kind === "all")
    return await acknowledge(drain, [{ job, stored: found.stored, found: true }]);
  if (found.kind === "partly") return await park(drain, job, "partly", found.detail);
  if (next !== null) return await send(drain, job, next);
  return await postpone(drain, job, "the HIS did not confirm it", null);
}

/** What to try when the HIS refused a create for how it was asked; null: it refused the act. */
function otherWay(way: CreateWay, error: HisError): CreateWay | null {
  if (way !== "post" && refusesPut(error)) return "post";
  const { failure } = error;
  const knowsNot = failure.kind === "outcome" && (failure.status === 400 || failure.status === 501);
  // It is looked for first: if it is there, it stays as it is.
  return way === "new" && (isThere(error) || knowsNot) ? "put" : null;
}

/** 412 to `If-None-Match: *`: the HIS holds something under our id. */
function isThere({ failure }: HisError): boolean {
  return failure.kind === "conflict";
}

/** Declared `updateCreate` and answers 404 all the same (Medplum does), or 405. */
function refusesPut({ failure }: HisError): boolean {
  return (
    (failure.kind === "gone" && failure.status === 404) ||
    (failure.kind === "outcome" && failure.status === 405)
  );
}

async function failed(drain: Drain, job: Job, { failure }: HisError): Promise<Outcome> {
  const { act } = job;
  // The link itself says when there is a point in trying again.
  if (bringsDown(failure)) return await postpone(drain, job, failure.detail, "link");
  const isUpdate = act.entries.some(({ base }) => base !== null);
  if (isUpdate && (failure.kind === "conflict" || failure.kind === "gone"))
    return await settleConflict(drain, job, failure.detail);
  if (failure.kind === "conflict") return await park(drain, job, "conflict", failure.detail);
  if (mayPass(failure)) return await failing(drain, job, failure);
  drain.memory.failures.delete(job.row.uuid);
  return await park(drain, job, "refused", failure.detail);
}

/** It says nothing about the act, and may pass; but not for ever. */
async function failing(drain: Drain, job: Job, { detail }: HisFailure): Promise<Outcome> {
  const { failures } = drain.memory;
  const count = (failures.get(job.row.uuid) ?? 0) + 1;
  failures.set(job.row.uuid, count);
  if (count < MOST_FAILURES) return await postpone(drain, job, detail, null);
  failures.delete(job.row.uuid);
  return await park(drain, job, "failing", detail);
}
