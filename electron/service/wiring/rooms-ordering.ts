import { ORPCError } from "@orpc/server";
import { millis, orderProblems } from "../../../shared/clinical/index.ts";
import type {
  NotOrderable,
  OrderCheck,
  OrderInput,
  SameSubstance,
} from "../../../shared/contract/index.ts";
import type { Rooms } from "../api/index.ts";
import type { Ticket } from "../session/index.ts";
import { requireOverride } from "./allergy-stop.ts";
import { localInstant } from "./clock.ts";
import { chartingError, chartingOf } from "./rooms-outbox.ts";
import { entryError, rightOf } from "./rooms-people.ts";
import type { Running } from "./running-types.ts";
import type { Saving } from "./saving.ts";

/** An order is signed when it is made; between the page's clock and the answer of a slow disk lies no more than this. */
const APART_MS = 5 * 60_000;

/**
 * Ordering a medicine. SECURITY: the page's check is for her eyes: it is made here again, with what is in force when she signs,
 * and what the page says of it counts for nothing.
 */
export function orderingRooms(room: {
  readonly here: () => Running;
  readonly known: (patient: string) => Promise<void>;
  readonly charted: (patient: string) => void;
  readonly saving: Saving;
}): Pick<Rooms, "medicineNames" | "checkOrder" | "order"> {
  const { here, known } = room;

  async function factsOf(input: Pick<OrderInput, "patient" | "medicine">) {
    const { patient, medicine } = input;
    const now = localInstant(new Date());
    const facts = await here().records.read((reader) =>
      reader.ordering({ patient, medicine, now }),
    );
    if (typeof facts === "string") throw notOrderable(facts);
    return facts;
  }

  async function order(ticket: Ticket, input: OrderInput): Promise<{ uuid: string }> {
    const { record, session } = here();
    await known(input.patient);
    await rightOf(here(), ticket, input.patient);
    const { beside, override, ...asked } = input;
    const charting = chartingOf(ticket);
    if (await record.wasOrdered(charting, { ...asked, override })) return { uuid: input.uuid };
    requireNow(input);
    const facts = await factsOf(input);
    requireSeen(facts.same, beside);
    const about = { ...input, what: input.uuid };
    const stop = await requireOverride(here(), ticket, about, facts.check);
    const act = {
      ...asked,
      medicine: facts.ordered,
      encounter: facts.encounter,
      override: stop.stopped ? override : null,
    };
    const { second } = stop;
    const answer =
      second === null
        ? await record.order(charting, { ...act, second: null })
        : await session.withWitness(ticket, second, (sign) =>
            record.order(charting, { ...act, second: { clinician: second.clinician, sign } }),
          );
    await stop.overruled(input.uuid);
    room.charted(input.patient);
    return answer;
  }

  return {
    medicineNames: (sought) => here().records.read((reader) => reader.medicineNames(sought)),
    async checkOrder(ticket, input): Promise<OrderCheck> {
      await known(input.patient);
      await rightOf(here(), ticket, input.patient);
      const { medicine, coded, check, same } = await factsOf(input);
      return { medicine, coded, check, same };
    },
    order: (ticket, input) =>
      room.saving(ticket, { ...input, kind: "order" }, async () => {
        try {
          return await order(ticket, input);
        } catch (error) {
          throw entryError(chartingError(error));
        }
      }),
  };
}

function requireNow(input: OrderInput): void {
  const now = localInstant(new Date());
  const apart = Math.abs((millis(input.at) ?? Number.NaN) - (millis(now) ?? 0));
  if (!(apart <= APART_MS)) throw new ORPCError("WRONG_TIME", { status: 422 });
  const problems = orderProblems(input, now);
  if (problems.length > 0) throw new ORPCError("INVALID", { status: 422, data: { problems } });
}

/** CLINICAL: two orders of one substance are two doses, unless somebody who sees both wants both. */
function requireSeen(same: readonly SameSubstance[], seen: readonly string[]): void {
  if (same.every(({ id }) => seen.includes(id))) return;
  throw new ORPCError("SAME_SUBSTANCE", { status: 409, data: { same } });
}

function notOrderable(why: NotOrderable): unknown {
  return new ORPCError("NOT_ORDERABLE", { status: 409, data: { why } });
}
