import { ORPCError } from "@orpc/server";
import type { OutboxEntry } from "../../../shared/contract/index.ts";
import type { Hints, Rooms } from "../api/index.ts";
import { ActConflict, ChangedMeanwhile, InvalidVitals, type Charting } from "../record/index.ts";
import { mayDo, rightTo, type Ticket } from "../session/index.ts";
import { localInstant } from "./clock.ts";
import type { Running } from "./running-types.ts";
import { rightOf } from "./rooms-people.ts";
import type { Saving } from "./saving.ts";

interface OutboxRoom {
  readonly here: () => Running;
  readonly hints: Hints;
  readonly charted: (patient: string) => void;
  readonly saving: Saving;
}

/** The handlers' functions of the outbox: what waits, what is taken back, and what is decided. */
export function outboxRooms({
  here,
  hints,
  charted,
  saving,
}: OutboxRoom): Pick<Rooms, "outbox" | "retryAct" | "withdrawAct" | "decideAct"> {
  /** SECURITY: P2. An act about an act is an act about its patient: the same right is needed. */
  async function patientOf(ticket: Ticket, uuid: string): Promise<string> {
    const act = await here().journal.act(uuid);
    if (act === null) throw new ORPCError("CHANGED", { status: 409 });
    // CLINICAL: what only a doctor may order, only a doctor takes back.
    if (act.kind === "order" && !mayDo(ticket.clinician, "record.order"))
      throw new ORPCError("FORBIDDEN", { status: 403, data: { why: "role" } });
    await rightOf(here(), ticket, act.patient);
    return act.patient;
  }

  /** Her keys stay until it is saved, even if the lock falls meanwhile. */
  const about = <T>(
    ticket: Ticket,
    how: "withdraw" | "decide",
    act: string,
    work: () => Promise<T>,
  ): Promise<T> =>
    saving(ticket, { patient: patientOf(ticket, act), kind: `${how}/${act}` }, async (patient) => {
      try {
        const done = await work();
        charted(patient);
        return done;
      } catch (error) {
        throw chartingError(error);
      }
    });

  return {
    async outbox(ticket, page) {
      const { records, site } = here();
      const people = site.people().map(({ id, name, roles }) => ({ id, name, roles }));
      const now = localInstant(new Date());
      const wanted = page?.settled === true ? ("settled" as const) : { after: page?.after ?? 0 };
      const entries = await records.read((reader) => reader.outbox({ page: wanted, now, people }));
      const hers = new Set<string>();
      for (const patient of new Set(entries.map((entry) => entry.patient))) {
        const { ward, team } = await records.read((reader) => reader.remit(patient));
        if (rightTo(ticket, patient, { ward, careTeam: team }) !== null) hers.add(patient);
      }
      // SECURITY: P2. That something waits is everybody's business here; of whom and what is not.
      return entries.map((entry) => (hers.has(entry.patient) ? entry : withoutPatient(entry)));
    },
    async retryAct(uuid) {
      const { journal, audit, sync } = here();
      const act = await journal.act(uuid);
      if (act?.state !== "parked") return {};
      const change = { state: "waiting", reason: null, why: null, nextAttempt: null } as const;
      await journal.setAct(uuid, change, [
        audit.body({ kind: "act-retried", patient: act.patient, detail: { act: uuid } }),
      ]);
      hints.outbox();
      hints.status();
      void sync()
        ?.pushNow()
        .catch(() => undefined);
      return {};
    },
    withdrawAct: (ticket, input) =>
      about(ticket, "withdraw", input.act, () => here().record.withdraw(chartingOf(ticket), input)),
    decideAct: (ticket, { mine, ...input }) =>
      about(ticket, "decide", input.act, () =>
        here().record.decide(chartingOf(ticket), {
          ...input,
          choice: (resource, field) =>
            mine.some((one) => one.resource === resource && one.field === field)
              ? "mine"
              : "theirs",
        }),
      ),
  };
}

/** Who charts, and her key. */
export function chartingOf({ vault, clinician }: Ticket): Charting {
  return {
    author: clinician.clinician,
    sign: (value) => vault.sign(value),
    signFacts: (claims) => vault.signFacts(claims),
  };
}

/** Why something could not be charted, as the contract says it. */
export function chartingError(error: unknown): unknown {
  if (error instanceof InvalidVitals)
    return new ORPCError("INVALID", { status: 422, data: { problems: error.problems } });
  if (error instanceof ActConflict) return new ORPCError("ALREADY_SAVED", { status: 409 });
  if (error instanceof ChangedMeanwhile) return new ORPCError("CHANGED", { status: 409 });
  return error;
}

function withoutPatient(entry: OutboxEntry): OutboxEntry {
  return {
    ...entry,
    patientName: null,
    bed: null,
    values: {},
    wrong: [],
    said: null,
    conflict: null,
  };
}
