import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  factLedger,
  firstSeen,
  wholeLedger,
  type AcceptedFact,
} from "../../electron/service/guard/index.ts";
import { MORPHINE, PENICILLIN } from "../../electron/service/guard/testing.ts";
import { openJournal } from "../../electron/service/store/index.ts";
import { JOURNAL_FORMAT, migrate } from "../../electron/service/store/migrate.ts";
import { openEncrypted } from "../../electron/service/store/open.ts";
import { ledgerBinding, sealRow } from "../../electron/service/vault/index.ts";

const DEVICE = new Uint8Array(32).fill(3);
const KEY = new Uint8Array(32).fill(7);

/** A journal as it was before the ledger had pages: a sealed row to each fact. */
function olderJournal(file: string, facts: readonly AcceptedFact[]): void {
  const older = openEncrypted({
    file,
    key: DEVICE,
    create: true,
    synchronous: "FULL",
    cacheKib: 2_000,
  });
  migrate(older, { ...JOURNAL_FORMAT, steps: JOURNAL_FORMAT.steps.slice(0, 4) });
  for (const fact of facts) {
    const { resourceType: type, id } = fact.resource;
    const plain = new TextEncoder().encode(JSON.stringify(fact));
    const sealed = sealRow(KEY, ledgerBinding(type, id, fact.patient), plain);
    older.sql("INSERT INTO ledger VALUES (?, ?, ?, ?)").run(type, id, fact.patient, sealed);
  }
  older.close();
}

const byName = (facts: Iterable<AcceptedFact>): AcceptedFact[] =>
  [...facts].toSorted((a, b) => (a.resource.id < b.resource.id ? -1 : 1));

test("a ledger of the older form is read as it is, and each of its facts goes into a page when it is next accepted", () => {
  const folder = mkdtempSync(join(tmpdir(), "amanah-older-ledger-"));
  const file = join(folder, "journal.db");
  const [penicillin, morphine] = [firstSeen("p1", PENICILLIN), firstSeen("p1", MORPHINE)];
  olderJournal(file, [penicillin, morphine]);
  const journal = openJournal({ file, key: DEVICE, chain: () => "0".repeat(64) });
  try {
    const read = (): AcceptedFact[] => {
      const keys = [PENICILLIN, MORPHINE].map(({ resourceType: type, id }) => ({ type, id }));
      const found = factLedger(journal, KEY).read(keys, (type) => {
        throw new Error(`the ledger's ${type} cannot be read`);
      });
      return byName(found.values());
    };
    expect(read()).toEqual([penicillin, morphine]);
    expect(byName(wholeLedger(journal, KEY).facts)).toEqual([penicillin, morphine]);
    const next = firstSeen("p1", { ...PENICILLIN, note: [{ text: "Seen again" }] });
    journal.applied({ seqs: [], ledger: factLedger(journal, KEY).written([next]), audit: [] });
    expect(journal.wholeLedger().rows).toMatchObject([{ id: MORPHINE.id }]);
    expect(read()).toEqual([next, morphine]);
    expect(byName(wholeLedger(journal, KEY).facts)).toEqual([next, morphine]);
  } finally {
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
