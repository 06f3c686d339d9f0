import type { DraftRow, Journal, Remote } from "../store/index.ts";

type DraftCalls = Pick<Remote<Journal>, "putDraft" | "draft" | "deleteDraft">;

/** The journal as drafts see it, and a place for what it would not take. */
export interface DraftJournal extends DraftCalls {
  /** What a lock found unwritten, sealed: it is held in memory, read as if it were on disk, and written once that is possible. */
  keep(row: DraftRow): void;
}

/**
 * Drafts that the disk would not take when their vault was closed: full, or a file of it damaged. They outlive the session and
 * the journal that refused them, not the process. SECURITY: as on disk, they are sealed to their vault.
 */
export interface KeptDrafts {
  /** From now on drafts go to this journal; first of all those that another one refused. */
  over(journal: DraftCalls): DraftJournal;
  /** Nothing is tried any more. */
  stop(): void;
}

const AGAIN_MS = 5_000;

const nameOf = ({ clinician, patient, kind }: Omit<DraftRow, "at" | "sealed">): string =>
  JSON.stringify([clinician, patient, kind]);

export function createKeptDrafts(room: {
  /** Answers how to cancel. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
  readonly onProblem: (error: unknown) => void;
}): KeptDrafts {
  const kept = new Map<string, DraftRow>();
  let journal: DraftCalls | null = null;
  let again: (() => void) | null = null;

  async function write(into: DraftCalls): Promise<void> {
    for (const row of Array.from(kept.values())) {
      if (journal !== into) return;
      // Written over or thrown away meanwhile.
      if (kept.get(nameOf(row)) !== row) continue;
      await into.putDraft(row);
      if (kept.get(nameOf(row)) === row) kept.delete(nameOf(row));
    }
  }

  function tryNow(): void {
    again = null;
    const into = journal;
    if (into === null || kept.size === 0) return;
    write(into).catch((error: unknown) => {
      room.onProblem(error);
      later();
    });
  }
  function later(): void {
    again ??= room.after(AGAIN_MS, tryNow);
  }

  return {
    over(next) {
      journal = next;
      tryNow();
      return {
        async putDraft(row) {
          const before = kept.get(nameOf(row));
          await next.putDraft(row);
          // Typed since, whatever the clock says.
          if (kept.get(nameOf(row)) === before) kept.delete(nameOf(row));
        },
        async draft(clinician, patient, kind) {
          const name = nameOf({ clinician, patient, kind });
          return kept.get(name) ?? (await next.draft(clinician, patient, kind));
        },
        async deleteDraft(clinician, patient, kind) {
          kept.delete(nameOf({ clinician, patient, kind }));
          await next.deleteDraft(clinician, patient, kind);
        },
        keep(row) {
          kept.set(nameOf(row), row);
          later();
        },
      };
    },
    stop() {
      journal = null;
      again?.();
      again = null;
    },
  };
}
