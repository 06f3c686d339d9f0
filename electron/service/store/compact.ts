import { current, pidOfSection, typeOfSection } from "./chart-sections.ts";
import { packChunks } from "./chunk.ts";
import { numberOf, textOf, type Connection } from "./connection.ts";
import {
  deleteChunks,
  insertChunks,
  lastChunks,
  mergeChunks,
  sectionState,
  smallAtEnd,
  writeSectionState,
} from "./section-append.ts";

/** Sections merged in one transaction: enough to share its pages, few enough to give way to a write. */
const AT_ONCE = 16;

const WORTH_IT =
  "chunks > 0 AND damaged = 0 AND (tail > 1 OR (superseded > 8 AND superseded * 2 > resources))";

/**
 * Merges small chunks and drops superseded versions, the worst sections first, until the budget is spent.
 * @returns whether there is more to do
 */
export function compact(db: Connection, now: () => number, budget: number): boolean {
  const end = now() + budget;
  const waiting = db
    .sql(`SELECT section FROM sections WHERE ${WORTH_IT} ORDER BY tail DESC, superseded DESC`)
    .all()
    .map((row) => numberOf(row, "section"));
  for (let at = 0; at < waiting.length; at += AT_ONCE) {
    db.write(() => {
      for (const section of waiting.slice(at, at + AT_ONCE)) compactSection(db, section);
    });
    if (now() >= end) return at + AT_ONCE < waiting.length;
  }
  return false;
}

function compactSection(db: Connection, section: number): void {
  const state = sectionState(db, section);
  const patient = db.sql("SELECT patient FROM patients WHERE pid = ?").get(pidOfSection(section));
  const type = db.sql("SELECT type FROM types WHERE number = ?").get(typeOfSection(section));
  if (patient === undefined || type === undefined) return;
  const name = { section, patient: textOf(patient, "patient"), type: textOf(type, "type") };

  const everything = state.superseded > 8 && state.superseded * 2 > state.resources;
  const old = lastChunks(db, section, everything ? state.chunks : state.tail);
  const chunks = everything
    ? packChunks(name, current(old), [], false)
    : mergeChunks(name, old, [], []);
  deleteChunks(db, old);
  insertChunks(db, section, chunks);
  writeSectionState(db, section, {
    resources: state.resources,
    chunks: state.chunks + chunks.length - old.length,
    // One small chunk at the end is as merged as it gets.
    tail: Math.min(1, smallAtEnd(chunks)),
    superseded: everything ? 0 : state.superseded,
  });
}
