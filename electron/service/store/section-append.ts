import type { FhirResource } from "../../../shared/fhir/index.ts";
import { openChunk, type OpenChunk } from "./chart-sections.ts";
import type { SectionChange } from "./chart-writer.ts";
import { CHUNK_RAW, packChunks, stampOf, type Chunk } from "./chunk.ts";
import { numberOf, type Connection } from "./connection.ts";
import type { HeldVersions } from "./held.ts";

export interface SectionName {
  readonly section: number;
  readonly patient: string;
  readonly type: string;
}

/** Chunks smaller than this may still be merged with what comes. */
const SMALL = CHUNK_RAW / 2;
/** A section with more small chunks than this at its end is merged at the next write, without waiting for idleness. */
const MOST_SMALL = 32;
/** From this many characters on, new data is merged with the small chunks before it at once: it is rewritten anyway. */
const WORTH_MERGING = CHUNK_RAW / 4;

/** What the section's row says. */
export interface SectionState {
  readonly resources: number;
  readonly chunks: number;
  /** Small chunks at the end. */
  readonly tail: number;
  readonly superseded: number;
}

const NOTHING: SectionState = { resources: 0, chunks: 0, tail: 0, superseded: 0 };

/**
 * Writes what is new of a section's changes as new chunks, or together with its last small ones. An older chunk is left
 * as it is: a later chunk's version of an id is the current one, so there are never two.
 */
export function appendToSection(
  db: Connection,
  memory: HeldVersions,
  name: SectionName,
  change: SectionChange,
): { readonly upserts: readonly FhirResource[]; readonly removed: readonly string[] } {
  const state = sectionState(db, name.section);
  const held = memory.of(name.section);
  const before = held.size;
  const upserts: FhirResource[] = [];
  let superseded = 0;
  for (const resource of change.upserts.values()) {
    const stamp = stampOf(resource);
    if (stamp !== null && held.hasAt(resource.id, stamp)) continue;
    if (held.has(resource.id)) superseded++;
    held.set(resource.id, stamp ?? "");
    upserts.push(resource);
  }
  const removed = [...change.removals].filter((id) => held.delete(id));
  superseded += 2 * removed.length;
  if (upserts.length + removed.length === 0) return { upserts, removed };
  memory.grew(held.size - before);

  let chunks = packChunks(name, upserts, removed, state.chunks > 0);
  const size = chunks.reduce((sum, chunk) => sum + chunk.raw, 0);
  const merges = state.tail > 0 && (size >= WORTH_MERGING || state.tail >= MOST_SMALL);
  const last = merges ? lastChunks(db, name.section, state.tail) : [];
  if (merges) {
    chunks = mergeChunks(name, last, upserts, removed);
    deleteChunks(db, last);
  }
  insertChunks(db, name.section, chunks);
  const small = smallAtEnd(chunks);
  writeSectionState(db, name.section, {
    resources: held.size,
    chunks: state.chunks + chunks.length - last.length,
    tail: small === chunks.length && !merges ? state.tail + small : small,
    superseded: state.superseded + superseded,
  });
  return { upserts, removed };
}

/** Old chunks and new changes as one list of chunks; removals stay in it, for what still older chunks hold. */
export function mergeChunks(
  name: SectionName,
  old: readonly OpenChunk[],
  upserts: readonly FhirResource[],
  removed: readonly string[],
): Chunk[] {
  const resources = new Map<string, FhirResource>();
  const gone = new Set<string>();
  const remove = (id: string): void => {
    resources.delete(id);
    gone.add(id);
  };
  for (const chunk of old) {
    chunk.removed.forEach(remove);
    for (const resource of chunk.resources) resources.set(resource.id, resource);
  }
  for (const resource of upserts) resources.set(resource.id, resource);
  removed.forEach(remove);
  const still = [...gone].filter((id) => !resources.has(id));
  return packChunks(name, resources.values(), still, false);
}

export function sectionState(db: Connection, section: number): SectionState {
  const row = db
    .sql("SELECT resources, chunks, tail, superseded FROM sections WHERE section = ?")
    .get(section);
  if (row === undefined) return NOTHING;
  return {
    resources: numberOf(row, "resources"),
    chunks: numberOf(row, "chunks"),
    tail: numberOf(row, "tail"),
    superseded: numberOf(row, "superseded"),
  };
}

export function writeSectionState(db: Connection, section: number, state: SectionState): void {
  db.sql(
    `INSERT INTO sections VALUES (?, NULL, 0, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET resources = excluded.resources,
     chunks = excluded.chunks, tail = excluded.tail, superseded = excluded.superseded`,
  ).run(section, state.resources, state.chunks, state.tail, state.superseded);
}

/** The last `count` chunks, oldest first. */
export function lastChunks(db: Connection, section: number, count: number): OpenChunk[] {
  return db
    .sql(
      `SELECT number, section, packed, raw, CASE WHEN removes > 0 THEN holds END AS removing, body
       FROM chunks WHERE section = ? ORDER BY number DESC LIMIT ?`,
    )
    .all(section, count)
    .map(openChunk)
    .toReversed();
}

export function deleteChunks(db: Connection, chunks: readonly OpenChunk[]): void {
  for (const { number } of chunks) db.sql("DELETE FROM chunks WHERE number = ?").run(number);
}

export function insertChunks(db: Connection, section: number, chunks: readonly Chunk[]): void {
  for (const { raw, packed, removes, holds, body } of chunks) {
    db.sql(
      "INSERT INTO chunks (section, raw, packed, removes, holds, body) VALUES (?, ?, ?, ?, ?, ?)",
    ).run(section, raw, packed ? 1 : 0, removes, holds, body);
  }
}

/** How many chunks at the end are small. */
export function smallAtEnd(chunks: readonly Chunk[]): number {
  const full = chunks.findLastIndex(({ raw }) => raw >= SMALL);
  return chunks.length - 1 - full;
}
