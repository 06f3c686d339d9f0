import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJournal, type Journal } from "../store/index.ts";
import { readAccesses, type AccessQuery, type TrailAccess } from "./accesses.ts";
import { link } from "./chain.ts";
import { auditBody, type AuditNote } from "./events.ts";

let folder = "";
let journal: Journal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amanah-accesses-"));
  const file = join(folder, "journal.db");
  journal = openJournal({ file, key: randomBytes(32), create: true, chain: link });
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = "2026-11-20T10:00:00.000Z";
function written(notes: readonly AuditNote[]): void {
  journal.appendAudit(
    notes.map(({ kind, clinician = null, ...note }) =>
      auditBody({
        at,
        kind,
        clinician,
        workstation: "pc-1",
        ...(note.patient !== undefined && { patient: note.patient }),
        ...(note.patients !== undefined && { patients: [...note.patients] }),
        detail: { ...note.detail },
      }),
    ),
  );
}
async function all(query: Omit<AccessQuery, "before">): Promise<TrailAccess[]> {
  const reading = {
    auditBack: async (...asked: Parameters<Journal["auditBack"]>) => journal.auditBack(...asked),
  };
  const found: TrailAccess[] = [];
  let before: number | null = null;
  do {
    const page = await readAccesses(reading, { ...query, before });
    expect(page.entries.length).toBeLessThanOrEqual(50);
    found.push(...page.entries);
    before = page.next;
  } while (before !== null);
  return found;
}

test("one patient's list has every access to him, newest first, over all pages, and nobody else's", async () => {
  written(
    Array.from({ length: 130 }, (_, one): AuditNote[] => [
      { kind: "patient-read", clinician: "salma", patient: "p1", detail: { right: "remit" } },
      { kind: "patient-read", clinician: "grace", patient: "p10", detail: { right: "override" } },
      { kind: "act-acknowledged", patient: "p1", detail: { act: `a${one}` } },
      { kind: "ward-read", clinician: "p1", patients: ["p2"], detail: { ward: "p1" } },
    ]).flat(),
  );
  const his = await all({ patient: "p1", boards: true });
  expect(his).toHaveLength(130);
  expect(his.map(({ seq }) => seq)).toEqual(his.map(({ seq }) => seq).toSorted((a, b) => b - a));
  expect(new Set(his.map(({ seq }) => seq)).size).toBe(130);
  expect(his.every(({ who, what }) => who === "salma" && what === "opened")).toBe(true);
  expect(await all({ patient: "p3", boards: true })).toEqual([]);
  expect(await all({ patient: null, boards: true })).toHaveLength(390);
});

test("boards are there when they are wanted; a burst names everybody who was in it, and its marks are read back", async () => {
  written([
    { kind: "service-start" },
    { kind: "ward-read", clinician: "salma", patients: ["p1", "p2"], detail: { ward: "w" } },
    {
      kind: "patient-read",
      clinician: "salma",
      patient: "p2",
      detail: { right: "remit", unusual: "many+restricted" },
    },
    {
      kind: "unusual-reading",
      clinician: "salma",
      patients: ["p1", "p2"],
      detail: { unusual: "many", patients: 2 },
    },
    { kind: "override", clinician: "salma", patient: "p2", detail: { access: "x" } },
  ]);
  const what = async (patient: string | null, boards: boolean) =>
    (await all({ patient, boards })).map((entry) => entry.what);
  expect(await what("p1", true)).toEqual(["unusual", "board"]);
  expect(await what("p2", false)).toEqual(["override", "unusual", "opened"]);
  expect(await what(null, true)).toEqual(["override", "unusual", "opened", "board"]);
  const [, , read] = await all({ patient: "p2", boards: false });
  expect(read?.unusual).toEqual(["many", "restricted"]);
});
