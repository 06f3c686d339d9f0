import { readOldInbox, ROTATION_META, type PurposeKeys } from "../vault/index.ts";
import { numberOf, type Connection } from "./connection.ts";
import { closedOnFailure } from "./chart.ts";
import { StoreError } from "./errors.ts";
import { guardGeneration } from "./generation.ts";
import { journalAudit } from "./journal-audit.ts";
import { journalConnection } from "./journal.ts";
import { copyUnderKey, type Step } from "./rekey.ts";
import { createPageReseal, resealRows, type Resealed } from "./rekey-sealed.ts";
import type { ChainLink, SlotRow } from "./rows.ts";

export interface VaultRekey {
  readonly journalFile: string;
  /** The device key; all keys are borrowed. */
  readonly journalKey: Uint8Array;
  /** Null when there is no chart yet. */
  readonly chartFrom: string | null;
  readonly chartTo: string;
  readonly from: PurposeKeys;
  readonly to: PurposeKeys;
  readonly slots: readonly SlotRow[];
  readonly meta: Readonly<Record<string, string>>;
  readonly audit: readonly string[];
}

/** Sealed anew in one go; more would not fit into memory, and waits until it has been applied. */
const MOST_BYTES = 256 * 1024 * 1024;
/** How often pages that arrived meanwhile are sealed before giving up until the next time. */
const MOST_ROUNDS = 200;

/**
 * Moves all that the vault key closes under the next one. Nobody else may have the chart open; the journal may be written
 * meanwhile. One transaction of the journal is the moment of change: before it all is as it was, with it all is new.
 * @throws StoreError: nothing was changed; a copy of the chart may lie beside it
 */
export async function rekeyVault(
  input: VaultRekey,
  room: { readonly chain: ChainLink; readonly now: () => number; readonly step: Step },
): Promise<Resealed> {
  const { from, to } = input;
  if (input.chartFrom !== null)
    copyUnderKey({
      from: input.chartFrom,
      to: input.chartTo,
      oldKey: from.chart,
      newKey: to.chart,
      step: (name) => room.step(`chart-${name}`),
    });
  const db = journalConnection({ file: input.journalFile, key: input.journalKey });
  const pages = createPageReseal(from.inbox, to, room.now);
  try {
    guardGeneration(db, 0);
    if (inboxBytes(db) > MOST_BYTES)
      throw new StoreError("other", "too many pages wait to be applied; the keys stay for now");
    const audit = journalAudit(db, room.chain);
    for (let round = 0; round < MOST_ROUNDS; round++) {
      await pages.more(db);
      if (round === 0) room.step("pages-sealed");
      const done = db.write(() => {
        // A page that arrived after the last look is sealed to the old key.
        if (pages.unseen(db) > 0) return null;
        const sealed = [pages.write(db), resealRows(db, from, to)];
        db.exec("DELETE FROM slots");
        for (const { clinician, epoch, sealed: slot } of input.slots)
          db.sql("INSERT INTO slots VALUES (?, ?, ?)").run(clinician, epoch, slot);
        for (const [name, value] of Object.entries(input.meta))
          db.sql("INSERT OR REPLACE INTO meta VALUES (?, ?)").run(name, value);
        audit.append(input.audit);
        room.step("before-commit");
        return total(sealed);
      });
      if (done === null) continue;
      room.step("committed");
      return done;
    }
    throw new StoreError("other", "pages arrive too fast; the keys stay for now");
  } finally {
    pages.close();
    db.close();
  }
}

/**
 * Pages that were on their way while the keys changed are sealed to the key before: they get today's. With `last` that key
 * is forgotten: when nothing that started before the change can still be on its way.
 */
export async function resealStragglers(
  input: {
    readonly journalFile: string;
    readonly journalKey: Uint8Array;
    readonly keys: PurposeKeys;
    readonly last: boolean;
  },
  now: () => number,
): Promise<number> {
  const db = journalConnection({ file: input.journalFile, key: input.journalKey });
  return await (async () => {
    const old = closedOnFailure(db, () => {
      guardGeneration(db, 0);
      const row = db.sql("SELECT value FROM meta WHERE name = ?").get(ROTATION_META.oldInbox);
      const meta = row === undefined ? {} : { [ROTATION_META.oldInbox]: String(row["value"]) };
      return readOldInbox(meta, input.keys);
    });
    if (old === null) return 0;
    const pages = createPageReseal(old, input.keys, now);
    await pages.more(db);
    return db.write(() => {
      const { rows } = pages.write(db);
      if (input.last && pages.unseen(db) === 0)
        db.sql("DELETE FROM meta WHERE name = ?").run(ROTATION_META.oldInbox);
      pages.close();
      old.fill(0);
      return rows;
    });
  })().finally(() => db.close());
}

function inboxBytes(db: Connection): number {
  const row = db.sql("SELECT coalesce(sum(length(sealed)), 0) AS bytes FROM inbox").get();
  return row === undefined ? 0 : numberOf(row, "bytes");
}

function total(all: readonly Resealed[]): Resealed {
  return {
    rows: all.reduce((sum, { rows }) => sum + rows, 0),
    unopened: all.reduce((sum, { unopened }) => sum + unopened, 0),
  };
}
