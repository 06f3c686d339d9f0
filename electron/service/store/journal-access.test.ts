import { mkdtempSync, rmSync } from "node:fs";
import { randomBytes, randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJournal } from "./index.ts";
import type { Journal } from "./types.ts";

let folder = "";
let journal: Journal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amanah-access-"));
  journal = openJournal({
    file: join(folder, "journal.db"),
    key: randomBytes(32),
    create: true,
    chain: (previous, seq, body) => `${previous}${seq}${body}`.slice(-64),
  });
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a changed PIN is replaced by a later one of the same keys, never by an earlier one; new keys begin anew", () => {
  const change = (number: number, box = "a") =>
    journal.putPinChange({ clinician: "salma", box, number, jws: `${box}${number}`, sent: false }, [
      "{}",
    ]);
  expect(change(2)).toBe(true);
  expect(change(1)).toBe(false);
  expect(change(2)).toBe(false);
  expect(change(3)).toBe(true);
  expect(change(1, "b")).toBe(true);
  expect(journal.pinChanges().map(({ jws }) => jws)).toEqual(["b1"]);
  // What was refused leaves no entry.
  expect(journal.auditSize()).toBe(3);
});

test("counts of wrong PINs only ever rise to what the keychain remembers", () => {
  journal.countPinFailure("salma", 1_000);
  journal.raisePinFailures([
    { clinician: "salma", count: 5, lastAt: 500 },
    { clinician: "grace", count: 2, lastAt: 700 },
  ]);
  journal.raisePinFailures([{ clinician: "salma", count: 3, lastAt: 2_000 }]);
  expect(journal.allPinFailures()).toEqual([
    { clinician: "grace", count: 2, lastAt: 700 },
    { clinician: "salma", count: 5, lastAt: 2_000 },
  ]);
});

test("an envelope is used once at a PC, and an access is reviewed once", () => {
  expect(journal.useEnvelope("e1", 1, ["{}"])).toBe(true);
  expect(journal.useEnvelope("e1", 2, ["{}"])).toBe(false);
  expect(journal.usedEnvelopes()).toEqual(["e1"]);
  const id = randomUUID();
  journal.putAccess(
    {
      id,
      kind: "override",
      at: 5,
      until: null,
      clinician: "layla",
      name: null,
      by: null,
      patient: "p1",
      reason: "called to help",
      workstation: "pc",
      reviewedBy: null,
      reviewedAt: null,
      reported: false,
    },
    ["{}"],
  );
  expect(journal.reviewAccess(id, "omar", 9, ["{}"])).toBe(true);
  expect(journal.reviewAccess(id, "grace", 10, ["{}"])).toBe(false);
  expect(journal.accesses()).toMatchObject([{ id, reviewedBy: "omar", reviewedAt: 9 }]);
});
