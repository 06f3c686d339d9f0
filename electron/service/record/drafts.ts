import type { DraftRow } from "../store/index.ts";
import { draftBinding, openRow, sealRow } from "../vault/index.ts";
import type { DraftJournal } from "./kept-drafts.ts";

/** Whose draft, of whom, of which form. */
export interface DraftKey {
  readonly clinician: string;
  readonly patient: string;
  readonly kind: string;
}

/** What is being typed. It is kept in memory at each change; only the disk write is debounced, and a lock flushes it. */
export interface Drafts {
  put(key: DraftKey, text: string): void;
  /** Null when there is none, or when what is there cannot be opened (another clinician's, damaged). */
  get(key: DraftKey): Promise<{ text: string; at: number } | null>;
  /** Saved or thrown away by her. */
  discard(key: DraftKey): Promise<void>;
  /** Writes what is pending; resolves when it is on disk. */
  flush(): Promise<void>;
}

interface Draft {
  readonly key: DraftKey;
  readonly text: string;
  readonly at: number;
}

const nameOf = (key: DraftKey): string => JSON.stringify([key.clinician, key.patient, key.kind]);

/**
 * The drafts of one open vault, sealed to it with her id bound in. Make a new one at each sign-in; it dies with the vault.
 * The key is copied, so that the last flush after a lock does not depend on who closes first; `close` zeroes the copy,
 * and hands over, sealed, what could not be written.
 */
export function createDrafts(room: {
  readonly journal: DraftJournal;
  /** AES-256-GCM key of drafts, 32 bytes; borrowed. */
  readonly key: Uint8Array;
  readonly now: () => number;
  readonly debounceMs: number;
  /** A write that failed: the text stays in memory and is tried again at the next change or flush. */
  readonly onProblem: (error: unknown) => void;
}): Drafts & { close(): void } {
  const key = Uint8Array.from(room.key);
  const pending = new Map<string, Draft>();
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let closed = false;

  function rowOf({ key: { clinician, patient, kind }, text, at }: Draft): DraftRow {
    const binding = draftBinding(clinician, patient, kind);
    const sealed = sealRow(key, binding, Buffer.from(text, "utf8"));
    return { clinician, patient, kind, at, sealed };
  }

  async function write(): Promise<void> {
    for (const [name, draft] of Array.from(pending)) {
      await room.journal.putDraft(rowOf(draft));
      if (pending.get(name) === draft) pending.delete(name);
    }
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    // One write after the other, so that an older text never lands on a newer one.
    writing = writing.catch(() => undefined).then(write);
    return writing;
  }

  return {
    put(draftKey, text) {
      if (closed) return;
      pending.set(nameOf(draftKey), { key: draftKey, text, at: room.now() });
      timer ??= setTimeout(() => {
        flush().catch(room.onProblem);
      }, room.debounceMs);
    },
    async get(draftKey) {
      const inMemory = pending.get(nameOf(draftKey));
      if (inMemory) return { text: inMemory.text, at: inMemory.at };
      const { clinician, patient, kind } = draftKey;
      const row = await room.journal.draft(clinician, patient, kind);
      if (row === null) return null;
      try {
        const plain = openRow(key, draftBinding(clinician, patient, kind), row.sealed);
        return { text: Buffer.from(plain).toString("utf8"), at: row.at };
      } catch (error) {
        room.onProblem(error);
        return null;
      }
    },
    async discard(draftKey) {
      pending.delete(nameOf(draftKey));
      await writing.catch(() => undefined);
      await room.journal.deleteDraft(draftKey.clinician, draftKey.patient, draftKey.kind);
    },
    flush,
    close() {
      if (closed) return;
      closed = true;
      if (timer !== null) clearTimeout(timer);
      for (const draft of pending.values()) room.journal.keep(rowOf(draft));
      pending.clear();
      key.fill(0);
    },
  };
}
