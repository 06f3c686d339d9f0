import { copyFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { StoreError } from "./errors.ts";
import { openJournal } from "./journal.ts";
import { copyUnderKey } from "./rekey.ts";
import { salvageJournal } from "./salvage-journal.ts";
import { flip, PAGE, words } from "./test-salvage.ts";
import { act, chain, KEY, OTHER_KEY, withFolder } from "./testing.ts";

function makeJournal(file: string): void {
  const journal = openJournal({ file, key: KEY, chain, create: true });
  for (let each = 0; each < 60; each++) {
    journal.putAct({ ...act(`act-${each}`, `p${each % 5}`), body: words(`${each}`) }, [
      `{"entry":${each}}`,
    ]);
    journal.receive({
      page: {
        kind: "pull",
        type: "Flag",
        patient: null,
        last: true,
        asOf: "t",
        resources: 1,
        sealed: new Uint8Array(900).fill(each),
      },
      cursor: { type: "Flag", cursor: `c${each}`, lastPageAt: each, problem: null },
      backfill: { patient: `p${each}`, type: "Flag", state: "received", next: null },
    });
    journal.applied({
      seqs: [],
      ledger: [
        {
          number: null,
          type: "Flag",
          patient: `p${each}`,
          placed: [`f${each}`],
          sealed: new Uint8Array(700).fill(each),
        },
      ],
      audit: [],
    });
  }
  journal.close();
}

/** Why the service would not open this journal; null: it would. */
function whyNot(file: string): string | null {
  try {
    openJournal({ file, key: KEY, chain, check: true }).close();
    return null;
  } catch (error) {
    return error instanceof StoreError ? error.code : String(error);
  }
}

test("with any one page of the journal damaged, every unsent act that can be read is back, and the others are named", () => {
  withFolder((folder) => {
    const made = join(folder, "made.db");
    makeJournal(made);
    const pages = readFileSync(made).length / PAGE;
    const untold: string[] = [];
    for (let page = 0; page < pages; page++) {
      const file = join(folder, `journal-${page}.db`);
      copyFileSync(made, file);
      flip(file, page * PAGE + 1234);
      // Noticed as the service opens it, whatever would have read that page first.
      expect(whyNot(file), `page ${page + 1}`).toBe("damaged");
      const report = salvageJournal({ file, key: KEY });
      const journal = openJournal({ file, key: KEY, chain, check: true });
      const acts = journal.acts({ acknowledged: false });
      for (const each of acts) expect(each.body).toBe(words(each.uuid.slice(4)));
      expect(new Set(acts.map(({ uuid }) => uuid)).size).toBe(acts.length);
      expect(acts.length + report.lostActs.length, `page ${page + 1}`).toBe(60);
      // A leaf holds at most three of these acts.
      expect(acts.length, `page ${page + 1}`).toBeGreaterThanOrEqual(57);
      if (!report.incomplete.includes("audit") && journal.auditSize() < 60)
        untold.push(`page ${page + 1}: audit`);
      const { pages: sealed, places } = journal.wholeLedger();
      for (const one of sealed) expect(one).toMatchObject({ patient: `p${one.sealed[0]}` });
      for (const one of places) expect(one.id).toBe(`f${one.page - 1}`);
      if (!report.incomplete.includes("ledger_pages") && sealed.length < 60)
        untold.push(`page ${page + 1}: ledger`);
      if (!report.incomplete.includes("ledger_places") && places.length < 60)
        untold.push(`page ${page + 1}: places`);
      const puller = [
        journal.inboxSize().pages,
        journal.backfill().length,
        journal.cursors().length * 60,
      ];
      if (!report.fetchAgain && puller.some((rows) => rows < 60))
        untold.push(`page ${page + 1}: puller`);
      journal.putAct(act("after"), ["{}"]);
      journal.close();
    }
    expect(untold).toEqual([]);
  });
}, 60_000);

test("a damaged salt, on which every page depends, is found again", () => {
  withFolder((folder) => {
    const file = join(folder, "journal.db");
    makeJournal(file);
    flip(file, 7);
    expect(salvageJournal({ file, key: KEY }).kept["acts"]).toBe(60);
  });
});

test.each(["made", "encrypted anew"])(
  "with the beginning of a file gone, salt and all, the rest of it is salvaged: a file that was %s",
  (how) => {
    withFolder((folder) => {
      const isAnew = how !== "made";
      const [made, anew] = [join(folder, "journal.db"), join(folder, "anew.db")];
      makeJournal(made);
      if (isAnew)
        copyUnderKey({ from: made, to: anew, oldKey: KEY, newKey: OTHER_KEY, step: () => {} });
      const [file, key] = isAnew ? [anew, OTHER_KEY] : [made, KEY];
      const bytes = readFileSync(file);
      bytes.fill(0, 0, 4 * PAGE);
      writeFileSync(file, bytes);
      const report = salvageJournal({ file, key });
      expect(report.pages.damaged).toBe(4);
      expect(report.kept["acts"]).toBeGreaterThan(40);
      expect(() => salvageJournal({ file, key: new Uint8Array(32).fill(3) })).toThrow("key");
    });
  },
);

test("what was committed but is still in the WAL is salvaged too", () => {
  withFolder((folder) => {
    const file = join(folder, "journal.db");
    makeJournal(file);
    const journal = openJournal({ file, key: KEY, chain });
    journal.putAct(act("only-in-the-wal"), []);
    journal.setAct("act-3", { state: "acknowledged", acknowledgedAt: 5 }, []);
    const copy = join(folder, "copy.db");
    copyFileSync(file, copy);
    copyFileSync(`${file}-wal`, `${copy}-wal`);
    journal.close();
    flip(copy, 1234);
    salvageJournal({ file: copy, key: KEY });
    const again = openJournal({ file: copy, key: KEY, chain });
    expect(again.act("only-in-the-wal")?.state).toBe("waiting");
    expect(again.act("act-3")?.state).toBe("acknowledged");
    again.close();
  });
});

test("what was deleted does not come back, even when the first page is lost", () => {
  withFolder((folder) => {
    const file = join(folder, "journal.db");
    makeJournal(file);
    const journal = openJournal({ file, key: KEY, chain });
    for (let each = 0; each < 50; each++)
      journal.setAct(`act-${each}`, { state: "acknowledged", acknowledgedAt: 5 }, []);
    expect(journal.forgetAcknowledged(10)).toBe(50);
    journal.close();
    flip(file, 1234);
    const report = salvageJournal({ file, key: KEY });
    expect(report.guessed).toBe(true);
    const again = openJournal({ file, key: KEY, chain });
    expect(again.acts({ acknowledged: true })).toHaveLength(10);
    again.close();
  });
});

test("a salvage that is killed just before its last step ends at the next start", () => {
  withFolder((folder) => {
    const file = join(folder, "journal.db");
    makeJournal(file);
    copyFileSync(file, `${file}.salvaged`);
    renameSync(file, join(folder, "journal.damaged-1.db"));
    const journal = openJournal({ file, key: KEY, chain });
    expect(journal.actCounts().waiting).toBe(60);
    journal.close();
    expect(readdirSync(folder).toSorted()).toEqual(["journal.damaged-1.db", "journal.db"]);
  });
});

test("damage of an open journal is told, also of pages that are still in its memory", () => {
  withFolder((folder) => {
    const file = join(folder, "journal.db");
    makeJournal(file);
    const journal = openJournal({ file, key: KEY, chain });
    expect(journal.acts({ acknowledged: false })).toHaveLength(60);
    expect(journal.isSound()).toBe(true);
    expect(journal.acts({ acknowledged: false })).toHaveLength(60);
    flip(file, 9 * PAGE + 1234);
    expect(journal.isSound()).toBe(false);
    journal.close();
  });
});
