import type { StoreErrorCode } from "./types.ts";

/** What every store call throws; `code` survives the thread boundary. Messages never hold a value from a row. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreError";
    this.code = code;
  }
}

/** The error code of SQLite or of the operating system, or an empty string. */
export function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

/** Any error as a {@link StoreError}: what SQLite says in codes, in the store's words. */
export function asStoreError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const told = `${doing}: ${code === "" ? "failed" : code}`;
  // The size of the WAL's index is what fails first on some full disks.
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT|SQLITE_IOERR_SHMSIZE)$/u.test(code))
    return new StoreError("disk-full", told, { cause: error });
  if (
    /^SQLITE_(CORRUPT|NOTADB)/u.test(code) ||
    /^SQLITE_IOERR_(SHORT_READ|READ|CORRUPTFS|DATA)$/u.test(code)
  )
    return new StoreError("damaged", told, { cause: error });
  if (error instanceof SyntaxError) return new StoreError("damaged", `${doing}: not JSON`);
  return new StoreError("other", told, { cause: error });
}
