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

interface Turns {
  /** Nanoseconds. */
  readonly slice: number;
  readonly nice: number;
}

/** Of the main thread and of a worker it starts afterwards, in a process of their own, that `as` may start for whom it likes. */
function turns(before: string, as: readonly string[] = []): { main: Turns; worker: Turns } {
  const worker = `
    import { readlinkSync } from "node:fs";
    import { parentPort } from "node:worker_threads";
    parentPort.postMessage(readlinkSync("/proc/thread-self"));`;
  const code = `
    import { readFileSync } from "node:fs";
    import { Worker } from "node:worker_threads";
    const of = (name) => {
      const sched = readFileSync("/proc/" + name + "/sched", "utf8");
      const read = (what) => Number(new RegExp(what + "[^:]*:[^0-9]*([0-9]+)").exec(sched)?.[1]);
      // 100 to 139: niceness is counted from 120.
      return { slice: read("slice"), nice: read("prio") - 120 };
    };
    ${before}
    const worker = new Worker(${JSON.stringify(worker)}, { eval: true });
    worker.once("message", (thread) =>
      console.log(JSON.stringify({ main: of("self"), worker: of(thread) })),
    );`;
  const started = [...as, process.execPath, "--input-type=module", "--eval", code];
  const { stdout } = spawnSync("env", started);
  return JSON.parse(String(stdout)) as { main: Turns; worker: Turns };
}

const file = new URL("wake-at-once.ts", import.meta.url).href;
const AT_ONCE = `(await import(${JSON.stringify(file)})).wakeAtOnce();`;
const isRoot = process.getuid?.() === 0;

test.runIf(says && isRoot)(
  "the thread that hears of a badge goes first, in short turns, and none it starts does",
  () => {
    const usual = turns("");
    expect(usual.main).toEqual({ ...usual.worker, nice: 0 });
    const { main, worker } = turns(AT_ONCE);
    expect(main).toEqual({ slice: 700_000, nice: -7 });
    expect(worker).toEqual(usual.worker);
  },
);

test.runIf(says)("where nobody may go first, it takes the short turns alone", () => {
  const asAnybody = isRoot ? ["setpriv", "--bounding-set=-sys_nice"] : [];
  const { main, worker } = turns(AT_ONCE, asAnybody);
  expect(main).toEqual({ slice: 700_000, nice: 0 });
  expect(worker).toEqual(turns("").worker);
});
