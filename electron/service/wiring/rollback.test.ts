import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { link, type AuditNote } from "../audit/index.ts";
import { openChart, openJournal } from "../store/index.ts";
import { makeHospital, memoryKeychain, SITE, WORKSTATION } from "../testing/index.ts";
import { KeychainError, openEscrow } from "../vault/index.ts";
import { createRollback, type Rollback } from "./rollback.ts";

const KEY = new Uint8Array(32).fill(7);
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amanah-rollback-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string): string => join(folder, name);

/** Every call of an open file as the event loop sees it. */
function remote<T extends object>(target: T): never {
  return new Proxy(target, {
    get:
      (own, name) =>
      async (...values: readonly unknown[]) =>
        (own as Record<string | symbol, (...values: readonly unknown[]) => unknown>)[name]?.(
          ...values,
        ),
  }) as never;
}

interface Life {
  readonly guard: Rollback;
  readonly journal: ReturnType<typeof openJournal>;
  readonly chart: ReturnType<typeof openChart>;
  readonly told: AuditNote[];
  readonly timers: (() => void)[];
  fetchedAgain(): number;
  end(): Promise<void>;
}

/** One start with a sign-in; `escrow` as the service opens it. */
async function start(
  keychain: ReturnType<typeof memoryKeychain>,
  recoveryKey: string | null = null,
): Promise<Life> {
  const existed = { journal: existsSync(file("journal.db")), chart: existsSync(file("chart.db")) };
  const journal = openJournal({ file: file("journal.db"), key: KEY, chain: link, create: true });
  const told: AuditNote[] = [];
  let fetchedAgain = 0;
  const timers: (() => void)[] = [];
  const guard = createRollback({
    keychain,
    journal: remote(journal),
    escrowFile: file("unsent.escrow"),
    now: () => new Date("2026-11-23T10:00:00Z"),
    after: (_, call) => {
      timers.push(call);
      return () => {
        if (timers.includes(call)) timers.splice(timers.indexOf(call), 1);
      };
    },
    record: async (note) => void told.push(note),
    fetchAgain: async () => void fetchedAgain++,
    onFound: () => undefined,
    onProblem: (error) => {
      if (!(error instanceof KeychainError)) throw error;
    },
  });
  await guard.journalOpened(existed.journal);
  if (recoveryKey !== null) {
    const escrow = await openEscrow({
      file: file("unsent.escrow"),
      site: SITE,
      workstation: WORKSTATION,
      version: "test",
      recoveryKey,
    });
    await guard.escrowOpened(escrow);
    await escrow.close();
  }
  const chart = openChart({ file: file("chart.db"), key: KEY, card: () => ({}), create: true });
  await guard.chartOpened(remote(chart), existed.chart);
  return {
    guard,
    journal,
    chart,
    told,
    timers,
    fetchedAgain: () => fetchedAgain,
    async end() {
      await guard.chartClosing();
      chart.close();
      guard.advance();
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      guard.stop();
      journal.close();
    },
  };
}

function save(name: string): void {
  for (const one of readdirSync(folder).filter((each) => each.endsWith(".db")))
    cpSync(file(one), join(folder, "saved", name, one));
}

test("a PC that starts again and again finds nothing; its first start and an update from before the guard are no alarm", async () => {
  const keychain = memoryKeychain();
  for (let life = 0; life < 4; life++) {
    const here = await start(keychain);
    expect(here.told).toEqual([]);
    expect(here.guard.view()).toEqual({ checked: true, found: [] });
    expect(here.guard.notice()).toBeNull();
    expect(here.guard.journalIsTodays()).toBe(true);
    await here.end();
  }
  const updated = await start(memoryKeychain());
  expect(updated.told.map(({ detail }) => detail)).toEqual([
    { file: "journal.db", verdict: "not-known" },
    { file: "chart.db", verdict: "not-known" },
  ]);
  expect(updated.guard.notice()).toBeNull();
  expect(updated.guard.view().checked).toBe(false);
  await updated.end();
});

test("an older journal is used, and said: to everybody here, in the trail, with the escrow file kept aside for IT", async () => {
  const keychain = memoryKeychain();
  const { recovery } = await makeHospital();
  await (await start(keychain)).end();
  save("early");
  const day = await start(keychain);
  const escrow = await openEscrow({
    file: file("unsent.escrow"),
    site: SITE,
    workstation: WORKSTATION,
    version: "test",
    recoveryKey: recovery.publicKey,
  });
  for (const uuid of ["a", "b"]) {
    await escrow.append(uuid, Buffer.from("{}"));
    day.journal.putAct(
      { uuid, kind: "vitals", patient: "p", author: "n", at: "", queuedAt: 1, body: "{}" },
      [],
    );
  }
  await escrow.close();
  await day.end();

  cpSync(join(folder, "saved", "early", "journal.db"), file("journal.db"));
  const after = await start(keychain, recovery.publicKey);
  expect(after.guard.view().found).toEqual([
    "journal.db: older",
    "journal.db: 2 unsent acts are only in the escrow file",
  ]);
  expect(after.guard.notice()).toMatchObject({ kind: "rollback" });
  expect(after.guard.journalIsTodays()).toBe(false);
  expect(after.told.map(({ detail }) => detail?.["verdict"])).toEqual([
    "older",
    "acts-only-in-escrow",
  ]);
  expect(existsSync(file("unsent.escrow.before-rollback-1"))).toBe(true);
  await after.end();
  // The trail keeps it for ever; the next start does not cry again over the same file.
  const quiet = await start(keychain);
  expect(quiet.guard.view().found).toEqual([]);
  await quiet.end();
});

test("an older chart is fetched again whole, and the notice stands until it is", async () => {
  const keychain = memoryKeychain();
  await (await start(keychain)).end();
  save("early");
  await (await start(keychain)).end();
  cpSync(join(folder, "saved", "early", "chart.db"), file("chart.db"));
  const after = await start(keychain);
  expect(after.guard.view().found).toEqual(["chart.db: older"]);
  expect(after.fetchedAgain()).toBe(1);
  after.journal.wantBackfill([{ patient: "p", type: "Observation" }]);
  await after.end();
  const meanwhile = await start(keychain);
  expect(meanwhile.guard.notice()).toMatchObject({
    kind: "rollback",
    since: "2026-11-23T10:00:00.000Z",
  });
  meanwhile.journal.receive({
    page: null,
    backfill: { patient: "p", type: "Observation", state: "received", next: null },
  });
  await meanwhile.end();
  const whole = await start(keychain);
  expect(whole.guard.notice()).toBeNull();
  await whole.end();
});

test("both files put back are both found, and a chart that is gone is said to be gone", async () => {
  const keychain = memoryKeychain();
  await (await start(keychain)).end();
  save("early");
  await (await start(keychain)).end();
  for (const name of ["journal.db", "chart.db"])
    cpSync(join(folder, "saved", "early", name), file(name));
  const both = await start(keychain);
  expect(both.guard.view().found).toEqual(["journal.db: older", "chart.db: older"]);
  await both.end();
  rmSync(file("chart.db"));
  const gone = await start(keychain);
  expect(gone.guard.view().found).toEqual(["chart.db: removed"]);
  expect(gone.guard.notice()).toBeNull();
  await gone.end();
});

test("a keychain that does not answer hinders nobody, and the check is made up for when it does", async () => {
  let locked = false;
  const keychain = memoryKeychain(() => {
    if (locked) throw new KeychainError("keychain-locked");
  });
  await (await start(keychain)).end();
  save("early");
  await (await start(keychain)).end();
  cpSync(join(folder, "saved", "early", "journal.db"), file("journal.db"));
  locked = true;
  const here = await start(keychain);
  expect(here.guard.view()).toEqual({ checked: false, found: [] });
  locked = false;
  here.guard.charted();
  expect(here.timers).toHaveLength(1);
  here.guard.charted();
  expect(here.timers).toHaveLength(1);
  here.timers[0]?.();
  await expect.poll(() => here.guard.view().found).toEqual(["journal.db: older"]);
  await expect.poll(() => here.guard.view().checked).toBe(true);
  await here.end();
});

test("at a sign-in the chart's next generation waits until her board is there; of a chart the keychain does not know it does not", async () => {
  const keychain = memoryKeychain();
  const first = await start(keychain);
  expect(first.timers).toEqual([]);
  await first.end();

  const again = await start(keychain);
  const opened = again.chart.generation();
  const kept = keychain.held.get("generations");
  const [later] = again.timers;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(again.chart.generation()).toBe(opened);
  expect(keychain.held.get("generations")).toEqual(kept);
  later?.();
  await vi.waitFor(() => expect(again.chart.generation()).toBe(opened + 1));
  await again.end();

  // Locked before it came: the lock does it, and it is not done once more afterwards.
  const short = await start(keychain);
  expect(short.timers).toHaveLength(1);
  await short.end();
  expect(short.timers).toEqual([]);

  // Killed before it came: nothing looks older.
  const killed = await start(keychain);
  killed.chart.close();
  killed.journal.close();
  const last = await start(keychain);
  expect(last.told).toEqual([]);
  await last.end();
});
