import { readFileSync } from "node:fs";
import { PAGE_SIZE, type PageCipher } from "./cipher.ts";
import { StoreError } from "./errors.ts";
import { cipherFor, fileHead } from "./pages.ts";

/** A file's pages as SQLite would see them: the WAL's committed pages over those of the file. */
export interface PageSource {
  readonly count: number;
  /** A page's plain bytes, or null if it is damaged. */
  page(number: number): Buffer | null;
}

const WAL_HEADER = 32;
const FRAME_HEADER = 24;

/**
 * Reads a damaged file without SQLite.
 * @throws StoreError `missing`, `plain-file`, or `wrong-key` when the key opens no page at all
 */
export function pageSource(file: string, key: Uint8Array): PageSource {
  const head = fileHead(file);
  if (head === "plain") throw new StoreError("plain-file", "the file has no encryption");
  if (head !== "sealed") throw new StoreError("missing", "there is no such file");
  const bytes = readFileSync(file);
  const cipher = cipherFor(bytes, key);
  if (cipher === null) throw new StoreError("wrong-key", "the key opens no page of the file");
  const wal = fileHead(`${file}-wal`) === "missing" ? Buffer.alloc(0) : readFileSync(`${file}-wal`);
  const { pages, size } = committed(wal, cipher);
  const count = size ?? Math.floor(bytes.length / PAGE_SIZE);
  return {
    count,
    page: (number) => {
      if (number < 1 || number > count) return null;
      return (
        pages.get(number) ??
        cipher.open(bytes.subarray((number - 1) * PAGE_SIZE, number * PAGE_SIZE), number)
      );
    },
  };
}

/**
 * Pages of the WAL's commits (https://www.sqlite.org/fileformat2.html#the_write_ahead_log). A frame belongs to it if its
 * salts are the header's and its HMAC is right; this engine's own frame checksums are over plain pages and are not needed.
 */
function committed(
  wal: Buffer,
  cipher: PageCipher,
): { readonly pages: ReadonlyMap<number, Buffer>; readonly size: number | null } {
  const pages = new Map<number, Buffer>();
  let size: number | null = null;
  if (wal.length < WAL_HEADER) return { pages, size };
  const salts = wal.subarray(16, 24);
  let waiting = new Map<number, Buffer>();
  for (
    let at = WAL_HEADER;
    at + FRAME_HEADER + PAGE_SIZE <= wal.length;
    at += FRAME_HEADER + PAGE_SIZE
  ) {
    if (!wal.subarray(at + 8, at + 16).equals(salts)) break;
    const number = wal.readUInt32BE(at);
    const page = cipher.open(
      wal.subarray(at + FRAME_HEADER, at + FRAME_HEADER + PAGE_SIZE),
      number,
    );
    // A frame that cannot be read ends what is certain, as it does for SQLite.
    if (page === null) break;
    waiting.set(number, page);
    const commit = wal.readUInt32BE(at + 4);
    if (commit === 0) continue;
    for (const [each, image] of waiting) pages.set(each, image);
    waiting = new Map();
    size = commit;
  }
  return { pages, size };
}
