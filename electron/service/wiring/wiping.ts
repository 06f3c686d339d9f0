import type { Journal, Remote } from "../store/index.ts";
import { destroyAll, markWiping, readWiped } from "../vault/index.ts";
import type { Escrow, Keychain, WipedMark } from "../vault/index.ts";

/** Milliseconds that the network is given: to take what is unsent, and to hear that it is done. */
export interface WipeDeadlines {
  readonly push: number;
  readonly report: number;
}
const DEADLINES: WipeDeadlines = { push: 20_000, report: 10_000 };

export interface WipeRoom {
  readonly dataDir: string;
  readonly keychain: Keychain;
  /** The order's `id`. */
  readonly id: string;
  readonly now: () => Date;
  /** The policy's join code in force. */
  readonly joinCode: string | null;
  readonly journal: Pick<Remote<Journal>, "acts">;
  /** Null where the policy names no recovery key. */
  readonly escrow: Pick<Escrow, "append" | "missing"> | null;
  /** Seals the session for good: drafts are flushed, no act is taken any more. */
  readonly seal: () => Promise<void>;
  /** One try to send all that is unsent. */
  readonly push: (deadline: AbortSignal) => Promise<void>;
  /** Closes every file: threads ended, nothing writes any more. */
  readonly close: () => Promise<void>;
  /** Tells the hospital, signed with the workstation key. */
  readonly report: (deadline: AbortSignal) => Promise<void>;
  readonly deadlines?: WipeDeadlines;
  readonly step?: (name: string) => void;
}
type Destroying = Pick<WipeRoom, "dataDir" | "keychain" | "report" | "deadlines" | "step">;

export type WipeOutcome =
  | { readonly state: "wiped"; readonly mark: WipedMark; readonly escrowed: number }
  /** CLINICAL: acts that are nowhere else; the PC stays sealed, sends on, and the wipe waits for them. */
  | { readonly state: "waiting"; readonly unsent: number };

/**
 * Carries out a signed wipe. Until the mark is on disk nothing is lost by a kill, and the order, still in the journal,
 * begins again at the next start; afterwards {@link goOnWiping} ends it.
 */
export async function carryOutWipe(room: WipeRoom): Promise<WipeOutcome> {
  const step = room.step ?? (() => undefined);
  await room.seal();
  step("sealed");
  await within((room.deadlines ?? DEADLINES).push, room.push);
  step("pushed");
  const unsent = await room.journal.acts({ acknowledged: false });
  const uuids = unsent.map(({ uuid }) => uuid);
  try {
    const missing = new Set(room.escrow?.missing(uuids));
    for (const act of unsent)
      if (missing.has(act.uuid)) await room.escrow?.append(act.uuid, Buffer.from(act.body, "utf8"));
  } catch {
    // Counted below: what the file does not hold now is nowhere else.
  }
  const nowhere = room.escrow === null ? uuids : room.escrow.missing(uuids);
  if (nowhere.length > 0) return { state: "waiting", unsent: nowhere.length };
  step("escrowed");
  await room.close();
  step("closed");
  const { dataDir, id, joinCode } = room;
  markWiping({ dataDir, id, at: room.now(), joinCode });
  step("marked");
  return { state: "wiped", mark: await destroy(room), escrowed: uuids.length };
}

/**
 * At each start, before the keychain is asked for keys: ends a wipe that was cut off. Answers what the lock screen has to
 * say (`joinsAnew` tells whether IT has given a new code since), or null on a PC that was never wiped.
 */
export async function goOnWiping(room: Destroying): Promise<WipedMark | null> {
  const mark = readWiped(room.dataDir);
  return mark?.state === "wiping" ? await destroy(room) : mark;
}

async function destroy(room: Destroying): Promise<WipedMark> {
  const { dataDir, keychain, step } = room;
  return await destroyAll({
    dataDir,
    keychain,
    report: () => within((room.deadlines ?? DEADLINES).report, room.report),
    ...(step && { step }),
  });
}

/** One try, whose failure or silence is an answer too. */
async function within(
  milliseconds: number,
  work: (deadline: AbortSignal) => Promise<void>,
): Promise<void> {
  const deadline = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      deadline.abort();
      resolve();
    }, milliseconds);
  });
  await Promise.race([work(deadline.signal).catch(() => undefined), over]);
  clearTimeout(timer);
}
