import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { accessOf, createAudit, link } from "../audit/index.ts";
import { openJournal, type Journal } from "../store/index.ts";
import { createReadings } from "./readings.ts";

const HERS = { right: "remit", careTeam: [], restricted: false } as const;
const policy = () => ({ privacy: { manyPatients: 3, manyOutside: 2, withinMinutes: 10 } });

let folder: string;
let journal: Journal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amanah-readings-"));
  const file = join(folder, "journal.db");
  journal = openJournal({ file, key: new Uint8Array(32).fill(5), create: true, chain: link });
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The service started: what it remembers is what the trail holds. `minutes`: how far its clock is set wrong. */
function started(minutes = 0) {
  const audit = createAudit({
    journal: { appendAudit: async (bodies) => journal.appendAudit(bodies) },
    now: () => new Date(Date.now() + minutes * 60_000),
    workstation: "pc-1",
  });
  const auditBack = async (before: number | null, limit: number, containing: string | null) =>
    journal.auditBack(before, limit, containing);
  return createReadings({ here: () => ({ journal: { auditBack }, audit }), policy });
}

const session = (who: string) => ({ clinician: { clinician: who }, vault: {} });

/** What the trail says of these readings, oldest first. */
function marks(): (readonly [patient: string | undefined, unusual: readonly string[]])[] {
  return journal
    .auditBack(null, 100, null)
    .rows.toReversed()
    .flatMap((row) => accessOf(row) ?? [])
    .filter(({ what }) => what === "opened")
    .map(({ patients, unusual }) => [patients[0], unusual]);
}

test("whoever ends the program between two patients is counted on: the one too many is marked", async () => {
  const before = started();
  const hers = session("salma");
  for (const patient of ["p1", "p2", "p3"]) await before.patient(hers, patient, HERS);
  await before.patient(session("grace"), "p9", HERS);
  const after = started();
  await after.patient(session("salma"), "p3", HERS);
  await after.patient(session("grace"), "p8", HERS);
  await after.patient(session("salma"), "p4", HERS);
  expect(marks().slice(-3)).toEqual([
    ["p3", []],
    ["p8", []],
    ["p4", ["many"]],
  ]);
});

test("what was read before the time that counts is not counted on; a clock put back makes nobody's reading old", async () => {
  const long = started(-11);
  for (const patient of ["p1", "p2", "p3"]) await long.patient(session("salma"), patient, HERS);
  await started().patient(session("salma"), "p4", HERS);
  expect(marks().at(-1)).toEqual(["p4", []]);
  const ahead = started(600);
  for (const patient of ["p5", "p6"]) await ahead.patient(session("grace"), patient, HERS);
  await ahead.patient(session("grace"), "p7", HERS);
  await started().patient(session("grace"), "p8", HERS);
  expect(marks().at(-1)).toEqual(["p8", ["many"]]);
});
