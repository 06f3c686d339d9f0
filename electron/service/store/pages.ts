import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { PAGE_SIZE, pageCipher, saltOf, type PageCipher } from "./cipher.ts";

const PLAIN_MAGIC = Buffer.from("SQLite format 3\0", "latin1");

/** What the first bytes of a file say, without a key. */
export type FileHead = "missing" | "empty" | "plain" | "sealed";

/** Reads a file's first bytes. `plain` is SQLite without encryption; `sealed` is anything else. */
export function fileHead(file: string): FileHead {
  const head = readAt(file, 0, PLAIN_MAGIC.length);
  if (head === null) return "missing";
  if (head.length === 0) return "empty";
  // Even a cut-off plain header is a plain file.
  return PLAIN_MAGIC.subarray(0, head.length).equals(head) ? "plain" : "sealed";
}

/** Up to `length` bytes from `offset`; null if the file is not there. */
export function readAt(file: string, offset: number, length: number): Buffer | null {
  let handle: number;
  try {
    handle = openSync(file, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  try {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, fstatSync(handle).size - offset)));
    readSync(handle, bytes, 0, bytes.length, offset);
    return bytes;
  } finally {
    closeSync(handle);
  }
}

/**
 * The cipher that opens this file, or null when the key opens none of its pages. A lost salt (it is the only part of the
 * file that every page depends on) is the key's own; a damaged one of a file made before that was so is found again by trying
 * each single changed byte.
 */
export function cipherFor(bytes: Buffer, key: Uint8Array): PageCipher | null {
  const salt = bytes.subarray(0, 16);
  const pages = Math.floor(bytes.length / PAGE_SIZE);
  const opensAny = (cipher: PageCipher, most: number): boolean => {
    for (let number = 1; number <= Math.min(pages, most); number++) {
      if (cipher.whole(bytes.subarray((number - 1) * PAGE_SIZE, number * PAGE_SIZE), number))
        return true;
    }
    return false;
  };
  const cipher = pageCipher(key, salt);
  if (opensAny(cipher, pages)) return cipher;
  const known = pageCipher(key, saltOf(key));
  if (opensAny(known, pages)) return known;
  const attempt = Buffer.from(salt);
  for (let at = 0; at < 16; at++) {
    const original = attempt[at] ?? 0;
    for (let change = 1; change < 256; change++) {
      attempt[at] = original ^ change;
      const mended = pageCipher(key, attempt);
      if (opensAny(mended, 3)) return mended;
    }
    attempt[at] = original;
  }
  return null;
}
