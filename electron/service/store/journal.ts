import { closedOnFailure } from "./chart.ts";
import type { Connection, Timing } from "./connection.ts";
import { StoreError } from "./errors.ts";
import { generationBefore, guardGeneration, type Generation } from "./generation.ts";
import { journalAccess } from "./journal-access.ts";
import { readActs, type ActReads } from "./journal-act-rows.ts";
import { journalActs } from "./journal-acts.ts";
import { journalAudit } from "./journal-audit.ts";
import { journalInbox } from "./journal-inbox.ts";
import { journalLedger } from "./journal-ledger.ts";
import { journalPeople } from "./journal-people.ts";
import { journalSealed } from "./journal-sealed.ts";
import { JOURNAL_FORMAT, migrate, requireFormat } from "./migrate.ts";
import { openEncrypted } from "./open.ts";
import type { Journal } from "./types.ts";
import type { ChainLink } from "./rows.ts";

interface JournalOptions {
  readonly file: string;
  /** The device key: 32 bytes, borrowed; the caller zeroes it. */
  readonly key: Uint8Array;
  readonly timing?: Timing;
}

/**
 * Opens journal.db. Several threads may hold it open; each call is one transaction, on disk when it returns. `check`: every
 * page is read first, because damage shows only where it is read, and a page of unsent acts may be read by nobody for weeks.
 * @throws StoreError `missing` (without `create`), `wrong-key`, `plain-file`, `damaged`, `newer-format`, `disk-full`
 */
export function openJournal(
  options: JournalOptions & {
    readonly chain: ChainLink;
    readonly create?: boolean;
    readonly check?: boolean;
  },
): Journal & Generation {
  const before = generationBefore(options.file, options.key);
  const db = journalConnection(options);
  return closedOnFailure(db, () => {
    if (options.check === true && !isWhole(db))
      throw new StoreError("damaged", "a page is damaged");
    migrate(db, JOURNAL_FORMAT);
    const guarded = guardGeneration(db, before);
    const audit = journalAudit(db, options.chain);
    return {
      ...journalPeople(db, audit.append),
      ...guarded,
      ...journalAccess(db, audit.append),
      ...journalInbox(db, audit.append),
      ...journalActs(db, audit.append),
      ...journalSealed(db),
      ...journalLedger(db),
      ...audit.calls,
      isSound() {
        try {
          return isWhole(db);
        } catch (error) {
          if (error instanceof StoreError && error.code === "damaged") return false;
          throw error;
        }
      },
      close: () => db.close(),
    };
  });
}

/** Trap: `cipher_integrity_check` is a no-op in this engine. The quick form leaves out what compares indexes with tables. */
function isWhole(db: Connection): boolean {
  const forget = (): unknown => db.pragma("shrink_memory");
  // What is still in memory says nothing about the disk.
  forget();
  const isOk = db.pragma("quick_check(1)") === "ok";
  // Nor are all of them wanted there afterwards.
  forget();
  return isOk;
}

/** CLINICAL: `synchronous=FULL`: what a nurse was told is saved outlives a power cut. */
export function journalConnection(
  options: JournalOptions & { readonly create?: boolean },
): Connection {
  return openEncrypted({ ...options, synchronous: "FULL", cacheKib: 2_000 });
}

/** Opens journal.db read-only, for the overlay of unsent acts over the chart. Errors as {@link openJournal}. */
export function openActReader(options: JournalOptions): ActReads & { close(): void } {
  const db = openEncrypted({ ...options, readonly: true, synchronous: "FULL", cacheKib: 2_000 });
  return closedOnFailure(db, () => {
    requireFormat(db, JOURNAL_FORMAT);
    return { ...readActs(db), close: () => db.close() };
  });
}

/** Opens journal.db read-only, for a check of its audit trail by somebody else than the service. Errors as {@link openJournal}. */
export function openTrailReader(options: JournalOptions & { readonly chain: ChainLink }): Omit<
  ReturnType<typeof journalAudit>["calls"],
  "appendAudit" | "putAuditHead"
> & {
  close(): void;
} {
  const db = openEncrypted({ ...options, readonly: true, synchronous: "FULL", cacheKib: 2_000 });
  return closedOnFailure(db, () => {
    requireFormat(db, JOURNAL_FORMAT);
    return { ...journalAudit(db, options.chain).calls, close: () => db.close() };
  });
}
