import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { release } from "node:os";
import { expect, test } from "vitest";

const [major = 0, minor = 0] = release().split(".").map(Number);
const isNew = major > 6 || (major === 6 && minor >= 12);
const says = process.platform === "linux" && isNew && /slice/u.test(schedOf("self"));

function schedOf(process: string): string {
  try {
    return readFileSync(`/proc/${process}/sched`, "utf8");
  } catch {
    return "";
  }
}

/** Nanoseconds of the main thread and of a worker it starts afterwards, in a process of their own. */
function slices(before: string): { main: number; worker: number } {
  const worker = `
    import { readlinkSync } from "node:fs";
    import { parentPort } from "node:worker_threads";
    parentPort.postMessage(readlinkSync("/proc/thread-self"));`;
  const code = `
    import { readFileSync } from "node:fs";
    import { Worker } from "node:worker_threads";
    const slice = (name) => Number(/slice\\s*:\\s*(\\d+)/.exec(readFileSync("/proc/" + name + "/sched", "utf8"))?.[1]);
    ${before}
    const worker = new Worker(${JSON.stringify(worker)}, { eval: true });
    worker.once("message", (thread) =>
      console.log(JSON.stringify({ main: slice("self"), worker: slice(thread) })),
    );`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", code]);
  return JSON.parse(String(stdout)) as { main: number; worker: number };
}

test.runIf(says)(
  "the thread that hears of a badge takes shorter turns than others, and none it starts does",
  () => {
    const usual = slices("");
    expect(usual.main).toBe(usual.worker);
    const file = new URL("wake-at-once.ts", import.meta.url).href;
    const { main, worker } = slices(`(await import(${JSON.stringify(file)})).wakeAtOnce();`);
    expect(main).toBe(700_000);
    expect(worker).toBe(usual.worker);
  },
);
