import {
  createDecipheriv,
  createHmac,
  createSecretKey,
  pbkdf2Sync,
  timingSafeEqual,
} from "node:crypto";

/**
 * SQLCipher 4's page format, read without SQLite: what salvage needs when SQLite gives up on a file, and what tells a
 * wrong key from a damaged first page. Source: https://www.zetetic.net/sqlcipher/design/ (AES-256-CBC, a random IV a
 * page, HMAC-SHA-512 over ciphertext, IV and page number; the HMAC's key is PBKDF2-HMAC-SHA-512 with 2 rounds over the
 * salt with every byte xor 0x3a).
 */
export const PAGE_SIZE = 4096;
const SALT_SIZE = 16;
const IV_SIZE = 16;
const HMAC_SIZE = 64;
const RESERVE_SIZE = IV_SIZE + HMAC_SIZE;
/** Bytes of a page that SQLite uses. */
export const USABLE_SIZE = PAGE_SIZE - RESERVE_SIZE;

/** Opens one page at a time. */
export interface PageCipher {
  /** The page's plain bytes (first page: without SQLite's 16-byte magic), or null if its HMAC is not right. */
  open(page: Buffer, number: number): Buffer | null;
  /** The HMAC alone: true if the page is whole. */
  whole(page: Buffer, number: number): boolean;
}

/**
 * The salt of the files this program makes. It is no secret and stands before the first page; every page's HMAC depends on
 * it. Derived from the key it is known even when the first page is gone, and with it all the others would be. `key` is borrowed.
 */
export function saltOf(key: Uint8Array): Buffer {
  return createHmac("sha256", key).update("amanah/file-salt").digest().subarray(0, SALT_SIZE);
}

// The first page begins with the salt, which is not encrypted.
function start(number: number): number {
  return number === 1 ? SALT_SIZE : 0;
}

/** A cipher for the file whose first 16 bytes are `salt`. The key is borrowed: keep it until the last page is read. */
export function pageCipher(key: Uint8Array, salt: Uint8Array): PageCipher {
  const keyBytes = pbkdf2Sync(
    key,
    salt.map((byte) => byte ^ 0x3a),
    2,
    32,
    "sha512",
  );
  // Bytes would be made a key anew for each page, which takes longer than the page's HMAC.
  const hmacKey = createSecretKey(keyBytes);
  const whole = (page: Buffer, number: number): boolean => {
    if (page.length !== PAGE_SIZE) return false;
    const count = Buffer.alloc(4);
    count.writeUInt32LE(number);
    const expected = createHmac("sha512", hmacKey)
      .update(page.subarray(start(number), USABLE_SIZE + IV_SIZE))
      .update(count)
      .digest();
    return timingSafeEqual(expected, page.subarray(USABLE_SIZE + IV_SIZE));
  };
  return {
    whole,
    open: (page, number) => {
      // SECURITY: nothing is decrypted whose HMAC is not right.
      if (!whole(page, number)) return null;
      const iv = page.subarray(USABLE_SIZE, USABLE_SIZE + IV_SIZE);
      const decipher = createDecipheriv("aes-256-cbc", key, iv).setAutoPadding(false);
      const plain = decipher.update(page.subarray(start(number), USABLE_SIZE));
      return Buffer.concat([Buffer.alloc(start(number)), plain, decipher.final()]);
    },
  };
}
