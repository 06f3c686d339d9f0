import { ORPCError } from "@orpc/server";
import type { DecisionInput, Hints } from "../api/index.ts";
import { claimKey, needsTwo, weightOf } from "../guard/index.ts";
import type { Policy } from "../policy/index.ts";
import { anewOf } from "../record/index.ts";
import { mayDo, type Ticket } from "../session/index.ts";
import { slotState } from "../vault/index.ts";
import { chartingError, chartingOf } from "./rooms-outbox.ts";
import { rightOf } from "./rooms-people.ts";
import type { Running } from "./running-types.ts";

/** A clinician's word on a change that was held: a decision, or where policy wants two, an opinion until another agrees. */
export function decidingRoom(room: {
  /** @throws UNAVAILABLE while this PC is not ready */
  readonly here: () => Running;
  readonly known: (patient: string) => Promise<void>;
  readonly charted: (patient: string) => void;
  readonly hints: Pick<Hints, "records">;
  readonly policy: () => Policy;
}): (ticket: Ticket, input: DecisionInput) => Promise<{ settled: boolean }> {
  const { here } = room;

  /** SECURITY: asked again when it counts: who was revoked since, or is no prescriber any more, has said nothing. */
  function mayStillDecide(clinician: string): boolean {
    const { site } = here();
    return site
      .members()
      .some(
        (member) =>
          member.entry.clinician === clinician &&
          slotState(member, site.when()) === "ready" &&
          mayDo(member.entry, "guard.decide"),
      );
  }

  return async (ticket, input) => {
    const { record, records } = here();
    const { patient, type, id, claim, verdict, reason, uuid } = input;
    await room.known(patient);
    await rightOf(here(), ticket, patient);
    const chart = records.chart();
    const fact = (await chart?.held({ patient, type, id, claim })) ?? null;
    const found = fact?.claims.find((one) => claimKey(one) === claim);
    if (chart === null || fact === null || found === undefined)
      throw new ORPCError("CLAIM_CHANGED", { status: 409 });
    const charting = chartingOf(ticket);
    const { author: by } = charting;
    const weight = weightOf({
      opinions: found.opinions,
      by,
      verdict,
      two: needsTwo(room.policy().guard.twoClinicians, fact.resource, found),
      isEntitled: mayStillDecide,
    });
    if (weight.kind === "said-before") throw new ORPCError("NEEDS_COLLEAGUE", { status: 409 });
    const agreed = weight.kind === "decides" ? weight.first : null;
    // The act first: after a kill in between the hold still stands here, and she is asked again.
    const saved = record.chartDecision(charting, {
      uuid,
      patient: fact.patient,
      verdict,
      alone:
        weight.kind === "waits" ? "opinion" : agreed === null ? null : { agreesWith: agreed.by },
      reason,
      inForce: fact.resource,
      claimed: found.resource,
      goneVersion: found.removed?.version ?? null,
      claimedFor: found.patient,
    });
    const { at } = await saved.catch((error: unknown) => {
      throw chartingError(error);
    });
    const isAnew = verdict === "keep" && found.resource === null;
    const anew = isAnew ? anewOf(fact.resource, uuid) : null;
    const done =
      weight.kind === "waits"
        ? await chart.opine(type, id, claim, { by, verdict, at, reason })
        : await chart.settle(type, id, { claim, verdict, by, at, anew });
    room.charted(fact.patient);
    if (found.patient !== fact.patient) room.hints.records([found.patient]);
    if (!done) throw new ORPCError("CLAIM_CHANGED", { status: 409 });
    return { settled: weight.kind === "decides" };
  };
}
