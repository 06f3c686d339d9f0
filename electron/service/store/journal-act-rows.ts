import {
  textOf,
  textOrNull,
  numberOf,
  numberOrNull,
  type Connection,
  type Row,
} from "./connection.ts";
import { StoreError } from "./errors.ts";
import type { Journal } from "./types.ts";
import type { ActRow, ActRowState, ActWhy } from "./rows.ts";

export const COLUMNS = "acts.*, act_facts.why, act_facts.about, act_facts.base, act_facts.theirs";
const ROWS = `SELECT ${COLUMNS} FROM acts LEFT JOIN act_facts ON act_facts.act = acts.uuid`;
/** Word for word as in the index. */
const UNSENT = "state IN ('waiting', 'sending', 'parked')";

/** Reads of the outbox and of what is over. */
export type ActReads = Pick<
  Journal,
  | "acts"
  | "act"
  | "unsentActs"
  | "newestActs"
  | "settledActs"
  | "acknowledgedActs"
  | "orderActs"
  | "unsentByPatient"
  | "actCounts"
>;

export function readActs(db: Connection): ActReads {
  const rows = (text: string, ...values: readonly (string | number)[]): ActRow[] =>
    db
      .sql(`${ROWS} ${text}`)
      .all(...values)
      .map(actOf);
  return {
    acts: ({ acknowledged, patient }) => {
      const which = acknowledged ? "1" : UNSENT;
      return patient === undefined
        ? rows(`WHERE ${which} ORDER BY seq`)
        : rows(`WHERE patient = ? AND ${which} ORDER BY seq`, patient);
    },
    act: (uuid) => rows("WHERE uuid = ?", uuid)[0] ?? null,
    unsentActs: (after, limit) =>
      rows(`WHERE ${UNSENT} AND seq > ? ORDER BY seq LIMIT ?`, after, limit),
    newestActs: (patient, limit) =>
      rows("WHERE patient = ? ORDER BY seq DESC LIMIT ?", patient, limit),
    settledActs: (limit) =>
      rows("WHERE state = 'settled' ORDER BY acknowledged_at DESC, seq DESC LIMIT ?", limit),
    acknowledgedActs: (below, limit) =>
      rows("WHERE state = 'acknowledged' AND seq < ? ORDER BY seq DESC LIMIT ?", below, limit),
    orderActs: () =>
      db
        .sql("SELECT uuid, stored FROM acts WHERE kind = 'order'")
        .all()
        .map((row) => ({ uuid: textOf(row, "uuid"), stored: textOrNull(row, "stored") })),
    unsentByPatient: () =>
      new Map(
        db
          .sql(`SELECT patient, count(*) AS n FROM acts WHERE ${UNSENT} GROUP BY patient`)
          .all()
          .map((row) => [textOf(row, "patient"), numberOf(row, "n")]),
      ),
    actCounts: () => {
      const row = db
        .sql(
          `SELECT count(*) FILTER (WHERE state <> 'parked') AS waiting,
           count(*) FILTER (WHERE state = 'parked') AS parked, min(queued_at) AS oldest
           FROM acts WHERE ${UNSENT}`,
        )
        .get();
      return row === undefined
        ? { waiting: 0, parked: 0, oldest: null }
        : {
            waiting: numberOf(row, "waiting"),
            parked: numberOf(row, "parked"),
            oldest: numberOrNull(row, "oldest"),
          };
    },
  };
}

export function actOf(row: Row): ActRow {
  return {
    seq: numberOf(row, "seq"),
    uuid: textOf(row, "uuid"),
    kind: textOf(row, "kind"),
    patient: textOf(row, "patient"),
    author: textOf(row, "author"),
    at: textOf(row, "at"),
    queuedAt: numberOf(row, "queued_at"),
    state: stateOf(row),
    attempts: numberOf(row, "attempts"),
    nextAttempt: numberOrNull(row, "next_attempt"),
    reason: textOrNull(row, "reason"),
    acknowledgedAt: numberOrNull(row, "acknowledged_at"),
    body: textOf(row, "body"),
    stored: textOrNull(row, "stored"),
    why: whyOf(textOrNull(row, "why")),
    about: textOrNull(row, "about"),
    base: textOrNull(row, "base"),
    theirs: textOrNull(row, "theirs"),
  };
}

const STATES: readonly ActRowState[] = ["waiting", "sending", "parked", "acknowledged", "settled"];
const WHYS: readonly ActWhy[] = [
  "conflict",
  "refused",
  "failing",
  "partly",
  "gone",
  "unreadable",
  "withdrawn",
  "late",
  "kept-theirs",
  "decided",
  "offered-again",
];

function stateOf(row: Row): ActRowState {
  const state = STATES.find((one) => one === textOf(row, "state"));
  if (state === undefined) throw new StoreError("damaged", "acts: unknown state");
  return state;
}

/** A code of a later version is no reason not to show the act. */
function whyOf(why: string | null): ActWhy | null {
  return WHYS.find((one) => one === why) ?? null;
}
