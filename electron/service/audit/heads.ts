import type { Journal, Remote } from "../store/types.ts";
import type { Keychain, WorkstationKey } from "../vault/index.ts";
import { judgePosition, keepAnchor, NO_ANCHOR, readAnchor, type Anchor } from "./anchor.ts";
import type { AuditNote } from "./events.ts";
import { signHead } from "./head.ts";

/** At the latest so long after an entry its trail is signed. */
const EVERY_MS = 60_000;
/** At the latest after so many entries. */
const EVERY_ENTRIES = 100;
/** What is on its way into the journal is signed with the rest. */
const SOON_MS = 250;

export interface HeadsRoom {
  readonly journal: Pick<
    Remote<Journal>,
    "auditTail" | "audit" | "putAuditHead" | "auditHeads" | "lastAuditHead"
  >;
  readonly keychain: Pick<Keychain, "get" | "set">;
  /** The PC's signing key in use. */
  readonly key: () => Pick<WorkstationKey, "algorithm" | "privateKey" | "thumbprint">;
  readonly workstation: string;
  readonly now: () => Date;
  /** Answers how to call it off. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
  readonly record: (note: AuditNote) => Promise<void>;
  readonly onProblem: (error: unknown) => void;
}

/** The trail's signed heads: in the journal, and the newest anchored in the keychain, where no older file reaches. */
export interface Heads {
  /** Once, before anything is appended: holds the trail against the keychain, and writes down what is amiss. */
  opened(): Promise<void>;
  /** An entry is on its way. */
  noted(): void;
  /** A lock, a seal: what was written is signed soon, whatever the interval says. */
  soon(): void;
  /** Signs what there is now. */
  sign(): Promise<void>;
  /** What the keychain keeps; null until it has answered. */
  anchor(): Anchor | null;
  /** The last head, then nothing more. */
  stop(): Promise<void>;
}

export function createHeads(room: HeadsRoom): Heads {
  const { journal, keychain } = room;
  let anchor: Anchor | null = null;
  let entries = 0;
  let stopped = false;
  let working: Promise<unknown> = Promise.resolve();
  let planned: { readonly in: number; readonly cancel: () => void } | null = null;

  /** A position that is not of this trail is written down once, kept for good, and another takes its place. */
  async function judge(): Promise<Anchor> {
    const kept = await readAnchor(keychain);
    const tail = await journal.auditTail();
    const last = tail?.seq ?? 0;
    const found =
      kept === null
        ? (await journal.lastAuditHead()) === null
          ? null
          : ({ at: 1, how: "anchor-missing" } as const)
        : kept.head === null
          ? null
          : judgePosition(
              kept.head,
              await hashAt(kept.head.seq),
              last,
              await goodTo(kept.head.seq),
            );
    if (found === null) return kept ?? NO_ANCHOR;
    const broken = { ...found, found: room.now().toISOString() };
    const next: Anchor = { v: 1, head: null, breaks: [...(kept?.breaks ?? []), broken] };
    // Said in the trail before the keychain forgets the old position: a kill between the two says it twice.
    await room.record({ kind: "trail-broken", detail: { ...found } });
    await keepAnchor(keychain, next);
    return next;
  }

  async function hashAt(seq: number): Promise<string | null> {
    const [row] = await journal.audit(seq, 1);
    return row?.seq === seq ? row.hash : null;
  }

  /** The newest head before `seq` that the trail still leads to. */
  async function goodTo(seq: number): Promise<number> {
    const heads = (await journal.auditHeads()).filter((head) => head.seq < seq).toReversed();
    for (const head of heads) if ((await hashAt(head.seq)) === head.hash) return head.seq;
    return 0;
  }

  async function step(): Promise<void> {
    anchor ??= await judge();
    const tail = await journal.auditTail();
    if (tail === null || (tail.seq === anchor.head?.seq && tail.hash === anchor.head.hash)) return;
    entries = 0;
    const { seq, hash } = tail;
    const at = room.now().toISOString();
    const jws = await signHead({ v: 1, workstation: room.workstation, seq, hash, at }, room.key());
    await journal.putAuditHead({ seq, hash, at, jws });
    const next: Anchor = { ...anchor, head: { seq, hash } };
    await keepAnchor(keychain, next);
    anchor = next;
  }

  function sign(): Promise<void> {
    const turn = working.then(step);
    working = turn.catch(() => undefined);
    return turn;
  }

  function plan(milliseconds: number): void {
    if (stopped || (planned !== null && planned.in <= milliseconds)) return;
    planned?.cancel();
    const cancel = room.after(milliseconds, () => {
      planned = null;
      sign().catch((error: unknown) => {
        // A keychain that does not answer: the next interval tries again.
        room.onProblem(error);
        plan(EVERY_MS);
      });
    });
    planned = { in: milliseconds, cancel };
  }

  return {
    async opened() {
      try {
        anchor = await judge();
      } catch (error) {
        room.onProblem(error);
        plan(EVERY_MS);
      }
    },
    noted() {
      entries += 1;
      plan(entries >= EVERY_ENTRIES ? SOON_MS : EVERY_MS);
    },
    soon: () => plan(SOON_MS),
    sign,
    anchor: () => anchor,
    async stop() {
      planned?.cancel();
      stopped = true;
      await sign().catch(room.onProblem);
    },
  };
}
