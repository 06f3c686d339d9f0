import { expect, test, vi } from "vitest";
import { makeHospital, memoryKeychain } from "../testing/index.ts";
import { keychainFailures, WrongPin } from "./index.ts";
import { workstation } from "./test-pc.ts";

const lastAt = Date.parse("2026-11-20T09:59:59Z");

test("an older journal put back frees no guess: the keychain remembers", async () => {
  const pc = await workstation(await makeHospital());
  const session = pc.start();
  for (const pin of ["1", "2", "3"])
    await expect(session.signIn("huda", pin)).rejects.toBeInstanceOf(WrongPin);
  expect(pc.kept.counts).toMatchObject({ huda: { count: 3 } });
  // The file of before the guesses is put back, and the service starts again.
  pc.failures.clear();
  const restarted = pc.start();
  await expect(restarted.signIn("huda", "4711")).rejects.toMatchObject({ attempts: 3 });
  expect(pc.failures.get("huda")?.count).toBe(3);
  pc.advance(5_000);
  await restarted.signIn("huda", "4711");
  expect(pc.failures.size).toBe(0);
  await restarted.signOut();
  expect(pc.kept.counts).toEqual({});
});

test("a guess is in both places before the PIN is looked at", async () => {
  const order: string[] = [];
  const pc = await workstation(await makeHospital(), {
    change: {
      failures: {
        read: async () => ({}),
        async write(counts) {
          await new Promise((resolve) => setImmediate(resolve));
          order.push(`keychain ${counts["huda"]?.count ?? 0}`);
        },
      },
    },
  });
  const session = pc.start();
  await session.signIn("huda", "4711");
  await session.signOut();
  await session.signIn("huda", "4711");
  order.length = 0;
  pc.countHooks.push(() => order.push("journal"));
  await session.withOwnPin(session.ticket(), async () => order.push("looked at"));
  expect(order.slice(-3)).toEqual(["journal", "keychain 1", "looked at"]);
});

test("of a PIN, right or wrong, nothing shows before its try is in the keychain too, however long that takes", async () => {
  const writes: (() => void)[] = [];
  const pc = await workstation(await makeHospital(), {
    change: {
      failures: {
        read: async () => ({}),
        write: () => new Promise<void>((resolve) => writes.push(resolve)),
      },
    },
  });
  const session = pc.start();
  for (const [pin, state] of [
    ["1", "sealed"],
    ["4711", "open"],
  ] as const) {
    pc.advance(5_000);
    let told = false;
    const signingIn = session.signIn("huda", pin).then(
      () => (told = true),
      () => (told = true),
    );
    // Many times what the test's KDF takes.
    await vi.waitFor(() => expect(writes).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(pc.failures.get("huda")?.count).toBeGreaterThan(0);
    expect(told).toBe(false);
    expect(session.state()).toBe("sealed");
    expect(pc.trail.filter(({ kind }) => kind.startsWith("sign-in"))).toEqual([]);
    writes.shift()?.();
    await signingIn;
    expect(session.state()).toBe(state);
    pc.trail.length = 0;
    for (const write of writes.splice(0)) write();
  }
});

test.each([
  ["refuses", { read: () => Promise.reject(new Error("locked")), write: () => Promise.resolve() }],
  ["takes no entry", { read: async () => ({}), write: () => Promise.reject(new Error("locked")) }],
])("a keychain that %s keeps nobody out, and is told of once", async (_what, kept) => {
  const pc = await workstation(await makeHospital(), { change: { failures: kept } });
  const session = pc.start();
  await expect(session.signIn("huda", "1")).rejects.toMatchObject({ attempts: 1 });
  await session.signIn("huda", "4711");
  expect(session.state()).toBe("open");
  expect(pc.trail.filter(({ kind }) => kind === "pin-count-unkept")).toHaveLength(1);
});

test("a keychain that never answers costs a moment, once, and keeps nobody out", async () => {
  const never = new Promise<never>(() => undefined);
  const pc = await workstation(await makeHospital(), {
    change: { failures: { read: () => never, write: () => never } },
  });
  const session = pc.start();
  const signingIn = session.signIn("huda", "4711");
  await Promise.resolve();
  await Promise.resolve();
  pc.advance(1_500);
  await signingIn;
  session.lock("user");
  await session.signIn("huda", "4711");
  expect(session.state()).toBe("open");
});

test("what was never read is never overwritten: a keychain that comes back still knows", async () => {
  const counts = { huda: { count: 7, lastAt } };
  let answers = false;
  const written: unknown[] = [];
  const pc = await workstation(await makeHospital(), {
    change: {
      failures: {
        read: () => (answers ? Promise.resolve(counts) : Promise.reject(new Error("locked"))),
        write: async (all) => {
          written.push(all);
        },
      },
    },
  });
  const session = pc.start();
  await expect(session.signIn("huda", "1")).rejects.toMatchObject({ attempts: 1 });
  expect(written).toEqual([]);
  answers = true;
  pc.advance(60_000);
  await expect(session.signIn("huda", "4711")).rejects.toMatchObject({ attempts: 7 });
});

test("the keychain's entry is read as it was written, and garbage in it counts as nothing", async () => {
  const keychain = memoryKeychain();
  const kept = keychainFailures(keychain);
  expect(await kept.read()).toEqual({});
  await kept.write({ huda: { count: 2, lastAt } });
  expect(await kept.read()).toEqual({ huda: { count: 2, lastAt } });
  for (const garbage of ["{", "[]", '{"huda":{"count":-1,"lastAt":0}}', '{"huda":3}']) {
    keychain.held.set("pin-failures", Buffer.from(garbage));
    expect(await kept.read()).toEqual({});
  }
});
