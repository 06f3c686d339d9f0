import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type TestContext } from "vitest";
import { openChart } from "./chart.ts";
import { chartWriter } from "./chart-writer.ts";
import { openJournal } from "./journal.ts";
import { journalActs } from "./journal-acts.ts";
import { openEncrypted } from "./open.ts";
import { salvageJournal } from "./salvage-journal.ts";
import { act, batch, chain, countingCard, KEY, resource, withFolder } from "./testing.ts";

const MOUNT = "mount";
const UNMOUNT = "umount";

/** A real disk of one or two megabytes where we may mount one; the page limit below is tested everywhere. */
function withSmallDisk(context: TestContext, kib: number, work: (disk: string) => void): void {
  withFolder((folder) => {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    const size = `size=${kib}k`;
    if (spawnSync(MOUNT, ["-t", "tmpfs", "-o", size, "tmpfs", disk]).status !== 0)
      context.skip("only root may mount a small disk");
    try {
      work(disk);
    } finally {
      spawnSync(UNMOUNT, ["--lazy", disk]);
    }
  });
}

/** Calls until it is refused; answers how often it succeeded and with what code it was refused. */
function untilRefused(work: (each: number) => void): { done: number; code: string } {
  for (let each = 0; each < 5_000; each++) {
    try {
      work(each);
    } catch (error) {
      return { done: each, code: String((error as { code?: string }).code) };
    }
  }
  return { done: 5_000, code: "never refused" };
}

const long = (each: number) => ({
  ...act(`act-${each}`),
  body: randomBytes(1_500).toString("hex"),
});

test("when the journal may not grow, a call is refused whole and everything before it is there", () => {
  withFolder((folder) => {
    const file = join(folder, "journal.db");
    openJournal({ file, key: KEY, chain, create: true }).close();
    const db = openEncrypted({ file, key: KEY, synchronous: "FULL", cacheKib: 1_000 });
    db.pragma("max_page_count=120");
    const acts = journalActs(db, () => {});
    const { done, code } = untilRefused((each) => acts.putAct(long(each), []));
    expect(code).toBe("disk-full");
    expect(acts.acts({ acknowledged: false })).toHaveLength(done);
    // It goes on as soon as there is room.
    db.pragma("max_page_count=1000");
    expect(acts.putAct(long(done), []).inserted).toBe(true);
    db.close();
  });
});

test("when the chart may not grow, a batch is refused whole and can be written again later", () => {
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    openChart({ file, key: KEY, card: countingCard, create: true }).close();
    const db = openEncrypted({ file, key: KEY, synchronous: "NORMAL", cacheKib: 1_000 });
    const chart = chartWriter(db, countingCard, () => 0);
    db.pragma("max_page_count=120");
    const next = (each: number) =>
      batch({
        upserts: ["p1", "p2"].map((patient) => ({
          patient,
          resource: resource("Flag", `f${each}`, "1", { note: randomBytes(1_500).toString("hex") }),
        })),
      });
    const { done, code } = untilRefused((each) => chart.write(next(each)));
    expect(code).toBe("disk-full");
    expect(chart.count().resources).toBe(2 * done);
    expect(chart.verify().damaged).toBe(0);
    db.pragma("max_page_count=1000");
    expect(chart.write(next(done)).changed).toBe(2);
    chart.close();
  });
});

test("on a disk that is really full nothing acknowledged is lost, and freeing room is enough to go on", (context) => {
  // Only root may mount; elsewhere the two tests above stand for this one.
  withSmallDisk(context, 2_048, (disk) => {
    const file = join(disk, "journal.db");
    const journal = openJournal({ file, key: KEY, chain, create: true });
    const { done, code } = untilRefused((each) => void journal.putAct(long(each), ["{}"]));
    expect(code).toBe("disk-full");
    expect(done).toBeGreaterThan(20);
    expect(journal.acts({ acknowledged: false })).toHaveLength(done);
    expect(journal.auditSize()).toBe(done);
    journal.close();
    const again = openJournal({ file, key: KEY, chain });
    expect(again.acts({ acknowledged: false })).toHaveLength(done);
    again.close();
    // A salvage that finds no room leaves the file as it is.
    const filler = join(disk, "filler");
    untilRefused(() => writeFileSync(filler, randomBytes(4_096), { flag: "a" }));
    expect(untilRefused(() => void salvageJournal({ file, key: KEY })).code).toBe("disk-full");
    expect(existsSync(`${file}.salvaging`)).toBe(false);
    rmSync(filler);
    const last = openJournal({ file, key: KEY, chain });
    expect(last.acts({ acknowledged: false })).toHaveLength(done);
    last.close();
  });
});
