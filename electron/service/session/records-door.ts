import type { OpenVault } from "../vault/index.ts";
import type { SessionInput } from "./types.ts";

/** Opens and closes the records one after the other, so that a lock in the middle of an opening still ends closed. */
export interface RecordsDoor {
  /**
   * Opens the records unless they are open already (a re-opening from `locked`); answers the vault to go on with, which is
   * another one if its key was made new on the way.
   */
  open(vault: OpenVault): Promise<OpenVault>;
  /** Closes the records and the vault; a vault whose records will not close is closed after {@link PATIENCE_MS} anyway. */
  close(vault: OpenVault | null): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

/** What a save in flight may take before the key goes regardless. */
const PATIENCE_MS = 2_000;

export function createRecordsDoor(
  input: Pick<SessionInput, "openRecords" | "closeRecords" | "onProblem" | "timers">,
): RecordsDoor {
  let isOpen = false;
  let turn: Promise<void> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  };
  return {
    open: (vault) =>
      inTurn(async () => {
        if (isOpen) return vault;
        // Open until proven closed: an opening that failed half-way is closed like a whole one.
        isOpen = true;
        return (await input.openRecords(vault)) ?? vault;
      }),
    close(vault) {
      const callOff = vault && input.timers.after(PATIENCE_MS, () => vault.close());
      inTurn(async () => {
        try {
          if (isOpen) await input.closeRecords(() => vault?.close());
        } finally {
          // Whatever closing said, the next sign-in opens anew.
          isOpen = false;
          callOff?.();
          vault?.close();
        }
      }).catch((error: unknown) => input.onProblem("records", error));
    },
    settled: () => turn,
  };
}
