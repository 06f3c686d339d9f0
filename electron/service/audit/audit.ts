import type { Journal, Remote } from "../store/types.ts";
import { auditBody, type AuditNote } from "./events.ts";

export interface Audit {
  /** Appends an event; resolves when it is on disk. */
  record(note: AuditNote): Promise<void>;
  /** The text of an event, for a journal call that appends it in its own transaction. */
  body(note: AuditNote): string;
}

/** The trail of this PC. Works in every state of the session: the journal is open while the vault is not. */
export function createAudit(input: {
  readonly journal: Pick<Remote<Journal>, "appendAudit">;
  readonly now: () => Date;
  readonly workstation: string;
  /** An entry is on its way. */
  readonly noted?: () => void;
}): Audit {
  const { journal, now, workstation } = input;
  /** What could not be written (a full disk) goes with the next event, so that it is late and not lost. */
  let owed: string[] = [];

  const body = (note: AuditNote): string => {
    input.noted?.();
    return auditBody({
      at: now().toISOString(),
      kind: note.kind,
      clinician: note.clinician ?? null,
      workstation,
      detail: { ...note.detail },
      ...(note.patient === undefined ? {} : { patient: note.patient }),
      ...(note.patients === undefined ? {} : { patients: [...note.patients] }),
    });
  };

  return {
    body,
    async record(note) {
      const bodies = [...owed, body(note)];
      owed = [];
      try {
        await journal.appendAudit(bodies);
      } catch (error) {
        owed = [...bodies, ...owed];
        throw error;
      }
    },
  };
}
