import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { StoreError } from "./errors.ts";

/**
 * A chunk: some resources of one type of one patient as one JSON array, compressed, beside a packed index of what it
 * holds. Encryption costs by the page touched; so few, dense pages are what make the encrypted file fast.
 */
export interface Chunk {
  /** Length of the JSON array before compression. */
  readonly raw: number;
  /** True: deflate-raw. False: the JSON itself, for chunks too small to be worth it. */
  readonly packed: boolean;
  readonly holds: Holds;
  readonly body: Buffer;
}

/** What a chunk holds. It names its patient and type itself, so that salvage can place a chunk without other tables. */
export interface Holds {
  readonly patient: string;
  readonly type: string;
  /** Version stamp by id. */
  readonly versions: ReadonlyMap<string, string>;
  /** Ids that were removed after an earlier chunk held them. */
  readonly removed: readonly string[];
}

/** Most characters of JSON in one chunk, unless one resource alone is longer. */
export const CHUNK_RAW = 64 * 1024;
/** Below this a chunk is stored as it is: measured, deflate's set-up costs more than the bytes it saves. */
const PACK_FROM = 1024;

/** What tells two versions apart; null when the HIS gave neither version nor time, and nothing can be skipped. */
export function stampOf(resource: FhirResource): string | null {
  const version = resource.meta?.versionId ?? "";
  const time = resource.meta?.lastUpdated ?? "";
  return version === "" && time === "" ? null : `${version} ${time}`;
}

/** Packs resources into as few chunks as hold them, in their order; `removed` goes with the first. */
export function packChunks(
  patient: string,
  type: string,
  resources: Iterable<FhirResource>,
  removed: readonly string[],
): Chunk[] {
  const chunks: Chunk[] = [];
  let parts: string[] = [];
  let versions = new Map<string, string>();
  let length = 1;
  let gone = removed;
  const close = (): void => {
    const body = Buffer.from(`[${parts.join(",")}]`);
    const packed = body.length >= PACK_FROM;
    chunks.push({
      raw: body.length,
      packed,
      holds: { patient, type, versions, removed: gone },
      body: packed ? deflateRawSync(body, { level: 1, chunkSize: 32 * 1024 }) : body,
    });
    parts = [];
    versions = new Map();
    length = 1;
    gone = [];
  };
  for (const resource of resources) {
    const json = JSON.stringify(resource);
    if (parts.length > 0 && length + json.length + 1 > CHUNK_RAW) close();
    parts.push(json);
    versions.set(resource.id, stampOf(resource) ?? "");
    length += json.length + 1;
  }
  if (parts.length > 0 || gone.length > 0) close();
  return chunks;
}

/**
 * The resources of a chunk's body.
 * @throws StoreError `damaged` if it does not inflate or is not an array of resources.
 */
export function unpackBody(body: Uint8Array, packed: boolean): FhirResource[] {
  let value: unknown;
  try {
    // A bound, so that a damaged body cannot ask for all memory: no single resource comes near it.
    const json = packed ? inflateRawSync(body, { maxOutputLength: 256 * 1024 * 1024 }) : body;
    value = JSON.parse(Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString());
  } catch (error) {
    throw new StoreError("damaged", "a chunk does not open", { cause: error });
  }
  if (!Array.isArray(value) || !value.every(isResource))
    throw new StoreError("damaged", "a chunk is not a list of resources");
  return value;
}

// Schemas were checked before the data was written; this only proves that the bytes are still what they were.
function isResource(value: unknown): value is FhirResource {
  if (typeof value !== "object" || value === null) return false;
  if (!("id" in value) || !("resourceType" in value)) return false;
  return typeof value.id === "string" && typeof value.resourceType === "string";
}

/** The packed index as it is stored: JSON, so that no id a HIS could invent can be read as two. */
export function writeHolds(holds: Holds): string {
  return JSON.stringify([
    holds.patient,
    holds.type,
    [...holds.versions].flat(),
    ...(holds.removed.length > 0 ? [holds.removed] : []),
  ]);
}

/** @throws StoreError `damaged` */
export function readHolds(json: string): Holds {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new StoreError("damaged", "a chunk's index does not parse", { cause: error });
  }
  if (!Array.isArray(value)) throw new StoreError("damaged", "a chunk's index is not a list");
  const [patient, type, flat, removed = []]: unknown[] = value;
  if (
    typeof patient !== "string" ||
    typeof type !== "string" ||
    !isTexts(flat) ||
    !isTexts(removed)
  )
    throw new StoreError("damaged", "a chunk's index has another shape");
  const versions = new Map<string, string>();
  for (let at = 0; at + 1 < flat.length; at += 2) versions.set(flat[at] ?? "", flat[at + 1] ?? "");
  return { patient, type, versions, removed };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
