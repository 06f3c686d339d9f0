import { HisError } from "../his/index.ts";
import type { HisFailure } from "../his/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import type { CreateWay, StoredMap } from "./act-bundle.ts";
import { proofOf } from "./act-proof.ts";
import { bringsDown } from "./link.ts";
import type { Drain, Job } from "./push-parts.ts";
import { post } from "./push-steps.ts";

/** The HIS failed at it, which is no word about the act. */
export function mayPass(failure: HisFailure): boolean {
  const status = "status" in failure ? failure.status : 0;
  return status === 408 || status === 409 || status >= 500;
}

/**
 * With her signature beside it; without, when it is that which the HIS does not take: an act must never wait for it. `entries`: as
 * they are written, where that is not as they were charted.
 */
export async function postWithProof(
  drain: Drain,
  job: Job,
  way: CreateWay,
  entries: Act["entries"] = job.act.entries,
): Promise<StoredMap[] | null> {
  const proof = proofOf(drain, job, way, entries);
  try {
    return await post(drain, [{ entries, proof }], way);
  } catch (error) {
    const isNo =
      error instanceof HisError &&
      (error.failure.kind === "outcome" || error.failure.kind === "gone") &&
      !mayPass(error.failure);
    if (proof === null || !isNo || bringsDown(error.failure)) throw error;
    const stored = await post(drain, [{ entries }], way);
    // Only now: it was what vouches for it that was refused.
    drain.memory.proofsRefused = true;
    return stored;
  }
}
