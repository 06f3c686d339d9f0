import { join } from "node:path";
import { expect, test } from "vitest";
import { journalConnection, openActReader, openJournal } from "./journal.ts";
import { act, chain, KEY, withFolder } from "./testing.ts";
import type { Journal } from "./types.ts";
import type { NewInboxPage } from "./rows.ts";

function withJournal(work: (journal: Journal, file: string) => void): void {
  withFolder((folder) => {
    const file = join(folder, "journal.db");
    const journal = openJournal({ file, key: KEY, chain, create: true });
    work(journal, file);
    journal.close();
  });
}

const page: NewInboxPage = {
  kind: "pull",
  type: "Observation",
  patient: null,
  last: true,
  asOf: "2026-11-23T08:00:00Z",
  resources: 3,
  sealed: new Uint8Array([1, 2, 3]),
};

test("an act that was charted twice by a retry is kept once", () => {
  withJournal((journal) => {
    expect(journal.putAct(act("a"), ["{}"])).toEqual({ seq: 1, inserted: true });
    expect(journal.putAct({ ...act("a"), body: "other" }, ["{}"])).toEqual({
      seq: 1,
      inserted: false,
    });
    expect(journal.acts({ acknowledged: true }).map(({ body }) => body)).toEqual([act("a").body]);
    expect(journal.auditSize()).toBe(1);
  });
});

test("the outbox is in the order of charting and holds what is not acknowledged", () => {
  withJournal((journal) => {
    for (const uuid of ["a", "b", "c"]) journal.putAct(act(uuid, uuid === "c" ? "p2" : "p1"), []);
    journal.setAct("b", { state: "sending" }, []);
    journal.setAct("b", { state: "acknowledged", acknowledgedAt: 5_000, stored: "{}" }, []);
    expect(journal.acts({ acknowledged: false }).map(({ uuid }) => uuid)).toEqual(["a", "c"]);
    expect(journal.acts({ acknowledged: true }).map(({ uuid }) => uuid)).toEqual(["a", "b", "c"]);
    expect(journal.acts({ acknowledged: true, patient: "p2" }).map(({ uuid }) => uuid)).toEqual([
      "c",
    ]);
    expect(journal.act("b")).toMatchObject({ attempts: 1, state: "acknowledged", stored: "{}" });
    expect(journal.act("nobody's")).toBeNull();
  });
});

test("each offer to the HIS is counted, and a reason stays until it is replaced", () => {
  withJournal((journal) => {
    journal.putAct(act("a"), []);
    journal.setAct("a", { state: "sending" }, []);
    journal.setAct("a", { state: "waiting", reason: "no answer", nextAttempt: 9_000 }, []);
    journal.setAct("a", { state: "sending", nextAttempt: null }, []);
    expect(journal.act("a")).toMatchObject({ attempts: 2, reason: "no answer", nextAttempt: null });
    journal.setAct("a", { state: "parked", reason: null }, []);
    expect(journal.act("a")).toMatchObject({ attempts: 2, reason: null });
    expect(journal.actCounts()).toEqual({ waiting: 0, parked: 1, oldest: 1_000 });
  });
});

test("only acknowledged acts are ever forgotten", () => {
  withJournal((journal) => {
    for (const uuid of ["waiting", "old", "recent"]) journal.putAct(act(uuid), []);
    journal.setAct("old", { state: "acknowledged", acknowledgedAt: 100 }, []);
    journal.setAct("recent", { state: "acknowledged", acknowledgedAt: 900 }, []);
    journal.forgetPatient("p1");
    expect(journal.forgetAcknowledged(500)).toBe(1);
    expect(journal.acts({ acknowledged: true }).map(({ uuid }) => uuid)).toEqual([
      "waiting",
      "recent",
    ]);
  });
});

test("an order is kept as what was signed for as long as its patient's record is here, and no longer", () => {
  withJournal((journal) => {
    journal.wantBackfill([{ patient: "p1", type: "MedicationRequest" }]);
    journal.putAct({ ...act("order"), kind: "order" }, []);
    journal.putAct(act("vitals"), []);
    for (const uuid of ["order", "vitals"])
      journal.setAct(uuid, { state: "acknowledged", acknowledgedAt: 100 }, []);
    expect(journal.forgetAcknowledged(500)).toBe(1);
    expect(journal.orderActs()).toEqual([{ uuid: "order", stored: null }]);
    journal.forgetPatient("p1");
    expect(journal.forgetAcknowledged(500)).toBe(1);
    expect(journal.orderActs()).toEqual([]);
  });
});

test("a page and the cursor it moves are kept together or not at all", () => {
  withJournal((journal) => {
    const cursor = {
      type: "Observation",
      cursor: "2026-11-23T08:00:00Z",
      lastPageAt: 1,
      problem: null,
    };
    expect(journal.receive({ page, cursor }).seq).toBe(1);
    const broken = {
      ...page,
      sealed: "not bytes at all" as unknown as Uint8Array,
      resources: {} as number,
    };
    expect(() => journal.receive({ page: broken, cursor: { ...cursor, cursor: "later" } })).toThrow(
      /INSERT INTO inbox/u,
    );
    expect(journal.cursors()).toEqual([cursor]);
    expect(journal.inbox(10)).toEqual([{ ...page, seq: 1 }]);
    expect(journal.inboxSize()).toEqual({ pages: 1, resources: 3 });
  });
});

test("as many pages are taken as carry so many resources, one at least, past those that cannot be used", () => {
  withJournal((journal) => {
    for (const resources of [3, 500, 400, 0, 200, 1])
      journal.receive({ page: { ...page, resources } });
    const seqs = (limit: number, resources: number, ...except: number[]) =>
      journal.inbox(limit, { resources, except: new Set(except) }).map(({ seq }) => seq);
    expect(seqs(10, 1000)).toEqual([1, 2, 3, 4]);
    expect(seqs(10, 1)).toEqual([1]);
    expect(seqs(10, 1000, 2)).toEqual([1, 3, 4, 5, 6]);
    expect(seqs(2, 1000, 1, 2)).toEqual([3, 4]);
    expect(seqs(10, 1000, 1, 2, 3, 4, 5, 6)).toEqual([]);
  });
});

test("applied pages leave the inbox in the step in which the ledger learns of them", () => {
  withJournal((journal) => {
    journal.receive({ page });
    journal.receive({ page: { ...page, kind: "backfill", patient: "p1" } });
    const sealed = new Uint8Array([9]);
    const of = { type: "AllergyIntolerance", patient: "p1" };
    journal.applied({
      seqs: [1],
      ledger: [{ ...of, number: null, placed: ["x"], sealed }],
      audit: ["{}"],
    });
    expect(journal.inbox(10).map(({ seq }) => seq)).toEqual([2]);
    expect(
      journal.ledger([
        { type: "AllergyIntolerance", id: "x" },
        { type: "Flag", id: "x" },
      ]),
    ).toEqual({
      pages: [{ ...of, number: 1, sealed }],
      places: [{ type: "AllergyIntolerance", id: "x", page: 1 }],
      rows: [],
    });
    journal.applied({ seqs: [2], ledger: [], audit: [] });
    expect(journal.receive({ page }).seq).toBe(3);
  });
});

test("a section wanted again starts from its first page", () => {
  withJournal((journal) => {
    journal.wantBackfill([
      { patient: "p1", type: "Flag" },
      { patient: "p1", type: "Condition" },
    ]);
    journal.receive({
      page: null,
      backfill: { patient: "p1", type: "Flag", state: "wanted", next: "page=2" },
    });
    journal.receive({
      page: null,
      backfill: { patient: "p1", type: "Condition", state: "received", next: null },
    });
    expect(journal.backfill().map(({ state, next }) => [state, next])).toEqual([
      ["wanted", "page=2"],
      ["received", null],
    ]);
    journal.wantBackfill([{ patient: "p1", type: "Flag" }]);
    expect(journal.backfill()[0]).toEqual({
      patient: "p1",
      type: "Flag",
      state: "wanted",
      next: null,
    });
  });
});

test("a problem with a type is kept before it was ever pulled, and cleared", () => {
  withJournal((journal) => {
    journal.setCursorProblem("Flag", "403");
    expect(journal.cursors()).toEqual([
      { type: "Flag", cursor: "", lastPageAt: null, problem: "403" },
    ]);
    journal.setCursorProblem("Flag", null);
    expect(journal.cursors()[0]?.problem).toBeNull();
  });
});

test("an older or repeated statement of the control key changes nothing", () => {
  withJournal((journal) => {
    const statement = { kind: "roster", subject: "n1", number: 5, jws: "five" };
    expect(journal.putStatement(statement, ["{}"])).toBe(true);
    expect(journal.putStatement(statement, [])).toBe(false);
    expect(journal.putStatement({ ...statement, number: 4, jws: "four" }, [])).toBe(false);
    expect(journal.putStatement({ ...statement, number: 6, jws: "six" }, [])).toBe(true);
    expect(journal.statements().map(({ jws }) => jws)).toEqual(["six"]);
  });
});

test("wrong PINs are counted across a restart of the app", () => {
  withJournal((journal, file) => {
    expect(journal.pinFailures("n1")).toEqual({ count: 0, lastAt: null });
    journal.countPinFailure("n1", 10);
    expect(journal.countPinFailure("n1", 20)).toEqual({ count: 2 });
    const again = openJournal({ file, key: KEY, chain });
    expect(again.pinFailures("n1")).toEqual({ count: 2, lastAt: 20 });
    again.clearPinFailures("n1");
    again.close();
    expect(journal.pinFailures("n1").count).toBe(0);
  });
});

test("slots, drafts and facts of this PC come back as they were given", () => {
  withJournal((journal) => {
    const sealed = new Uint8Array([0, 255, 7]);
    journal.putSlots([{ clinician: "n1", epoch: 1, sealed }], ["{}"]);
    expect(journal.slots()).toEqual([{ clinician: "n1", epoch: 1, sealed }]);
    journal.deleteSlot("n1", []);
    expect(journal.slots()).toEqual([]);
    const draft = { clinician: "n1", patient: "p1", kind: "note", at: 4, sealed };
    journal.putDraft({ ...draft, at: 3 });
    journal.putDraft(draft);
    expect(journal.draft("n1", "p1", "note")).toEqual(draft);
    expect(journal.draft("n2", "p1", "note")).toBeNull();
    journal.deleteDraft("n1", "p1", "note");
    expect(journal.draft("n1", "p1", "note")).toBeNull();
    journal.setMeta({ workstation: "w1" });
    expect(journal.meta()).toEqual({ generation: "0", workstation: "w1" });
  });
});

test("the audit trail is chained without a gap, also when two threads write it", () => {
  withJournal((first, file) => {
    const second = openJournal({ file, key: KEY, chain });
    first.appendAudit(["one"]);
    second.putAct(act("a"), ["two"]);
    first.appendAudit(["three", "four"]);
    second.close();
    let previous = "0".repeat(64);
    const rows = first.audit(1, 10);
    rows.forEach(({ seq, body, hash }, index) => {
      expect(seq).toBe(index + 1);
      expect(hash).toBe(chain(previous, seq, body));
      previous = hash;
    });
    expect(rows.map(({ body }) => body)).toEqual(["one", "two", "three", "four"]);
    expect(first.audit(3, 1).map(({ body }) => body)).toEqual(["three"]);
  });
});

test("a reader sees an act as soon as it is charted, and cannot write", () => {
  withJournal((journal, file) => {
    const reader = openActReader({ file, key: KEY });
    journal.putAct(act("a"), []);
    expect(reader.acts({ acknowledged: false, patient: "p1" }).map(({ uuid }) => uuid)).toEqual([
      "a",
    ]);
    expect(Object.keys(reader).toSorted()).toEqual([
      "acknowledgedActs",
      "act",
      "actCounts",
      "acts",
      "close",
      "newestActs",
      "orderActs",
      "settledActs",
      "unsentActs",
      "unsentByPatient",
    ]);
    reader.close();
  });
});

test("a call of the journal returns only when the disk has it", () => {
  withJournal((_, file) => {
    const db = journalConnection({ file, key: KEY });
    // 2 is FULL; this engine's default with a WAL is 1, which a power cut can cost the last commits.
    expect(db.pragma("synchronous")).toBe(2);
    db.close();
  });
});
