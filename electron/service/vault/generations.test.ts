import fc from "fast-check";
import { expect, test } from "vitest";
import {
  createGenerations,
  judgeGeneration,
  type FoundGeneration,
  type Generations,
  type Verdict,
} from "./generations.ts";
import { KeychainError } from "./keychain.ts";

/** A PC that can die between any two writes: what is on its disk and in its keychain, and nothing else. */
interface Pc {
  file: number | "none";
  keychain: Uint8Array | null;
  /** Writes left before the power goes. */
  writesLeft: number;
}

class Killed extends Error {}

function write(pc: Pc, change: () => void): void {
  if (pc.writesLeft === 0) throw new Killed();
  pc.writesLeft--;
  change();
}

/** One life: start, judge, take over, then as many generations as asked. */
async function live(pc: Pc, advances: number, refuse = (): boolean => false): Promise<Verdict> {
  const guard: Generations = createGenerations({
    keychain: {
      get: async () => pc.keychain,
      set: async (_, secret) => {
        if (refuse()) throw new KeychainError("keychain-locked");
        write(pc, () => {
          pc.keychain = Uint8Array.from(secret);
        });
      },
    },
  });
  const verdict = await guard.judge("journal", pc.file);
  guard.attach("journal", async (value) => {
    write(pc, () => {
      pc.file = value;
    });
    return true;
  });
  for (let each = 0; each < advances; each++) {
    try {
      await guard.advance("journal");
    } catch (error) {
      if (error instanceof Killed) return verdict;
      if (!(error instanceof KeychainError)) throw error;
    }
  }
  return verdict;
}

test("a kill between any two writes, at any start, is never taken for a rollback", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          writes: fc.nat({ max: 9 }),
          advances: fc.nat({ max: 5 }),
          locked: fc.array(fc.boolean(), { maxLength: 6 }),
        }),
        { minLength: 1, maxLength: 12 },
      ),
      async (lives) => {
        const pc: Pc = { file: "none", keychain: null, writesLeft: 0 };
        for (const { writes, advances, locked } of lives) {
          const known = pc.keychain !== null;
          pc.writesLeft = writes;
          let asked = 0;
          const verdict = await live(pc, advances, () => locked[asked++] === true);
          expect(known ? ["same", "ahead"] : ["new", "not-known"]).toContain(verdict);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

test("a file of any earlier generation is found, however the PC died in between", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ writes: fc.nat({ max: 9 }), advances: fc.nat({ max: 5 }) }), {
        minLength: 2,
        maxLength: 10,
      }),
      fc.nat(),
      async (lives, pick) => {
        const pc: Pc = { file: "none", keychain: null, writesLeft: 0 };
        const copies: Pc["file"][] = [];
        for (const { writes, advances } of lives) {
          pc.writesLeft = writes;
          await live(pc, advances);
          copies.push(pc.file);
        }
        // The last life ends in peace, so that the keychain has been told.
        pc.writesLeft = 100;
        await live(pc, 1);
        const copy = copies[pick % copies.length] ?? "none";
        const known = copy !== "none" && copy < Number(pc.file);
        pc.file = copy;
        expect(await live(pc, 0)).toBe(known ? "older" : "removed");
      },
    ),
    { numRuns: 500 },
  );
});

test("after a rollback was found and taken over, the next start is quiet again", async () => {
  const pc: Pc = { file: 3, keychain: null, writesLeft: 100 };
  expect(await live(pc, 4)).toBe("not-known");
  const older = Number(pc.file) - 3;
  pc.file = older;
  expect(await live(pc, 1)).toBe("older");
  expect(await live(pc, 0)).toBe("same");
});

test.each<[number | null, FoundGeneration, Verdict]>([
  [null, "none", "new"],
  [null, 4, "not-known"],
  [null, "unreadable", "not-known"],
  [4, "none", "removed"],
  [4, 3, "older"],
  [4, 4, "same"],
  [4, 5, "ahead"],
  [4, 6, "keychain-older"],
  [4, "unreadable", "unreadable"],
])("keychain %s and file %s: %s", (kept, found, verdict) => {
  expect(judgeGeneration(kept, found)).toBe(verdict);
});

test("a keychain that does not answer leaves the file at most one ahead, and is told when it answers again", async () => {
  let locked = true;
  let keychain: Uint8Array | null = null;
  const set: number[] = [];
  const guard = createGenerations({
    keychain: {
      get: async () => keychain,
      set: async (_, secret) => {
        if (locked) throw new KeychainError("keychain-locked");
        keychain = secret;
      },
    },
  });
  await guard.judge("journal", "none");
  guard.attach("journal", async (value) => {
    set.push(value);
    return true;
  });
  for (let each = 0; each < 3; each++)
    await expect(guard.advance("journal")).rejects.toThrow(KeychainError);
  expect(set).toEqual([1]);
  locked = false;
  await guard.advance("journal");
  expect(set).toEqual([1, 2]);
  expect(JSON.parse(new TextDecoder().decode(keychain ?? new Uint8Array()))).toMatchObject({
    journal: 2,
  });
});

test("a hundred wrong PINs at once cost one or two generations, and no two writes into the keychain meet", async () => {
  let writes = 0;
  let inside = 0;
  const guard = createGenerations({
    keychain: {
      get: async () => null,
      set: async () => {
        inside++;
        expect(inside).toBe(1);
        await new Promise(setImmediate);
        writes++;
        inside--;
      },
    },
  });
  await guard.judge("journal", "none");
  await guard.judge("chart", "none");
  for (const file of ["journal", "chart"] as const) guard.attach(file, async () => true);
  await Promise.all(
    Array.from({ length: 100 }, (_, each) => guard.advance(each % 2 === 0 ? "journal" : "chart")),
  );
  expect(writes).toBeLessThanOrEqual(4);
  expect(writes).toBeGreaterThanOrEqual(2);
});

test("a file whose log could not be taken into it yet is not told to the keychain", async () => {
  let keychain: Uint8Array | null = null;
  const guard = createGenerations({
    keychain: {
      get: async () => keychain,
      set: async (_, secret) => {
        keychain = secret;
      },
    },
  });
  await guard.judge("chart", 7);
  guard.attach("chart", async () => false);
  await guard.advance("chart");
  expect(keychain).toBeNull();
});
