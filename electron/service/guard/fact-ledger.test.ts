import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJournal, type Journal } from "../store/index.ts";
import { factLedger, wholeLedger } from "./fact-ledger.ts";
import { firstSeen } from "./gate.ts";
import type { AcceptedFact } from "./fact.ts";
import { PENICILLIN } from "./testing.ts";

const DEVICE = new Uint8Array(32).fill(3);
const KEY = new Uint8Array(32).fill(7);
const chain = (): string => "0".repeat(64);

let folder: string;
let journal: Journal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amanah-ledger-"));
  const file = join(folder, "journal.db");
  journal = openJournal({ file, key: DEVICE, create: true, chain });
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

function allergy(patient: string, id: string, words: string): AcceptedFact {
  return firstSeen(patient, { ...PENICILLIN, id, note: [{ text: words }] });
}

const nameOf = ({ resource }: AcceptedFact) => `${resource.resourceType}/${resource.id}`;
const keysOf = (facts: readonly AcceptedFact[]) =>
  facts.map(({ resource: { resourceType: type, id } }) => ({ type, id }));

function write(facts: readonly AcceptedFact[]): void {
  journal.applied({ seqs: [], ledger: factLedger(journal, KEY).written(facts), audit: [] });
}

function read(facts: readonly AcceptedFact[]): AcceptedFact[] {
  const lost: string[] = [];
  const found = factLedger(journal, KEY).read(keysOf(facts), (_type, id) => lost.push(id));
  expect(lost).toEqual([]);
  return [...found.values()];
}

const byName = (facts: readonly AcceptedFact[]): AcceptedFact[] =>
  facts.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));

test("whatever was accepted, in whatever order and for whomever, the last version of each is what the ledger holds, once", () => {
  const fact = fc
    .record({
      patient: fc.constantFrom("p1", "p2"),
      id: fc.constantFrom("a1", "a2", "a3", "a4", "a5"),
      length: fc.constantFrom(1, 900, 9_000, 30_000),
      version: fc.nat(),
    })
    .map(({ patient, id, length, version }) =>
      allergy(patient, id, `${version} ${"x".repeat(length)}`),
    );
  fc.assert(
    fc.property(fc.array(fc.array(fact, { maxLength: 4 }), { maxLength: 8 }), (batches) => {
      for (const patient of ["p1", "p2"]) journal.forgetPatient(patient);
      const last = new Map<string, AcceptedFact>();
      for (const batch of batches) {
        // A batch has one last word on a fact.
        const one = new Map(batch.map((each) => [nameOf(each), each]));
        write([...one.values()]);
        for (const [name, each] of one) last.set(name, each);
      }
      const all = byName([...last.values()]);
      expect(byName(read(all))).toEqual(all);
      expect(byName([...wholeLedger(journal, KEY).facts])).toEqual(all);
    }),
    { numRuns: 40 },
  );
});

test("one more allergy of a patient whose ledger is small is written into the same page, and a page that is full stays as it is", () => {
  write(["a1", "a2", "a3"].map((id) => allergy("p1", id, "short")));
  write([allergy("p1", "a4", "x".repeat(30_000))]);
  expect(journal.wholeLedger().pages).toHaveLength(1);
  write([allergy("p1", "a5", "short")]);
  write([allergy("p1", "a1", "changed")]);
  expect(journal.wholeLedger().pages).toHaveLength(2);
});

test("a patient who left is forgotten with all of his pages, and nobody else is", () => {
  const stays = allergy("p2", "a2", "stays");
  write([allergy("p1", "a1", "goes"), stays]);
  journal.forgetPatient("p1");
  expect(journal.wholeLedger()).toMatchObject({ places: [{ id: "a2" }], rows: [] });
  expect(wholeLedger(journal, KEY).facts).toEqual([stays]);
});

test("what was his and became hers leaves the ledger with her, and no copy of it with him comes back", () => {
  const his = allergy("p1", "a2", "his");
  write([allergy("p1", "a1", "his"), his]);
  write([allergy("p2", "a1", "hers")]);
  journal.forgetPatient("p2");
  expect(wholeLedger(journal, KEY).facts).toEqual([his]);
});

test("a page of another patient in his page's place does not open, and what was in it is said to be unreadable", () => {
  write([allergy("p1", "a1", "his"), allergy("p2", "a2", "hers")]);
  const [his, hers] = journal.wholeLedger().pages;
  if (his === undefined || hers === undefined) throw new Error("no pages");
  journal.applied({
    seqs: [],
    ledger: [{ ...his, placed: [], sealed: hers.sealed }],
    audit: [],
  });
  const lost: string[] = [];
  const key = [{ type: "AllergyIntolerance", id: "a1" }];
  expect(factLedger(journal, KEY).read(key, (_type, id) => lost.push(id)).size).toBe(0);
  expect(lost).toEqual(["a1"]);
  expect(wholeLedger(journal, KEY).unreadable).toBe(1);
  // What is accepted next is in a page that opens.
  const next = allergy("p1", "a1", "next");
  write([next]);
  expect(read([next])).toEqual([next]);
});

test("an older page that was put beside the newer one brings no earlier version back", () => {
  write([allergy("p1", "a1", "older")]);
  const [old] = journal.wholeLedger().pages;
  if (old === undefined) throw new Error("no page");
  const newer = allergy("p1", "a1", "newer");
  write([newer]);
  journal.applied({ seqs: [], ledger: [{ ...old, number: null, placed: [] }], audit: [] });
  expect(wholeLedger(journal, KEY).facts).toEqual([newer]);
  expect(read([newer])).toEqual([newer]);
});
