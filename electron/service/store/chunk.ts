import { isAscii } from "node:buffer";
import zlib, { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { DICTIONARY_1 } from "./chunk-dictionary.ts";
import { StoreError } from "./errors.ts";

/**
 * A chunk: some resources of one type of one patient as one JSON array, compressed, beside a packed index of what it
 * holds. Encryption costs by the page touched; so few, dense pages are what make the encrypted file fast.
 */
export interface Chunk {
  /** Length of the JSON array before compression. */
  readonly raw: number;
  /** True: both are compressed (see `pack`). False: the JSON itself, for chunks too small to be worth it. */
  readonly packed: boolean;
  readonly holds: Buffer;
  /** How many ids it removes from earlier chunks. */
  readonly removes: number;
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
/** Below this a new section's chunk is stored as it is: deflate's set-up costs more than the bytes it saves. */
const PACK_FROM = 1024;
/** The same for what a trickle appends, until it is merged. */
const PACK_APPENDED_FROM = 4096;
/** No chunk comes near it; it keeps damaged bytes from asking for all memory. */
const LONGEST = 256 * 1024 * 1024;
/** From here on a better compression is worth its time: measured, it also makes reading faster (fewer pages). */
const LARGE = 8 * 1024;

/** What tells two versions apart; null when the HIS gave neither version nor time, and nothing can be skipped. */
export function stampOf(resource: FhirResource): string | null {
  const version = resource.meta?.versionId ?? "";
  const time = resource.meta?.lastUpdated ?? "";
  return version === "" && time === "" ? null : `${version} ${time}`;
}

/**
 * Packs resources into as few chunks as hold them, in their order; `removed` goes with the first.
 * @param appended true if it is soon to be merged with more
 */
export function packChunks(
  { patient, type }: { readonly patient: string; readonly type: string },
  resources: Iterable<FhirResource>,
  removed: readonly string[],
  appended: boolean,
): Chunk[] {
  const chunks: Chunk[] = [];
  let parts: string[] = [];
  let versions = new Map<string, string>();
  let length = 1;
  let gone = removed;
  const close = (): void => {
    const body = Buffer.from(`[${parts.join(",")}]`);
    const holds = Buffer.from(holdsJson({ patient, type, versions, removed: gone }));
    const packed = body.length >= (appended ? PACK_APPENDED_FROM : PACK_FROM);
    chunks.push({
      raw: body.length,
      packed,
      holds: packed ? pack(holds) : holds,
      removes: gone.length,
      body: packed ? pack(body) : body,
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

// A small window: its state is a tenth as large, and making that state is most of the cost of a small chunk.
const SMALL_DEFLATE = {
  level: 4,
  windowBits: 13,
  memLevel: 6,
  chunkSize: 4096,
  dictionary: DICTIONARY_1,
};
const LARGE_DEFLATE = { level: 5, chunkSize: 32 * 1024, dictionary: DICTIONARY_1 };
/** Measured on a full chunk: a quarter of deflate's time at level 5, and fewer bytes. Level 1 is faster, and 8 % larger. */
const LARGE_ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 3 }, chunkSize: 32 * 1024 };
/** A Zstandard frame begins so (RFC 8878, section 3.1.1), and no deflate stream does: as a stored block its lengths do not agree. */
const ZSTD_MAGIC = 0xfd2fb528;

/**
 * The resources of a chunk's body.
 * @throws StoreError `damaged` if it does not inflate or is not an array of resources.
 */
export function unpackBody(body: Uint8Array, packed: boolean, raw: number): FhirResource[] {
  let value: unknown;
  try {
    value = JSON.parse(textOfBytes(body, packed, raw));
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

function pack(bytes: Buffer): Buffer {
  if (bytes.length < LARGE) return deflateRawSync(bytes, SMALL_DEFLATE);
  // Not every runtime that embeds Node has it; what one wrote, the same one reads.
  return typeof zlib.zstdCompressSync === "function"
    ? // Told how much comes, it makes tables for that and not for megabytes.
      zlib.zstdCompressSync(bytes, { ...LARGE_ZSTD, pledgedSrcSize: bytes.length })
    : deflateRawSync(bytes, LARGE_DEFLATE);
}

/** A text compressed as chunks are, for whoever seals it then. */
export function packText(text: string): Buffer {
  return pack(Buffer.from(text));
}

/**
 * What {@link packText} was given.
 * @throws StoreError `damaged`
 */
export function unpackText(packed: Uint8Array): string {
  try {
    return textOfBytes(packed, true, 12 * packed.length);
  } catch (error) {
    throw new StoreError("damaged", "a packed text does not open", { cause: error });
  }
}

function textOfBytes(stored: Uint8Array, packed: boolean, expected: number): string {
  // One piece, if the expected length is right.
  const chunkSize = Math.max(64, Math.min(expected + 1, 8 * 1024 * 1024));
  const own = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  const bytes = packed ? unpack(own, { chunkSize, maxOutputLength: LONGEST }) : own;
  return isAscii(bytes) ? bytes.toString("latin1") : bytes.toString();
}

function unpack(
  stored: Buffer,
  limits: { readonly chunkSize: number; readonly maxOutputLength: number },
): Buffer {
  return stored.length >= 4 && stored.readUInt32LE(0) === ZSTD_MAGIC
    ? zlib.zstdDecompressSync(stored, limits)
    : inflateRawSync(stored, { ...limits, dictionary: DICTIONARY_1 });
}

// JSON, so that no id a HIS could invent can be read as two.
function holdsJson(holds: Holds): string {
  return JSON.stringify([
    holds.patient,
    holds.type,
    [...holds.versions].flat(),
    ...(holds.removed.length > 0 ? [holds.removed] : []),
  ]);
}

/**
 * What a chunk holds, from its packed index.
 * @throws StoreError `damaged`
 */
export function readHolds(stored: Uint8Array, packed: boolean): Holds {
  let value: unknown;
  try {
    value = JSON.parse(textOfBytes(stored, packed, 4 * stored.length));
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
