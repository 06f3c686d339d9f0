import { expect, test } from "vitest";
import { StoreError, type DraftRow } from "../store/index.ts";
import { createDrafts } from "./drafts.ts";
import { createKeptDrafts } from "./kept-drafts.ts";

/** `full`: nothing is taken, as on a full disk. */
function memoryDrafts() {
  const rows = new Map<string, DraftRow>();
  const key = (c: string, p: string, k: string) => `${c}|${p}|${k}`;
  return {
    full: false,
    rows,
    async putDraft(row: DraftRow) {
      if (this.full) throw new StoreError("disk-full", "no room");
      rows.set(key(row.clinician, row.patient, row.kind), row);
    },
    async draft(c: string, p: string, k: string) {
      return rows.get(key(c, p, k)) ?? null;
    },
    async deleteDraft(c: string, p: string, k: string) {
      rows.delete(key(c, p, k));
    },
  };
}
let waiting: (() => void)[] = [];
const keeper = () =>
  createKeptDrafts({
    after(_milliseconds, call) {
      waiting.push(call);
      return () => void (waiting = waiting.filter((one) => one !== call));
    },
    onProblem: () => undefined,
  });
/** The time of the next try has come. */
async function later(): Promise<void> {
  for (const call of waiting.splice(0)) call();
  await new Promise((resolve) => setImmediate(resolve));
}
let clock = 1;
const draftsOn = (journal: ReturnType<typeof memoryDrafts>, kept = keeper()) =>
  createDrafts({
    journal: kept.over(journal),
    key: new Uint8Array(32).fill(7),
    now: () => clock,
    debounceMs: 60_000,
    onProblem: () => undefined,
  });
const mine = { clinician: "nurse-1", patient: "pat-1", kind: "vitals" };

test("a draft is in memory at each change and on disk after the flush of a lock, sealed", async () => {
  const journal = memoryDrafts();
  const drafts = draftsOn(journal);
  drafts.put(mine, "pulse 8");
  drafts.put(mine, "pulse 88 CANARY");
  expect(await drafts.get(mine)).toEqual({ text: "pulse 88 CANARY", at: 1 });
  expect(journal.rows.size).toBe(0);
  await drafts.flush();
  drafts.close();
  const [row] = journal.rows.values();
  expect(Buffer.from(row?.sealed ?? []).toString("latin1")).not.toContain("CANARY");
  const anew = draftsOn(journal);
  expect(await anew.get(mine)).toEqual({ text: "pulse 88 CANARY", at: 1 });
  anew.close();
});

test("a draft moved to another clinician's name does not open for him", async () => {
  const journal = memoryDrafts();
  const drafts = draftsOn(journal);
  drafts.put(mine, "secret");
  await drafts.flush();
  const [row] = journal.rows.values();
  if (row) journal.rows.set("nurse-2|pat-1|vitals", { ...row, clinician: "nurse-2" });
  expect(await drafts.get({ ...mine, clinician: "nurse-2" })).toBeNull();
  drafts.close();
});

test("a draft thrown away is gone, also when its write was under way", async () => {
  const journal = memoryDrafts();
  const drafts = draftsOn(journal);
  drafts.put(mine, "x");
  const flushing = drafts.flush();
  await drafts.discard(mine);
  await flushing;
  expect(await drafts.get(mine)).toBeNull();
  expect(journal.rows.size).toBe(0);
  drafts.close();
});

test("what a lock could not write is there at the next sign-in all the same, and on disk as soon as it takes it", async () => {
  const [journal, kept] = [memoryDrafts(), keeper()];
  const drafts = draftsOn(journal, kept);
  drafts.put(mine, "pulse 88 CANARY");
  journal.full = true;
  await expect(drafts.flush()).rejects.toMatchObject({ code: "disk-full" });
  drafts.close();
  const again = draftsOn(journal, kept);
  expect((await again.get(mine))?.text).toBe("pulse 88 CANARY");
  await later();
  expect(journal.rows.size).toBe(0);
  journal.full = false;
  await later();
  const [row] = journal.rows.values();
  expect(Buffer.from(row?.sealed ?? []).toString("latin1")).not.toContain("CANARY");
  expect((await again.get(mine))?.text).toBe("pulse 88 CANARY");
  // And is tried no more.
  expect(waiting).toEqual([]);
});

test("what one journal could not write goes to the next, unless something newer is there or it was thrown away", async () => {
  for (const [then, text] of [
    ["nothing", "old"],
    ["typed on", "new"],
    ["thrown away", null],
  ] as const) {
    const [broken, journal, kept] = [memoryDrafts(), memoryDrafts(), keeper()];
    const drafts = draftsOn(broken, kept);
    drafts.put(mine, "old");
    broken.full = true;
    await drafts.flush().catch(() => undefined);
    drafts.close();
    journal.full = true;
    const again = draftsOn(journal, kept);
    await later();
    journal.full = false;
    // A clock that was put back makes nothing older.
    clock -= 1;
    if (then === "typed on") {
      again.put(mine, "new");
      await again.flush();
    }
    if (then === "thrown away") await again.discard(mine);
    await later();
    expect((await again.get(mine))?.text ?? null).toBe(text);
    again.close();
    const anew = draftsOn(journal);
    expect((await anew.get(mine))?.text ?? null).toBe(text);
    anew.close();
    expect(broken.rows.size).toBe(0);
    kept.stop();
  }
});
