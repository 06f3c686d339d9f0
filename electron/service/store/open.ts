import { closeSync, openSync, readFileSync } from "node:fs";
import Database from "better-sqlite3-multiple-ciphers";
import { connection, type Connection, type Timing } from "./connection.ts";
import { asStoreError, codeOf, StoreError } from "./errors.ts";
import { saltOf } from "./cipher.ts";
import { cipherFor, fileHead } from "./pages.ts";
import { putInPlace } from "./set-aside.ts";

export interface OpenOptions {
  readonly file: string;
  /** 32 raw bytes. Borrowed: the caller zeroes it. */
  readonly key: Uint8Array;
  /** Makes a missing file. Without it a missing file is refused. */
  readonly create?: boolean;
  readonly readonly?: boolean;
  /** FULL for what exists nowhere else; NORMAL where the HIS can fill a gap that a power cut tore. */
  readonly synchronous: "FULL" | "NORMAL";
  /** Pages are expensive (decrypted and checked one by one), so some are kept, in KiB. */
  readonly cacheKib: number;
  readonly timing?: Timing;
}

/** How long a write waits for the other thread's write, in milliseconds. */
const BUSY_TIMEOUT = 10_000;

/**
 * Opens an encrypted file by the recipe whose every step closes a trap seen in this engine: see the marks below.
 * @throws StoreError `missing`, `plain-file`, `wrong-key`, `damaged`, `disk-full`; nothing is written in any of these.
 */
export function openEncrypted(options: OpenOptions): Connection {
  const { file, key } = options;
  // SECURITY: a zeroed key is one that was used after it was given up; it must never encrypt anything.
  if (key.length !== 32 || key.every((byte) => byte === 0))
    throw new StoreError("wrong-key", "a key is 32 bytes, not all zero");
  // A salvage that was cut off after its file was whole ends here.
  if (options.readonly !== true) putInPlace(file);
  refuseUnfit(file, options.create === true);

  let database: Database.Database;
  try {
    database = new Database(file, {
      fileMustExist: true,
      readonly: options.readonly ?? false,
      timeout: BUSY_TIMEOUT,
    });
  } catch (error) {
    throw asStoreError(error, "open");
  }
  try {
    // SECURITY: without both of these the file is ChaCha20's, which only this engine reads, not SQLCipher 4's.
    database.pragma("cipher='sqlcipher'");
    database.pragma("legacy=4");
    useKey(key, (literal) => database.key(literal));
    // SECURITY: at once: temp tables, large sorts and statement journals go to temp files as plain text otherwise.
    database.pragma("temp_store=MEMORY");
    // SECURITY: the first read fails on a wrong key, before anything can be written.
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    // SECURITY: pages are decrypted in SQLite's own memory, never mapped.
    database.pragma("mmap_size=0");
    if (options.readonly === true) {
      database.pragma("query_only=ON");
    } else {
      database.pragma("journal_mode=WAL");
      // SECURITY: what is deleted is overwritten, so that salvage never brings it back.
      database.pragma("secure_delete=ON");
    }
    // Always said: this engine's WAL default is NORMAL, which can lose the last commits in a power cut.
    database.pragma(`synchronous=${options.synchronous}`);
    database.pragma(`cache_size=-${options.cacheKib}`);
    database.pragma("foreign_keys=OFF");
    database.pragma("trusted_schema=OFF");
    database.unsafeMode(false);
  } catch (error) {
    database.close();
    throw explain(error, file, key);
  }
  return connection(database, options.timing);
}

function refuseUnfit(file: string, create: boolean): void {
  const head = fileHead(file);
  // SECURITY: opened without a key this engine silently writes plain text; such a file is never used.
  if (head === "plain") throw new StoreError("plain-file", "the file has no encryption");
  if (head === "sealed") return;
  if (!create) throw new StoreError("missing", "there is no such file");
  // SECURITY: mode 0600 from the first moment; SQLite gives the WAL and its index the same.
  if (head === "missing") closeSync(openSync(file, "wx", 0o600));
}

/**
 * Gives the engine a raw key as it wants it, with the salt for a file that has none yet, and zeroes what was made for that.
 * A file that is there keeps its salt.
 */
export function useKey(key: Uint8Array, use: (literal: Buffer) => void): void {
  // Built byte by byte: a hex string could not be zeroed.
  const salt = saltOf(key);
  const literal = Buffer.alloc(3 + 2 * (key.length + salt.length));
  literal.write("x'", "latin1");
  const write = (bytes: Uint8Array, from: number): void =>
    bytes.forEach((byte, index) => {
      literal[from + 2 * index] = hexDigit(byte >> 4);
      literal[from + 1 + 2 * index] = hexDigit(byte & 15);
    });
  write(key, 2);
  write(salt, 2 + 2 * key.length);
  literal[literal.length - 1] = 0x27;
  try {
    use(literal);
  } finally {
    literal.fill(0);
  }
}

function hexDigit(nibble: number): number {
  return nibble < 10 ? 0x30 + nibble : 0x57 + nibble;
}

/** SQLite says "not a database" both for a wrong key and for a damaged first page; the other pages tell which. */
function explain(error: unknown, file: string, key: Uint8Array): StoreError {
  if (codeOf(error) !== "SQLITE_NOTADB") return asStoreError(error, "open");
  return cipherFor(readFileSync(file), key) === null
    ? new StoreError("wrong-key", "the key does not open the file", { cause: error })
    : new StoreError("damaged", "the first page could not be read", { cause: error });
}
