import type { FhirResource } from "../../../shared/fhir/index.ts";
import { chartReader } from "./chart-reader.ts";
import { pidOf, readSection, sectionNumber, sectionRange, typeNumberOf } from "./chart-sections.ts";
import { compact } from "./compact.ts";
import { numberOf, type Connection } from "./connection.ts";
import { StoreError } from "./errors.ts";
import { lastBatch, putLastBatch } from "./last-batch.ts";
import { heldVersions } from "./held.ts";
import { appendToSection } from "./section-append.ts";
import { WARD_PATIENT, type CardMaker, type ChartBatch, type ChartWriter } from "./chart-types.ts";

/** What a batch brings for one section, in order: the last word on an id counts. */
export interface SectionChange {
  readonly upserts: Map<string, FhirResource>;
  readonly removals: Set<string>;
}
type Changes = Map<string, Map<string, SectionChange>>;

/** The only writer of chart.db. */
export function chartWriter(db: Connection, card: CardMaker, now: () => number): ChartWriter {
  const held = heldVersions(db);

  const write = (
    batch: ChartBatch,
    number: number | undefined,
    between: () => void,
  ): { changed: number; patients: readonly string[] } =>
    db.write(() => {
      let changed = 0;
      const patients: string[] = [];
      for (const [patient, types] of byPatient(batch)) {
        between();
        const upserts: FhirResource[] = [];
        const removed: { type: string; id: string }[] = [];
        // Sections that begin with this batch: the card need not read back what was just written.
        const begun = new Map<string, readonly FhirResource[]>();
        const pid = ensurePatient(db, patient);
        for (const [type, change] of types) {
          const section = sectionNumber(pid, ensureType(db, type));
          const wasEmpty = isEmpty(db, section);
          const done = appendToSection(db, held, { section, patient, type }, change);
          if (wasEmpty) begun.set(type, done.upserts);
          upserts.push(...done.upserts);
          removed.push(...done.removed.map((id) => ({ type, id })));
        }
        if (upserts.length + removed.length === 0) continue;
        changed += upserts.length + removed.length;
        patients.push(patient);
        if (patient !== WARD_PATIENT) makeCard(db, card, pid, { upserts, removed }, begun);
      }
      writeStates(db, batch);
      if (number !== undefined) putLastBatch(db, number);
      return { changed, patients };
    });

  return {
    ...chartReader(db),
    lastBatch: () => lastBatch(db),
    write: (batch, number, between = () => undefined) => {
      try {
        return write(batch, number, between);
      } catch (error) {
        held.forget();
        throw error;
      }
    },
    together(work) {
      try {
        db.write(work);
      } catch (error) {
        held.forget();
        throw error;
      }
    },
    compact: (budget) => compact(db, now, budget),
    forgetPatient: (patient) => {
      db.write(() => forgetPatient(db, patient));
      held.forget();
    },
  };
}

function isEmpty(db: Connection, section: number): boolean {
  const row = db.sql("SELECT chunks FROM sections WHERE section = ?").get(section);
  return row === undefined || row["chunks"] === 0;
}

// A patient's changes are written together, whatever order they came in: cost is by the page touched.
function byPatient(batch: ChartBatch): Changes {
  const changes: Changes = new Map();
  const of = (patient: string, type: string): SectionChange => {
    let types = changes.get(patient);
    if (types === undefined) changes.set(patient, (types = new Map()));
    let change = types.get(type);
    if (change === undefined)
      types.set(type, (change = { upserts: new Map(), removals: new Set() }));
    return change;
  };
  for (const { patient, resource } of batch.upserts)
    of(patient, resource.resourceType).upserts.set(resource.id, resource);
  for (const { patient, type, id } of batch.removals) {
    const change = of(patient, type);
    change.upserts.delete(id);
    change.removals.add(id);
  }
  return changes;
}

function makeCard(
  db: Connection,
  card: CardMaker,
  pid: number,
  changes: {
    readonly upserts: readonly FhirResource[];
    readonly removed: readonly { type: string; id: string }[];
  },
  begun: ReadonlyMap<string, readonly FhirResource[]>,
): void {
  const row = db.sql("SELECT body FROM cards WHERE pid = ?").get(pid);
  const before = typeof row?.["body"] === "string" ? row["body"] : null;
  const after =
    JSON.stringify(card(parseCard(before), changes, cardSource(db, pid, begun))) ?? "null";
  if (after !== before) db.sql("INSERT OR REPLACE INTO cards VALUES (?, ?)").run(pid, after);
}

function cardSource(
  db: Connection,
  pid: number,
  begun: ReadonlyMap<string, readonly FhirResource[]>,
): (type: string) => readonly FhirResource[] {
  return (type) => {
    const whole = begun.get(type);
    if (whole !== undefined) return whole;
    const number = typeNumberOf(db, type);
    return number === null ? [] : readSection(db, sectionNumber(pid, number), false).resources;
  };
}

function parseCard(json: string | null): unknown {
  if (json === null) return null;
  try {
    const card: unknown = JSON.parse(json);
    return card;
  } catch {
    return null;
  }
}

/** Makes the cards that are missing, as they are after salvage, from all that is readable. */
export function makeMissingCards(db: Connection, card: CardMaker): void {
  const missing = db
    .sql(
      `SELECT pid FROM patients p WHERE patient <> '' AND NOT EXISTS (SELECT 1 FROM cards c WHERE c.pid = p.pid)
       AND EXISTS (SELECT 1 FROM sections s WHERE s.section BETWEEN p.pid * 1024 AND p.pid * 1024 + 1023 AND s.chunks > 0)`,
    )
    .all();
  if (missing.length === 0) return;
  db.write(() => {
    const types = db.sql("SELECT type FROM types").all();
    for (const row of missing) {
      const pid = numberOf(row, "pid");
      const read = cardSource(db, pid, new Map());
      const upserts = types.flatMap(({ type }) => (typeof type === "string" ? read(type) : []));
      makeCard(db, card, pid, { upserts, removed: [] }, new Map());
    }
  });
}

// What a batch says besides resources: how far sections can be believed, who lies where, what could not be read.
function writeStates(db: Connection, batch: ChartBatch): void {
  for (const { patient, type, asOf } of batch.sections) {
    const section = sectionNumber(ensurePatient(db, patient), ensureType(db, type));
    db.sql(
      `INSERT INTO sections VALUES (?, ?, 0, 0, 0, 0, 0)
       ON CONFLICT DO UPDATE SET as_of = excluded.as_of, damaged = 0`,
    ).run(section, asOf);
  }
  for (const { type, asOf } of batch.typeAsOf)
    db.sql("UPDATE types SET as_of = ? WHERE number = ?").run(asOf, ensureType(db, type));
  for (const { patient, encounter, ward, location } of batch.placements)
    db.sql("INSERT OR REPLACE INTO placements VALUES (?, ?, ?, ?)").run(
      patient,
      encounter,
      ward,
      location,
    );
  for (const patient of batch.departures)
    db.sql("DELETE FROM placements WHERE patient = ?").run(patient);
  clearReadable(db, batch);
  for (const { patient, type, id, reason, text, at } of batch.unreadable)
    db.sql("INSERT OR REPLACE INTO unreadable VALUES (?, ?, ?, ?, ?, ?)").run(
      patient,
      type,
      id,
      reason,
      text,
      at,
    );
}

// A version that can be read, or a removal, ends what was said about one that could not.
function clearReadable(db: Connection, batch: ChartBatch): void {
  if (db.sql("SELECT 1 FROM unreadable LIMIT 1").get() === undefined) return;
  const clear = db.sql("DELETE FROM unreadable WHERE patient = ? AND type = ? AND id = ?");
  for (const { patient, resource } of batch.upserts)
    clear.run(patient, resource.resourceType, resource.id);
  for (const { patient, type, id } of batch.removals) clear.run(patient, type, id);
}

function ensurePatient(db: Connection, patient: string): number {
  return pidOf(db, patient) ?? db.sql("INSERT INTO patients (patient) VALUES (?)").run(patient).id;
}

function ensureType(db: Connection, type: string): number {
  const known = typeNumberOf(db, type);
  if (known !== null) return known;
  const row = db.sql("SELECT coalesce(max(number), 0) + 1 AS n FROM types").get();
  if (row === undefined) throw new StoreError("other", "types cannot be numbered");
  const number = numberOf(row, "n");
  db.sql("INSERT INTO types (number, type) VALUES (?, ?)").run(number, type);
  return number;
}

function forgetPatient(db: Connection, patient: string): void {
  const pid = pidOf(db, patient);
  db.sql("DELETE FROM placements WHERE patient = ?").run(patient);
  db.sql("DELETE FROM unreadable WHERE patient = ?").run(patient);
  if (pid === null) return;
  const range = sectionRange(pid);
  db.sql("DELETE FROM chunks WHERE section BETWEEN ? AND ?").run(...range);
  db.sql("DELETE FROM sections WHERE section BETWEEN ? AND ?").run(...range);
  db.sql("DELETE FROM cards WHERE pid = ?").run(pid);
  db.sql("DELETE FROM patients WHERE pid = ?").run(pid);
}
