import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build as bundle } from "vite";
import { ALLOCATOR } from "../../shared/allocator.ts";
import { startBenchHis } from "./session.his.ts";
import type { MemoryFound, MemoryWork } from "./sync-memory.service.ts";

/**
 * What the service's process holds while a fresh PC fetches its wards: the whole service from its bundle as it ships, with
 * somebody signed in, and the demo HIS in a process of its own. `--beds=40` or `--beds=1000` measures one ward only;
 * `--threads` says what each thread's heap holds.
 */
export async function benchSyncMemory(args: readonly string[]): Promise<Record<string, number>> {
  const { values } = parseArgs({
    args: [...args],
    options: { beds: { type: "string" }, threads: { type: "boolean", default: false } },
    strict: false,
  });
  const file = await buildService();
  const figures: Record<string, number> = {};
  for (const beds of [40, 1000]) {
    if (values["beds"] !== undefined && values["beds"] !== String(beds)) continue;
    const name = beds === 1000 ? "sync.serviceRss" : `sync.serviceRss${beds}`;
    const found = await onFreshPc(file, beds, values["threads"] === true);
    figures[`${name}Mb`] = found.peak;
    for (const [when, value] of Object.entries(found))
      if (when !== "peak") figures[`${name}.${when}`] = value;
  }
  return figures;
}

/** The bundles as they ship, with a service that measures itself in the shell's place. */
async function buildService(): Promise<string> {
  const folder = join("out", "bench-memory");
  await bundle({
    logLevel: "error",
    configFile: "build/vite.node.config.ts",
    mode: "service",
    build: {
      outDir: folder,
      rolldownOptions: {
        input: {
          "small-heaps": "electron/service/small-heaps.ts",
          measured: "tests/bench/sync-memory.service.ts",
        },
      },
    },
  });
  return join(folder, "measured.js");
}

async function onFreshPc(file: string, beds: number, threads: boolean): Promise<MemoryFound> {
  const folder = mkdtempSync(join(tmpdir(), "amanah-bench-memory-"));
  const his = await startBenchHis(join(folder, "his"), beds);
  try {
    const [nurse] = his.people;
    if (nurse === undefined) throw new Error("the demo has nobody who may sign in");
    const policy = await his.policy("bench-pc");
    const { id: clinician, pin } = nurse;
    const pc = join(folder, "pc");
    return await measured(file, { folder: pc, policy, clinician, pin, threads });
  } finally {
    await his.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(file: string, work: MemoryWork): Promise<MemoryFound> {
  const child = fork(file, { env: { ...process.env, ...ALLOCATOR } });
  return await new Promise<MemoryFound>((resolve, reject) => {
    child.once("message", (found) => resolve(found as MemoryFound));
    child.once("exit", (code) => reject(new Error(`the measured service ended with ${code}`)));
    child.send(work);
  });
}
