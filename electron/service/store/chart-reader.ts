import type { FhirResource } from "../../../shared/fhir/index.ts";
import {
  chunkNumbers,
  current,
  isDamage,
  openChunk,
  openChunks,
  optionalText,
  pidOf,
  readDespiteDamage,
  readSection,
  sectionNumber,
  sectionRange,
  TYPES_PER_PATIENT,
  typeNumberOf,
  typeOfSection,
  type OpenChunk,
} from "./chart-sections.ts";
import { readHolds } from "./chunk.ts";
import { bytesOf, textOf, textOrNull, numberOf, type Connection, type Row } from "./connection.ts";
import {
  WARD_PATIENT,
  type ChartReader,
  type PlacementRow,
  type ResourceList,
  type SectionRow,
  type UnreadableRow,
} from "./chart-types.ts";

/** Reads of the ward's records. */
export function chartReader(db: Connection): ChartReader {
  return {
    placements: (ward) =>
      (ward === undefined
        ? db.sql("SELECT * FROM placements ORDER BY patient").all()
        : db.sql("SELECT * FROM placements WHERE ward = ? ORDER BY patient").all(ward)
      ).map(placementOf),
    placement: (patient) => {
      const row = db.sql("SELECT * FROM placements WHERE patient = ?").get(patient);
      return row === undefined ? null : placementOf(row);
    },
    card: (patient) => readCard(db, patient),
    cards: (patients) =>
      db.read(() => {
        const cards = new Map<string, unknown>();
        for (const patient of patients) {
          const card = readCard(db, patient);
          if (card !== null) cards.set(patient, card);
        }
        return cards;
      }),
    resources: (patient, type) =>
      readDespiteDamage(db, (careful) => {
        const pid = pidOf(db, patient);
        const number = typeNumberOf(db, type);
        return pid === null || number === null
          ? { resources: [], damaged: 0 }
          : readSection(db, sectionNumber(pid, number), careful);
      }),
    heldIds: (patient) => readDespiteDamage(db, (careful) => readHeldIds(db, patient, careful)),
    patient: (patient) => readDespiteDamage(db, (careful) => readPatient(db, patient, careful)),
    sections: (patient) => db.read(() => readSections(db, patient)),
    unreadable: (patient) =>
      db
        .sql("SELECT * FROM unreadable WHERE patient = ? ORDER BY type, id")
        .all(patient)
        .map(unreadableOf),
    typeAsOf: () =>
      new Map(
        db
          .sql("SELECT type, as_of FROM types WHERE as_of IS NOT NULL ORDER BY type")
          .all()
          .map((row) => [textOf(row, "type"), textOf(row, "as_of")]),
      ),
    patients: () =>
      db
        .sql("SELECT patient FROM patients WHERE patient <> ? ORDER BY patient")
        .all(WARD_PATIENT)
        .map((row) => textOf(row, "patient")),
    count: () =>
      db.read(() => ({
        patients: countOf(db, "SELECT count(*) AS n FROM patients WHERE patient <> ''"),
        resources: countOf(db, "SELECT coalesce(sum(resources), 0) AS n FROM sections"),
      })),
    countByType: () =>
      new Map(
        db
          .sql(
            `SELECT t.type, sum(s.resources) AS n FROM sections s JOIN types t ON t.number = s.section % ${TYPES_PER_PATIENT}
             GROUP BY t.type ORDER BY t.type`,
          )
          .all()
          .map((row) => [textOf(row, "type"), numberOf(row, "n")]),
      ),
    verifying: () => verifying(db),
    verify: () => atOnce(verifying(db)),
    close: () => db.close(),
  };
}

function readCard(db: Connection, patient: string): unknown {
  const json = optionalText(
    db
      .sql("SELECT body FROM cards WHERE pid = (SELECT pid FROM patients WHERE patient = ?)")
      .get(patient),
    "body",
  );
  if (json === null) return null;
  const card: unknown = JSON.parse(json);
  return card;
}

function readPatient(
  db: Connection,
  patient: string,
  careful: boolean,
): ReadonlyMap<string, ResourceList> {
  const pid = pidOf(db, patient);
  if (pid === null) return new Map();
  const { chunks, damaged } = openChunks(db, ...sectionRange(pid), careful);
  const bySection = new Map<number, OpenChunk[]>();
  for (const section of damaged.keys()) bySection.set(section, []);
  for (const chunk of chunks) {
    const others = bySection.get(chunk.section);
    if (others === undefined) bySection.set(chunk.section, [chunk]);
    else others.push(chunk);
  }
  const whole = new Map<string, { resources: readonly FhirResource[]; damaged: number }>();
  for (const [section, of] of bySection) {
    const row = db.sql("SELECT type FROM types WHERE number = ?").get(typeOfSection(section));
    const type = optionalText(row, "type");
    if (type !== null)
      whole.set(type, { resources: current(of), damaged: damaged.get(section) ?? 0 });
  }
  return whole;
}

function readHeldIds(
  db: Connection,
  patient: string,
  careful: boolean,
): readonly { type: string; id: string }[] {
  const pid = pidOf(db, patient);
  if (pid === null) return [];
  const [from, to] = sectionRange(pid);
  const found: { type: string; id: string }[] = [];
  const numbers = careful
    ? chunkNumbers(db, from, to)
    : db
        .sql("SELECT number FROM chunks WHERE section BETWEEN ? AND ?")
        .all(from, to)
        .map((row) => numberOf(row, "number"));
  for (const number of numbers) {
    try {
      const row = db.sql("SELECT packed, holds FROM chunks WHERE number = ?").get(number);
      if (row === undefined) continue;
      const { type, versions } = readHolds(bytesOf(row, "holds"), numberOf(row, "packed") === 1);
      for (const id of versions.keys()) found.push({ type, id });
    } catch (error) {
      if (!careful || !isDamage(error)) throw error;
    }
  }
  return found;
}

function readSections(db: Connection, patient: string): SectionRow[] {
  const pid = pidOf(db, patient);
  if (pid === null) return [];
  return db
    .sql(
      `SELECT t.type, s.as_of, s.damaged, t.as_of AS type_as_of
       FROM sections s JOIN types t ON t.number = s.section % 1024
       WHERE s.section BETWEEN ? AND ? ORDER BY t.type`,
    )
    .all(...sectionRange(pid))
    .map((row) => {
      const own = textOrNull(row, "as_of");
      return {
        patient,
        type: textOf(row, "type"),
        loaded: own !== null,
        asOf: own === null ? null : later(own, textOrNull(row, "type_as_of")),
        damaged: numberOf(row, "damaged") === 1,
      };
    });
}

// Instants may carry different offsets, so they are compared as times, and given back as they came.
function later(own: string, other: string | null): string {
  return other !== null && Date.parse(other) > Date.parse(own) ? other : own;
}

/** Chunks between two pauses: some milliseconds. */
const STEP = 64;

/** A writer may be at work beside it: what it replaces meanwhile is not damage, and what it adds is not looked at. */
function* verifying(db: Connection): Generator<void, { chunks: number; damaged: number }> {
  const { top, missing } = db.read(() => ({
    top: countOf(db, "SELECT coalesce(max(number), 0) AS n FROM chunks"),
    missing:
      countOf(db, "SELECT coalesce(sum(chunks), 0) AS n FROM sections") -
      countOf(db, "SELECT count(*) AS n FROM chunks"),
  }));
  let damaged = Math.max(0, missing);
  let chunks = 0;
  for (let last = 0; ;) {
    // One reading: what is listed is there.
    const step = db.read(() => {
      const numbers = numbersOf(db, last, top);
      return { numbers, bad: numbers.filter((number) => !chunkGood(db, number)).length };
    });
    chunks += step.numbers.length;
    damaged += step.bad;
    if (step.numbers.length < STEP) break;
    last = step.numbers.at(-1) ?? top;
    yield;
  }
  // The tables beside the chunks: every page is read, so every page's HMAC is checked.
  // Trap: `cipher_integrity_check` is a no-op in this engine and answers an empty list, which reads like "OK".
  return { chunks, damaged: damaged === 0 && !pagesGood(db) ? 1 : damaged };
}

function numbersOf(db: Connection, after: number, top: number): readonly number[] {
  return db
    .sql("SELECT number FROM chunks WHERE number > ? AND number <= ? ORDER BY number LIMIT ?")
    .all(after, top, STEP)
    .map((row) => numberOf(row, "number"));
}

function chunkGood(db: Connection, number: number): boolean {
  try {
    const row = db
      .sql(
        `SELECT number, section, packed, raw, holds AS removing, body FROM chunks WHERE number = ?`,
      )
      .get(number);
    if (row === undefined) return false;
    const held = readHolds(bytesOf(row, "removing"), numberOf(row, "packed") === 1);
    return openChunk(row).resources.every((resource) => held.versions.has(resource.id));
  } catch (error) {
    if (!isDamage(error)) throw error;
    return false;
  }
}

function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function pagesGood(db: Connection): boolean {
  try {
    return db.pragma("integrity_check(1)") === "ok";
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

function countOf(db: Connection, query: string): number {
  const row = db.sql(query).get();
  return row === undefined ? 0 : numberOf(row, "n");
}

export function placementOf(row: Row): PlacementRow {
  return {
    patient: textOf(row, "patient"),
    encounter: textOf(row, "encounter"),
    ward: textOf(row, "ward"),
    location: textOrNull(row, "location"),
  };
}

export function unreadableOf(row: Row): UnreadableRow {
  return {
    patient: textOf(row, "patient"),
    type: textOf(row, "type"),
    id: textOf(row, "id"),
    reason: textOf(row, "reason"),
    text: textOrNull(row, "text"),
    at: numberOf(row, "at"),
  };
}
