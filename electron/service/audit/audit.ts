import type { Journal, Remote } from "../store/types.ts";
import { GENESIS, verifyChain } from "./chain.ts";
import { auditBody, type AuditNote } from "./events.ts";

export interface Audit {
  /** Appends an event; resolves when it is on disk. */
  record(note: AuditNote): Promise<void>;
  /** The text of an event, for a journal call that appends it in its own transaction. */
  body(note: AuditNote): string;
  /** Reads the whole trail and checks the chain. */
  verify(): Promise<{ entries: number; verified: boolean; brokenAt: number | null }>;
}

const BATCH = 1_000;

/** The trail of this PC. Works in every state of the session: the journal is open while the vault is not. */
export function createAudit(input: {
  readonly journal: Pick<Remote<Journal>, "appendAudit" | "audit" | "auditSize">;
  readonly now: () => Date;
  readonly workstation: string;
}): Audit {
  const { journal, now, workstation } = input;
  /** What could not be written (a full disk) goes with the next event, so that it is late and not lost. */
  let owed: string[] = [];

  const body = (note: AuditNote): string =>
    auditBody({
      at: now().toISOString(),
      kind: note.kind,
      clinician: note.clinician ?? null,
      workstation,
      detail: { ...note.detail },
      ...(note.patient === undefined ? {} : { patient: note.patient }),
    });

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
    async verify() {
      const size = await journal.auditSize();
      let at = { seq: 0, hash: GENESIS };
      while (at.seq < size) {
        const rows = await journal.audit(at.seq + 1, BATCH);
        const broken = verifyChain(rows, at);
        const last = rows.at(-1);
        if (broken !== null) return { entries: size, verified: false, brokenAt: broken };
        if (last === undefined) return { entries: size, verified: false, brokenAt: at.seq + 1 };
        at = { seq: last.seq, hash: last.hash };
      }
      return { entries: size, verified: true, brokenAt: null };
    },
  };
}
