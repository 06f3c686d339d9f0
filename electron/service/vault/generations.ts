import { z } from "zod";
import type { Keychain } from "./types.ts";

/**
 * The rollback guard: a file and the keychain each keep the file's generation. It is written g+1 into the file first, then
 * into the keychain; so after a kill the file may be one ahead, and an older file put back is less than the keychain says.
 *
 * Not found, and not claimed: a whole profile put back together with its keychain; a file put back that is of the same
 * generation; single old pages laid into today's file (SQLCipher binds a page to its number, not to its time).
 */
export type GuardedFile = "journal" | "chart";

/** What a file says of its generation. `none`: there is no file. `unreadable`: the file does not say it any more. */
export type FoundGeneration = number | "none" | "unreadable";

export type Verdict =
  /** Neither a file nor an entry: a first start. */
  | "new"
  | "same"
  /** A kill came between file and keychain. */
  | "ahead"
  /** The file is there and the keychain knows nothing: it cannot be told. */
  | "not-known"
  /** The keychain knows a file that is gone. */
  | "removed"
  /** SECURITY: an older file was put back. */
  | "older"
  /** The file is further than one: an older keychain was put back. */
  | "keychain-older"
  | "unreadable";

/** Verdicts that are told to people, and written down before anything else happens. */
export const TOLD: ReadonlySet<Verdict> = new Set<Verdict>([
  "not-known",
  "removed",
  "older",
  "keychain-older",
  "unreadable",
]);

/** Compares what the keychain kept (null: nothing) with what the file says. */
export function judgeGeneration(kept: number | null, found: FoundGeneration): Verdict {
  if (found === "none") return kept === null ? "new" : "removed";
  if (kept === null) return "not-known";
  if (found === "unreadable") return "unreadable";
  if (found < kept) return "older";
  if (found > kept + 1) return "keychain-older";
  return found === kept ? "same" : "ahead";
}

const Kept = z.object({
  v: z.literal(1),
  journal: z.int().nonnegative().nullable(),
  chart: z.int().nonnegative().nullable(),
});
type Kept = z.infer<typeof Kept>;

/** An open file's half. Answers whether the file itself holds it now (store's `Generation.setGeneration`). */
export type SetInFile = (value: number) => Promise<boolean>;

export interface Generations {
  /** What a file just opened says against the keychain. Writes nothing: record what is told first, then {@link advance}. */
  judge(file: GuardedFile, found: FoundGeneration): Promise<Verdict>;
  /** An open file takes part from now on; null when it closes. */
  attach(file: GuardedFile, set: SetInFile | null): void;
  /**
   * The next generation, in the file and then in the keychain. Calls that come while one runs share the next one. Does
   * nothing for a file that is not open. @throws KeychainError, StoreError: the next call tries again
   */
  advance(file: GuardedFile): Promise<void>;
  /** After a wipe nothing is written into the keychain any more. */
  stop(): void;
}

/** Reads nothing until it is asked. */
export function createGenerations(room: {
  readonly keychain: Pick<Keychain, "get" | "set">;
}): Generations {
  const open: Record<GuardedFile, SetInFile | null> = { journal: null, chart: null };
  /** What each file holds as far as this process knows. */
  const inFile: Record<GuardedFile, number> = { journal: 0, chart: 0 };
  const waiting: Partial<Record<GuardedFile, Promise<void>>> = {};
  let kept: Kept | null = null;
  let stopped = false;
  // One at a time: both files' numbers lie in one entry.
  let working: Promise<unknown> = Promise.resolve();

  async function read(): Promise<Kept> {
    kept ??= readKept(await room.keychain.get("generations"));
    return kept;
  }

  async function keep(file: GuardedFile, value: number): Promise<void> {
    const next = { ...(await read()), [file]: value };
    await room.keychain.set("generations", new TextEncoder().encode(JSON.stringify(next)));
    kept = next;
  }

  async function step(file: GuardedFile): Promise<void> {
    const set = open[file];
    if (set === null || stopped) return;
    const before = (await read())[file] ?? 0;
    // A generation that only the file got, because the keychain did not answer: a further one would look like an older
    // keychain after a kill. So that one is kept first.
    if (inFile[file] === before + 1) await keep(file, inFile[file]);
    const next = Math.max((await read())[file] ?? 0, inFile[file]) + 1;
    if (!(await set(next))) return;
    inFile[file] = next;
    if (!stopped) await keep(file, next);
  }

  return {
    judge(file, found) {
      const turn = working.then(async () => {
        const value = (await read())[file];
        inFile[file] = typeof found === "number" ? found : 0;
        return judgeGeneration(value, found);
      });
      working = turn.catch(() => undefined);
      return turn;
    },
    attach(file, set) {
      open[file] = set;
    },
    advance(file) {
      const shared = waiting[file];
      if (shared !== undefined) return shared;
      const turn = working.then(async () => {
        delete waiting[file];
        await step(file);
      });
      waiting[file] = turn;
      working = turn.catch(() => undefined);
      return turn;
    },
    stop() {
      stopped = true;
    },
  };
}

function readKept(bytes: Uint8Array | null): Kept {
  const nothing: Kept = { v: 1, journal: null, chart: null };
  if (bytes === null) return nothing;
  try {
    const read = Kept.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    // Garbage is as good as nothing: it cannot be told.
    return read.success ? read.data : nothing;
  } catch {
    return nothing;
  }
}
