import { z } from "zod";
import { auditEventsOf, headEvent } from "../audit/index.ts";
import { HisError, type HisClient } from "../his/index.ts";
import type { AuditRow, Journal, Remote } from "../store/index.ts";

/** Events a request carries at most: well under what servers take in one bundle. */
const MOST_EVENTS = 40;
/** Created under a condition, servers take few at a time (Medplum: 8). */
const MOST_CONDITIONAL = 8;
/** Entries read at a time. */
const PAGE = 40;
/** Requests a round: a backlog drains over many rounds, and never while an act waits for more than one of them. */
const REQUESTS = 4;

/** In the journal's meta: number of the last entry that the HIS has, and how many it refused for good. */
const SENT = "audit.sent";
const Sent = z.object({ seq: z.int(), refused: z.int(), headSeq: z.int() });
type Sent = z.infer<typeof Sent>;

const Answer = z.looseObject({
  resourceType: z.literal("Bundle"),
  entry: z.array(z.looseObject({ response: z.looseObject({ status: z.string() }) })),
});

type Event = ReturnType<typeof headEvent>;

export interface TrailCarrier {
  /** Takes what the HIS has not yet, oldest first. @throws HisError: nothing is lost, the next round goes on */
  carry(his: Pick<HisClient, "send" | "base">): Promise<void>;
  /** Entries that the HIS has not yet, and those it refused for good. */
  left(): Promise<{ readonly unsent: number; readonly refused: number }>;
}

/**
 * The trail's way to the HIS: a cursor over it in the journal, moved when the HIS has taken an entry's events. Ids come from
 * the entries, so that what was taken and not heard of is taken again under the same one, and is there once.
 */
export function createTrailCarrier(room: {
  readonly journal: Pick<
    Remote<Journal>,
    "meta" | "setMeta" | "audit" | "auditSize" | "lastAuditHead" | "actCounts"
  >;
  readonly workstation: string;
}): TrailCarrier {
  const { journal, workstation } = room;
  /** A HIS that gives its own ids is asked with conditions from then on. */
  let conditional = false;

  async function sent(): Promise<Sent> {
    const text = (await journal.meta())[SENT];
    const read = Sent.safeParse(text === undefined ? null : JSON.parse(text));
    const known = read.success ? read.data : { seq: 0, refused: 0, headSeq: 0 };
    // A trail that begins anew (the journal was lost) is told from its beginning.
    return known.seq > (await journal.auditSize()) ? { ...known, seq: 0, headSeq: 0 } : known;
  }

  /** Statuses by event, in order. */
  async function offered(
    his: Pick<HisClient, "send">,
    events: readonly Event[],
  ): Promise<number[]> {
    const most = conditional ? MOST_CONDITIONAL : MOST_EVENTS;
    const statuses: number[] = [];
    for (let at = 0; at < events.length; at += most) {
      const some = events.slice(at, at + most);
      const body = JSON.stringify({
        resourceType: "Bundle",
        type: "batch",
        entry: some.map(entryOf),
      });
      const answer = Answer.parse(
        JSON.parse(new TextDecoder().decode((await his.send("POST", "", body)).bytes)),
      );
      const got = answer.entry.map(({ response }) => Number.parseInt(response.status, 10));
      if (got.length !== some.length) throw refusedWhole(0);
      if (!conditional && got.some((status) => status === 404 || status === 405)) {
        conditional = true;
        return [...statuses, ...(await offered(his, events.slice(at)))];
      }
      statuses.push(...got);
    }
    return statuses;
  }

  function entryOf(event: Event): object {
    if (!conditional)
      return { resource: event, request: { method: "PUT", url: `AuditEvent/${event.id}` } };
    const { id, ...nameless } = event;
    return {
      resource: nameless,
      request: { method: "POST", url: "AuditEvent", ifNoneExist: `entity-name=${id}` },
    };
  }

  async function step(his: Pick<HisClient, "send" | "base">, from: Sent): Promise<Sent | null> {
    const place = { workstation, base: his.base };
    const rows = await journal.audit(from.seq + 1, PAGE);
    const { taken, events } = fitting(rows, (row) => auditEventsOf(row, place));
    const head = rows.length < PAGE ? await journal.lastAuditHead() : null;
    const withHead = head !== null && head.seq > from.headSeq ? [headEvent(head, place)] : [];
    const last = taken.at(-1);
    const all = [...events, ...withHead];
    if (last === undefined && all.length === 0) return null;
    const statuses = await offered(his, all);
    const refused = statuses.filter((status) => !isTaken(status));
    // Not one was taken, or for a reason that is not the event's own: the HIS takes none. All of it waits.
    if (
      refused.some((status) => !isOwnFault(status)) ||
      (refused.length > 0 && refused.length === all.length)
    )
      throw refusedWhole(refused[0] ?? 0);
    const next = {
      seq: last?.seq ?? from.seq,
      refused: from.refused + refused.length,
      headSeq: withHead.length > 0 && head !== null ? head.seq : from.headSeq,
    };
    await journal.setMeta({ [SENT]: JSON.stringify(next) });
    return next;
  }

  return {
    async carry(his) {
      let at: Sent | null = await sent();
      const { waiting } = await journal.actCounts();
      for (let n = 0; n < (waiting > 0 ? 1 : REQUESTS) && at !== null; n += 1)
        at = await step(his, at);
    },
    async left() {
      const { seq, refused } = await sent();
      return { unsent: (await journal.auditSize()) - seq, refused };
    },
  };
}

/** Whole entries, as many as fit; one alone may be larger. */
function fitting(
  rows: readonly AuditRow[],
  eventsOf: (row: AuditRow) => readonly Event[],
): { taken: AuditRow[]; events: Event[] } {
  const taken: AuditRow[] = [];
  const events: Event[] = [];
  for (const row of rows) {
    const more = eventsOf(row);
    if (events.length > 0 && events.length + more.length > MOST_EVENTS) break;
    taken.push(row);
    events.push(...more);
  }
  return { taken, events };
}

const isTaken = (status: number): boolean =>
  (status >= 200 && status < 300) || status === 304 || status === 412;
/** The HIS cannot take this one event, and will not the next time. 412: more than one of its name are there already. */
const isOwnFault = (status: number): boolean => status === 400 || status === 422;

const refusedWhole = (status: number): HisError =>
  new HisError({
    kind: "outcome",
    status,
    detail: `the HIS takes no AuditEvents of this PC (${status}): they wait here`,
  });
