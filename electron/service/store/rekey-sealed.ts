import {
  createPageOpener,
  createPageSealer,
  draftBinding,
  INBOX_INFO,
  inboxBinding,
  ledgerBinding,
  ledgerPageBinding,
  openRow,
  SealBroken,
  sealingKeyOf,
  sealRow,
  type PurposeKeys,
  type SlotPlace,
  rewrapSlot,
} from "../vault/index.ts";
import { bytesOf, numberOf, textOf, textOrNull, type Connection, type Row } from "./connection.ts";

/** Rows that did not open with the old keys are left as they are: they are as broken as before, and never thrown away. */
export interface Resealed {
  readonly rows: number;
  readonly unopened: number;
}

/** Ledger and drafts under the new keys. Runs inside the caller's transaction. */
export function resealRows(db: Connection, from: PurposeKeys, to: PurposeKeys): Resealed {
  const ledger = (row: Row) =>
    ledgerBinding(textOf(row, "type"), textOf(row, "id"), textOf(row, "patient"));
  const pages = (row: Row) => ledgerPageBinding(textOf(row, "type"), textOf(row, "patient"));
  const drafts = (row: Row) =>
    draftBinding(textOf(row, "clinician"), textOf(row, "patient"), textOf(row, "kind"));
  const counts = [
    resealTable(db, "ledger", ledger, from.ledger, to.ledger),
    resealTable(db, "ledger_pages", pages, from.ledger, to.ledger),
    resealTable(db, "drafts", drafts, from.drafts, to.drafts),
  ];
  return {
    rows: counts.reduce((sum, { rows }) => sum + rows, 0),
    unopened: counts.reduce((sum, { unopened }) => sum + unopened, 0),
  };
}

const AT_ONCE = 200;

function resealTable(
  db: Connection,
  table: "ledger" | "ledger_pages" | "drafts",
  bindingOf: (row: Row) => Uint8Array,
  from: Uint8Array,
  to: Uint8Array,
): Resealed {
  let rows = 0;
  let unopened = 0;
  const some = `SELECT rowid AS place, * FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ${AT_ONCE}`;
  for (let place = -1; ;) {
    const batch = db.sql(some).all(place);
    for (const row of batch) {
      place = numberOf(row, "place");
      const aad = bindingOf(row);
      try {
        const plain = openRow(from, aad, bytesOf(row, "sealed"));
        db.sql(`UPDATE ${table} SET sealed = ? WHERE rowid = ?`).run(
          sealRow(to, aad, plain),
          place,
        );
        plain.fill(0);
        rows++;
      } catch (error) {
        if (!(error instanceof SealBroken)) throw error;
        unopened++;
      }
    }
    if (batch.length < AT_ONCE) return { rows, unopened };
  }
}

/** Every slot under the next device key. Runs inside the caller's transaction. */
export function rewrapSlots(db: Connection, from: SlotPlace, to: SlotPlace): Resealed {
  let unopened = 0;
  const rows = db.sql("SELECT * FROM slots").all();
  for (const row of rows) {
    const slot = {
      clinician: textOf(row, "clinician"),
      epoch: numberOf(row, "epoch"),
      sealed: bytesOf(row, "sealed"),
    };
    try {
      const { sealed } = rewrapSlot(slot, from, to);
      db.sql("UPDATE slots SET sealed = ? WHERE clinician = ?").run(sealed, slot.clinician);
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      unopened++;
    }
  }
  return { rows: rows.length - unopened, unopened };
}

/** Inbox pages sealed anew, kept in memory until they are written; new ones may arrive meanwhile. */
export interface PageReseal {
  /** Seals what is in the inbox and was not seen before; answers how many that were. */
  more(db: Connection): Promise<number>;
  /** How many pages are in the inbox that were not seen. */
  unseen(db: Connection): number;
  /** Writes them; inside the caller's transaction. */
  write(db: Connection): Resealed;
  close(): void;
}

/** Opens pages with the old inbox key and seals them to the new one. `from` is the old private key, borrowed. */
export function createPageReseal(from: Uint8Array, to: PurposeKeys, now: () => number): PageReseal {
  const opener = createPageOpener(from, INBOX_INFO);
  const sealer = createPageSealer(sealingKeyOf(to), INBOX_INFO, now);
  const seen = new Map<number, Uint8Array | null>();
  const unseenSeqs = (db: Connection): number[] =>
    db
      .sql("SELECT seq FROM inbox WHERE length(sealed) > 0 ORDER BY seq")
      .all()
      .map((row) => numberOf(row, "seq"))
      .filter((seq) => !seen.has(seq));
  return {
    async more(db) {
      const seqs = unseenSeqs(db);
      for (const seq of seqs) {
        const row = db.sql("SELECT * FROM inbox WHERE seq = ?").get(seq);
        // Applied or forgotten meanwhile.
        if (row === undefined) continue;
        const aad = inboxBinding(
          textOf(row, "kind"),
          textOf(row, "type"),
          textOrNull(row, "patient"),
        );
        try {
          const plain = await opener.open(aad, bytesOf(row, "sealed"));
          seen.set(seq, await sealer.seal(aad, plain));
          plain.fill(0);
        } catch (error) {
          if (!(error instanceof SealBroken)) throw error;
          seen.set(seq, null);
        }
      }
      return seqs.length;
    },
    unseen: (db) => unseenSeqs(db).length,
    write(db) {
      let rows = 0;
      let unopened = 0;
      for (const [seq, sealed] of seen) {
        if (sealed === null) unopened++;
        else rows += db.sql("UPDATE inbox SET sealed = ? WHERE seq = ?").run(sealed, seq).changes;
      }
      return { rows, unopened };
    },
    close: () => opener.close(),
  };
}
