import { ORPCError } from "@orpc/server";
import type { z } from "zod";
import { field, millis, referenceId } from "../../../shared/clinical/index.ts";
import { Comparison } from "../../../shared/contract/index.ts";
import type { GiveInput, NotAdministrable } from "../../../shared/contract/index.ts";
import type { Hints, Rooms } from "../api/index.ts";
import { actIn } from "../chart/index.ts";
import { ActConflict } from "../record/index.ts";
import type { ActRow } from "../store/index.ts";
import { requireOverride } from "./allergy-stop.ts";
import { localInstant } from "./clock.ts";
import { chartingOf } from "./rooms-outbox.ts";
import { entryError, rightOf } from "./rooms-people.ts";
import type { Running } from "./running-types.ts";

/** A dose is charted at the bedside, or from paper within the day. */
const EARLIEST_MS = 24 * 60 * 60_000;
const LATEST_MS = 5 * 60_000;

/**
 * Giving one dose. CLINICAL: the check is made here, with what is in force at this moment, never only on the page: the order
 * may have been stopped, or the allergy come, while the dialog was open.
 */
export function givingRoom(room: {
  readonly here: () => Running;
  readonly known: (patient: string) => Promise<void>;
  readonly hints: Hints;
}): Rooms["give"] {
  return async (ticket, input) => {
    const { records, record, journal, session, sync } = room.here();
    await room.known(input.patient);
    await rightOf(room.here(), ticket, input.patient);
    const saved = await journal.act(input.uuid);
    if (saved !== null) return savedBefore(saved, input);
    const now = localInstant(new Date());
    requireTime(input.at, now);
    const facts = await records.read((reader) =>
      reader.giving({ patient: input.patient, order: input.order, now }),
    );
    if (typeof facts === "string") throw notAdministrable(facts);
    requireSameScreen(input, facts);
    requireCompared(input, facts);
    // CLINICAL: what is not given harms nobody.
    const check =
      input.outcome.kind === "given" ? facts.check : { ...facts.check, action: "none" as const };
    const about = { ...input, what: input.order };
    const stop = await requireOverride(room.here(), ticket, about, check);

    const { override } = input;
    const act = {
      uuid: input.uuid,
      patient: input.patient,
      encounter: facts.encounter,
      at: input.at,
      order: facts.order,
      due: input.due,
      outcome: input.outcome,
      version: facts.version,
      override: stop.stopped ? override : null,
    };
    const charting = chartingOf(ticket);
    const { second } = stop;
    try {
      const answer =
        second === null
          ? await record.give(charting, { ...act, second: null })
          : await session.withWitness(ticket, second, (sign) =>
              record.give(charting, { ...act, second: { clinician: second.clinician, sign } }),
            );
      await stop.overruled(input.uuid);
      room.hints.outbox();
      room.hints.records([input.patient]);
      room.hints.status();
      void sync()
        ?.pushNow()
        .catch(() => undefined);
      return answer;
    } catch (error) {
      if (error instanceof ActConflict) throw new ORPCError("ALREADY_SAVED", { status: 409 });
      throw entryError(error);
    }
  };
}

function requireSameScreen(
  input: GiveInput,
  facts: { readonly version: string | null; readonly nextDue: string | null },
): void {
  if (input.version === facts.version && millis(input.due) === millis(facts.nextDue)) return;
  throw new ORPCError("CHANGED", { status: 409 });
}

/**
 * CLINICAL: the five rights, and what an order was that somebody changed unsigned. The page asks for them; that it did is not
 * left to the page: its word goes into the trail.
 */
function requireCompared({ outcome }: GiveInput, { changed }: { readonly changed: boolean }): void {
  if (outcome.kind !== "given") return;
  const missing = Comparison.options.filter(
    (one) => !outcome.compared.includes(one) && (one !== "change" || changed),
  );
  if (missing.length > 0) throw new ORPCError("NOT_COMPARED", { status: 422, data: { missing } });
}

function requireTime(at: string, now: string): void {
  const late = (millis(at) ?? Number.NaN) - (millis(now) ?? 0);
  if (late <= LATEST_MS && late >= -EARLIEST_MS) return;
  throw new ORPCError("WRONG_TIME", { status: 422 });
}

function notAdministrable(why: z.infer<typeof NotAdministrable>): unknown {
  return new ORPCError("NOT_ADMINISTRABLE", { status: 409, data: { why } });
}

/** Saved before, and only the answer was lost: what was true then is not asked again. Another dose is refused. */
function savedBefore(row: ActRow, input: GiveInput): { uuid: string } {
  const [entry] = actIn(row)?.entries ?? [];
  const { resource } = entry ?? {};
  const status = input.outcome.kind === "given" ? "completed" : "not-done";
  const same =
    row.patient === input.patient &&
    referenceId(field(resource, "request")) === input.order &&
    field(resource, "status") === status &&
    field(resource, "effectiveDateTime") === input.at;
  if (same) return { uuid: row.uuid };
  throw new ORPCError("ALREADY_SAVED", { status: 409 });
}
