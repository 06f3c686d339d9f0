import type { Capabilities, HisClient } from "../his/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import type { ActChange, ActRow, ActWhy, Remote } from "../store/index.ts";
import { gather } from "./gather.ts";
import type { Link } from "./link.ts";
import type { JournalThread, SyncAlarm } from "./types.ts";

/** What happened to an act, for the audit trail. */
export type PushEvent = {
  readonly act: string;
  readonly patient: string;
  readonly author: string;
} & (
  | { readonly kind: "acknowledged"; readonly found: boolean }
  | { readonly kind: "parked"; readonly why: ActWhy; readonly reason: string }
  | { readonly kind: "postponed"; readonly reason: string }
  /** What differed at the HIS did not touch what she changed: both stand. */
  | { readonly kind: "merged" }
  | { readonly kind: "settled"; readonly why: ActWhy }
  | { readonly kind: "offered-again" }
);

/** What is kept between drains, in memory: a restart learns all of it anew but `dropsIdentifiers`. */
export interface PushMemory {
  /** How often the HIS itself failed at an act, by uuid. */
  readonly failures: Map<string, number>;
  /** Entries the HIS takes in one transaction, as far as is known. */
  mostEntries: number;
  /** The HIS says that it takes a Provenance with an act, and does not. */
  proofsRefused: boolean;
  /** The HIS does not tell the number of matches alone. */
  countsUnknown: boolean;
  /** Types whose identifiers of ours the HIS was seen to drop: only there is an act looked for by what it says. */
  readonly dropsIdentifiers: Set<string>;
}

/** Requests that are to travel at the same time: of acts, each of other patients. The link lets no more go than policy says. */
export const REQUESTS = 4;

/** Medplum takes 50 updates a transaction, and 8 entries if any is conditional. A HIS that takes less says so, and is believed. */
export const MOST_ENTRIES = { put: 48, post: 8 } as const;

export function pushMemory(): PushMemory {
  return {
    failures: new Map(),
    mostEntries: MOST_ENTRIES.put,
    proofsRefused: false,
    countsUnknown: false,
    dropsIdentifiers: new Set(),
  };
}

/** In the journal's meta: the types of `dropsIdentifiers`, with spaces between. */
const DROPS = "push.dropsIdentifiers";

/** After a start. */
export async function recallDropped(
  memory: PushMemory,
  journal: Pick<Remote<JournalThread>, "meta">,
): Promise<void> {
  const kept = (await journal.meta())[DROPS] ?? "";
  for (const type of kept.split(" ")) if (type !== "") memory.dropsIdentifiers.add(type);
}

/** Kept over a restart: the first answer that was lost after it would else bring an act to such a HIS twice. */
export async function learnDropped(
  { memory, journal }: Pick<PushParts, "memory" | "journal">,
  type: string,
  drops: boolean,
): Promise<void> {
  const { dropsIdentifiers: known } = memory;
  if (known.has(type) === drops) return;
  if (drops) known.add(type);
  else known.delete(type);
  await journal.setMeta({ [DROPS]: [...known].join(" ") });
}

export interface PushParts {
  readonly his: HisClient;
  readonly link: Link;
  readonly journal: Remote<JournalThread>;
  readonly capabilities: () => Capabilities | null;
  readonly now: () => number;
  readonly random: () => number;
  readonly memory: PushMemory;
  /** Bodies for the audit trail, committed together with the act's new state. */
  readonly auditOf: (event: PushEvent) => readonly string[];
  /** The HIS has them, or they are over: the escrow's tombstones. */
  readonly onOver: (uuids: readonly string[]) => Promise<void>;
  readonly onAlarm: (alarm: SyncAlarm) => void;
  readonly onChange: () => void;
}

/** An act on its way. */
export interface Job {
  readonly row: ActRow;
  readonly act: Act;
  /** Her signature over what it writes; null: none, or the act carries it itself. */
  readonly facts: string | null;
}

/** What became of an act: `over` and `parked` let the next of the patient pass; else its patient waits until `due`. */
export type Outcome = "over" | "parked" | { readonly due: number | null };

/** The commits of one drain: those of several requests go to the disk together. */
export interface Drain extends PushParts {
  readonly commit: (
    changes: readonly {
      readonly job: Pick<Job, "row">;
      readonly change: ActChange;
      readonly event: Told;
    }[],
  ) => Promise<void>;
  /** Answers which may be sent. */
  readonly begin: (uuids: readonly string[]) => Promise<readonly string[]>;
  readonly over: (uuids: readonly string[]) => Promise<void>;
  readonly proven: Proven;
}

/**
 * What this HIS has proved of how it creates, whatever it declares: facts of the journal that nobody but the push learns. Read once
 * a drain, because a question to the journal's thread waits behind every commit.
 */
interface Proven {
  has(fact: string): Promise<boolean>;
  keep(fact: string): Promise<void>;
}

function provenIn(journal: PushParts["journal"]): Proven {
  let kept: Promise<Set<string>> | null = null;
  const facts = (): Promise<Set<string>> =>
    (kept ??= journal.meta().then((meta) => new Set(Object.keys(meta))));
  return {
    has: async (fact) => (await facts()).has(fact),
    async keep(fact) {
      await journal.setMeta({ [fact]: "1" });
      (await facts()).add(fact);
    },
  };
}

/** An event without what the job says already. */
export type Told = PushEvent extends infer E
  ? E extends PushEvent
    ? Omit<E, "act" | "patient" | "author">
    : never
  : never;

export function createDrain(parts: PushParts): Drain {
  type Step = {
    readonly changes: Parameters<Drain["commit"]>[0];
    readonly begin: readonly string[];
  };
  const step = gather<Step, ReadonlySet<string>>(async (steps) => {
    const changes = steps.flatMap((one) =>
      one.changes.map(({ job: { row }, change, event }) => ({
        uuid: row.uuid,
        change,
        audit: parts.auditOf({ act: row.uuid, patient: row.patient, author: row.author, ...event }),
      })),
    );
    const begun = new Set(
      await parts.journal.pushActs(
        changes,
        steps.flatMap(({ begin }) => begin),
      ),
    );
    return steps.map(() => begun);
  });
  const over = gather<readonly string[], void>(async (lists) => {
    await parts.onOver(lists.flat());
    return lists.map(() => undefined);
  });
  return {
    ...parts,
    async commit(changes) {
      await step({ changes, begin: [] });
      parts.onChange();
    },
    async begin(uuids) {
      const begun = await step({ changes: [], begin: uuids });
      return uuids.filter((uuid) => begun.has(uuid));
    },
    over,
    proven: provenIn(parts.journal),
  };
}
