import type { FhirResource } from "../../../shared/fhir/index.ts";
import { readHolds, unpackBody } from "./chunk.ts";
import { bytesOf, textOf, numberOf, type Connection, type Row } from "./connection.ts";
import { StoreError } from "./errors.ts";
import type { ResourceList } from "./chart-types.ts";

/** A section number is a patient's pid times this, plus the type's number. */
export const TYPES_PER_PATIENT = 1024;

export function sectionNumber(pid: number, type: number): number {
  if (type >= TYPES_PER_PATIENT) throw new StoreError("other", "too many resource types");
  return pid * TYPES_PER_PATIENT + type;
}
/** First and last possible section of a patient. */
export function sectionRange(pid: number): readonly [number, number] {
  return [pid * TYPES_PER_PATIENT, pid * TYPES_PER_PATIENT + TYPES_PER_PATIENT - 1];
}
export function typeOfSection(section: number): number {
  return section % TYPES_PER_PATIENT;
}
export function pidOfSection(section: number): number {
  return Math.floor(section / TYPES_PER_PATIENT);
}

export function pidOf(db: Connection, patient: string): number | null {
  const row = db.sql("SELECT pid FROM patients WHERE patient = ?").get(patient);
  return row === undefined ? null : numberOf(row, "pid");
}
export function typeNumberOf(db: Connection, type: string): number | null {
  const row = db.sql("SELECT number FROM types WHERE type = ?").get(type);
  return row === undefined ? null : numberOf(row, "number");
}

const COLUMNS = `number, section, packed, raw, CASE WHEN removes > 0 THEN holds END AS removing, body`;

/** A chunk as read: its resources and what it removes from earlier ones. */
export interface OpenChunk {
  readonly number: number;
  readonly section: number;
  readonly raw: number;
  readonly resources: readonly FhirResource[];
  readonly removed: readonly string[];
}

export function openChunk(row: Row): OpenChunk {
  const packed = numberOf(row, "packed") === 1;
  const removing = row["removing"] === null ? null : bytesOf(row, "removing");
  return {
    number: numberOf(row, "number"),
    section: numberOf(row, "section"),
    raw: numberOf(row, "raw"),
    resources: unpackBody(bytesOf(row, "body"), packed, numberOf(row, "raw")),
    removed: removing === null ? [] : readHolds(removing, packed).removed,
  };
}

/**
 * Reads in one snapshot; if a page cannot be read, once more carefully: row by row and each on its own. (A failed page
 * fails everything else in its transaction too.)
 */
export function readDespiteDamage<T>(db: Connection, work: (careful: boolean) => T): T {
  try {
    return db.read(() => work(false));
  } catch (error) {
    if (!isDamage(error)) throw error;
    return work(true);
  }
}

/** Chunks of sections `from` to `to`, oldest first, and how many could not be read of which section. */
export function openChunks(
  db: Connection,
  from: number,
  to: number,
  careful: boolean,
): { readonly chunks: OpenChunk[]; readonly damaged: ReadonlyMap<number, number> } {
  const chunks: OpenChunk[] = [];
  const seen = new Map<number, number>();
  for (const row of chunkRows(db, from, to, careful)) {
    try {
      const chunk = openChunk(row);
      chunks.push(chunk);
      seen.set(chunk.section, (seen.get(chunk.section) ?? 0) + 1);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  // What is counted is what is missing: a chunk whose very place in the index is lost must be noticed too.
  const damaged = new Map<number, number>();
  for (const row of db
    .sql("SELECT section, chunks FROM sections WHERE section BETWEEN ? AND ? AND chunks > 0")
    .all(from, to)) {
    const missing = numberOf(row, "chunks") - (seen.get(numberOf(row, "section")) ?? 0);
    if (missing > 0) damaged.set(numberOf(row, "section"), missing);
  }
  return { chunks, damaged };
}

function chunkRows(db: Connection, from: number, to: number, careful: boolean): Row[] {
  if (!careful)
    return db
      .sql(`SELECT ${COLUMNS} FROM chunks WHERE section BETWEEN ? AND ? ORDER BY section, number`)
      .all(from, to);
  const rows: Row[] = [];
  for (const number of chunkNumbers(db, from, to)) {
    try {
      const row = db.sql(`SELECT ${COLUMNS} FROM chunks WHERE number = ?`).get(number);
      if (row !== undefined) rows.push(row);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  return rows;
}

/** Numbers of the chunks of sections `from` to `to`, as far as damage lets them be found. */
export function chunkNumbers(db: Connection, from: number, to: number): number[] {
  // By the index, and if that is damaged by going through the table.
  for (const way of ["INDEXED BY chunks_of_section", "NOT INDEXED"]) {
    try {
      return db
        .sql(
          `SELECT number FROM chunks ${way} WHERE section BETWEEN ? AND ? ORDER BY section, number`,
        )
        .all(from, to)
        .map((row) => numberOf(row, "number"));
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  return [];
}

/** Resources as they are now: a later chunk's version of an id is the current one. */
export function current(chunks: readonly OpenChunk[]): readonly FhirResource[] {
  const only = chunks[0];
  if (only === undefined) return [];
  if (chunks.length === 1) return only.resources;
  const byId = new Map<string, FhirResource>();
  for (const chunk of chunks) {
    for (const id of chunk.removed) byId.delete(id);
    for (const resource of chunk.resources) byId.set(resource.id, resource);
  }
  return [...byId.values()];
}

/** Resources of one section as they are now. */
export function readSection(db: Connection, section: number, careful: boolean): ResourceList {
  const { chunks, damaged } = openChunks(db, section, section, careful);
  return { resources: current(chunks), damaged: damaged.get(section) ?? 0 };
}

export function isDamage(error: unknown): boolean {
  return error instanceof StoreError && error.code === "damaged";
}

/** The text of a row's column, or null where the row is not there. */
export function optionalText(row: Row | undefined, column: string): string | null {
  return row === undefined ? null : textOf(row, column);
}
