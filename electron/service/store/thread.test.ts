import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { connectThread, endThread } from "./thread.ts";

interface Calls {
  add(a: number, b: number): number;
  open(key: Uint8Array): { sum: number; length: number };
  big(): Uint8Array;
  failing(code: string): void;
  slow(): void;
  die(): void;
  /** Works in turns of 20 ms: 1 in `turn` while it is in the midst of one. */
  turns(turn: Int32Array): void;
  hang(): void;
}

// A worker of its own, as the app's threads are: Node runs the TypeScript of thread.ts as it is.
function worker(): Worker {
  const code = `
    import { parentPort } from "node:worker_threads";
    import { serveThread } from ${JSON.stringify(new URL("thread.ts", import.meta.url).href)};
    import { StoreError } from ${JSON.stringify(new URL("errors.ts", import.meta.url).href)};
    serveThread(parentPort, {
      add: (a, b) => a + b,
      open: (key) => { const sum = key.reduce((a, b) => a + b, 0); key.fill(0); return { sum, length: key.length }; },
      big: () => new Uint8Array(100_000).fill(3),
      failing: (code) => { throw new StoreError(code, "no values here"); },
      slow: () => new Promise(() => {}),
      die: () => process.exit(3),
      turns: async (turn) => {
        for (;;) {
          Atomics.store(turn, 0, 1);
          const until = performance.now() + 20;
          while (performance.now() < until);
          Atomics.store(turn, 0, 0);
          await new Promise(setImmediate);
        }
      },
      hang: () => { for (;;); },
    });`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
}

test("a call is answered with its own answer, many at a time", async () => {
  const thread = connectThread<Calls>(worker());
  const sums = await Promise.all(Array.from({ length: 50 }, (_, each) => thread.add(each, 1)));
  expect(sums).toEqual(Array.from({ length: 50 }, (_, each) => each + 1));
  expect((await thread.big()).length).toBe(100_000);
  await thread.terminate();
});

test("a key is handed over: this side keeps nothing of it", async () => {
  const thread = connectThread<Calls>(worker(), { handOver: ["open"] });
  const key = new Uint8Array(32).fill(2);
  await expect(thread.open(key)).resolves.toEqual({ sum: 64, length: 32 });
  expect(key.length).toBe(0);
  await thread.terminate();
});

test("an error keeps its code on the way", async () => {
  const thread = connectThread<Calls>(worker());
  await expect(thread.failing("disk-full")).rejects.toMatchObject({
    name: "StoreError",
    code: "disk-full",
    message: "no values here",
  });
  await thread.terminate();
});

test("a call that the thread does not offer is an error, also one that every object inherits", async () => {
  const thread = connectThread<Calls & { missing(): void; toString(): string }>(worker());
  await expect(thread.missing()).rejects.toMatchObject({ code: "other" });
  await expect(thread.toString()).rejects.toMatchObject({ code: "other" });
  await thread.terminate();
});

test("when the thread dies, what waits is refused and so is what comes later", async () => {
  const thread = connectThread<Calls>(worker());
  const waiting = thread.slow();
  const dying = thread.die();
  await expect(waiting).rejects.toMatchObject({ code: "other" });
  await expect(dying).rejects.toMatchObject({ code: "other" });
  await expect(thread.add(1, 1)).rejects.toMatchObject({ code: "other" });
});

test("a thread that was ended on purpose leaves nobody waiting", async () => {
  const thread = connectThread<Calls>(worker());
  const told = thread.slow().catch((error: unknown) => error);
  await thread.terminate();
  expect(await told).toMatchObject({ code: "other" });
});

test("a thread is ended between two of its turns, never in the midst of one", async () => {
  const turn = new Int32Array(new SharedArrayBuffer(4));
  for (let each = 0; each < 5; each += 1) {
    const thread = connectThread<Calls>(worker());
    await thread.add(1, 1);
    const told = thread.turns(turn).catch((error: unknown) => error);
    await expect.poll(() => Atomics.load(turn, 0)).toBe(1);
    await thread.terminate();
    expect(Atomics.load(turn, 0)).toBe(0);
    expect(await told).toMatchObject({ code: "other" });
  }
});

test("a thread that hangs is ended all the same, and so is one that has ended", async () => {
  const thread = connectThread<Calls>(worker());
  const told = thread.hang().catch((error: unknown) => error);
  await thread.terminate();
  expect(await told).toMatchObject({ code: "other" });
  await thread.terminate();
});

test("a thread that stands ready, without data yet, goes when it is asked", async () => {
  const code = `
    import { parentPort } from "node:worker_threads";
    import { serveOpened } from ${JSON.stringify(new URL("thread.ts", import.meta.url).href)};
    serveOpened(parentPort, null, () => ({}));
    parentPort.postMessage("ready");`;
  const spare = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  await new Promise((resolve) => spare.once("message", resolve));
  // Whoever is ended by force ends with 1.
  const exit = new Promise((resolve) => spare.once("exit", resolve));
  await endThread(spare);
  expect(await exit).toBe(0);
});
