import type { WorkstationView } from "../../../shared/contract/index.ts";
import {
  createHeads,
  isWhole,
  readAnchor,
  verifyTrail,
  type Anchor,
  type AuditNote,
} from "../audit/index.ts";
import type { Journal, Remote } from "../store/index.ts";
import type { Keychain, WorkstationKey } from "../vault/index.ts";
import { localInstant } from "./clock.ts";

type View = WorkstationView["audit"];

export interface TrailRoom {
  readonly journal: Pick<
    Remote<Journal>,
    | "audit"
    | "auditTail"
    | "checkAudit"
    | "putAuditHead"
    | "auditHeads"
    | "lastAuditHead"
    | "wrongAuditHead"
  >;
  readonly keychain: Pick<Keychain, "get" | "set">;
  readonly key: () => WorkstationKey;
  readonly workstation: string;
  readonly now: () => Date;
  /** Answers how to call it off. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
  readonly record: (note: AuditNote) => Promise<void>;
  readonly onProblem: (error: unknown) => void;
  /** What of the trail the HIS has not yet. */
  readonly left: () => Promise<{ readonly unsent: number; readonly refused: number }>;
}

/** What proves that the trail is complete: its signed heads, and the check that IT asks for. */
export interface Trail {
  /** Once, before anything is appended. */
  opened(): Promise<void>;
  noted(): void;
  soon(): void;
  /** What IT sees; reads nothing but the last entry and the last head. */
  view(): Promise<View>;
  /** Starts a check of the whole trail, unless one runs; resolves when it is over. `view` tells how far it is. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

export function createTrail(room: TrailRoom): Trail {
  const { journal, keychain, now } = room;
  const heads = createHeads(room);
  let running: Promise<void> | null = null;
  let check: View["check"] = {
    state: "never",
    checked: 0,
    of: 0,
    at: null,
    whole: null,
    broken: null,
  };

  async function run(): Promise<void> {
    check = { ...check, state: "running", checked: 0, of: 0 };
    try {
      const verdict = await verifyTrail({
        journal,
        anchor: await readAnchor(keychain),
        keys: [room.key()],
        onProgress(checked, of) {
          check = { ...check, checked, of };
        },
      });
      check = {
        state: "done",
        checked: verdict.entries,
        of: verdict.entries,
        at: localInstant(now()),
        whole: isWhole(verdict),
        broken: verdict.broken,
      };
      const { entries, broken } = verdict;
      const found = broken === null ? { whole: true } : { whole: false, ...broken };
      await room.record({ kind: "trail-verified", detail: { entries, ...found } });
    } catch (error) {
      // What was found before still stands; that this check did not end is said.
      if (check.state === "running") check = { ...check, state: "failed" };
      room.onProblem(error);
    } finally {
      running = null;
    }
  }

  return {
    opened: heads.opened,
    noted: heads.noted,
    soon: heads.soon,
    async view() {
      const [tail, head] = [await journal.auditTail(), await journal.lastAuditHead()];
      return {
        entries: tail?.seq ?? 0,
        signedTo: head?.seq ?? null,
        signedAt: head === null ? null : localInstant(new Date(head.at)),
        breaks: breaksOf(heads.anchor()),
        ...(await room.left()),
        check,
      };
    },
    check() {
      running ??= run();
      return running;
    },
    stop: heads.stop,
  };
}

function breaksOf(anchor: Anchor | null): View["breaks"] {
  return (anchor?.breaks ?? []).map(({ at, how, found }) => ({
    at,
    how,
    found: localInstant(new Date(found)),
  }));
}
