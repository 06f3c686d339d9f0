import { useEffect, useMemo, useState } from "react";
import { createDraftKeeper } from "./draft-keeper.ts";
import { type Keeping, readKept, writeKept } from "./keeping.ts";
import { useClient } from "./service.tsx";
import type { DraftKind } from "./types.ts";

/** What is typed in one dialog: it comes back after a lock, a crash, or a dialog that was closed too early. */
export interface Kept<T> {
  readonly entry: T;
  change(next: T): void;
  /** When it was typed, if it came back; null: it is new. */
  readonly restored: string | null;
  /** The last change is not kept on this PC. */
  readonly failed: boolean;
  /** Resolves when nothing is under way: before a save, so that no older draft arrives after it. */
  settled(): Promise<void>;
  /** Saved: there is nothing to keep any more. */
  done(): void;
}

/** Keeps what is typed about one thing as a sealed draft of whoever is signed in. */
export function useKept<T>(patient: string, kind: DraftKind, keeping: Keeping<T>): Kept<T> {
  const client = useClient();
  const [typed, setTyped] = useState<T | null>(null);
  const [found, setFound] = useState<{ readonly entry: T; readonly at: string | null } | null>(
    null,
  );
  const [failed, setFailed] = useState(false);
  const keeper = useMemo(
    () =>
      createDraftKeeper(
        {
          put: (text) => client.drafts.put({ patient, kind, text }),
          discard: () => client.drafts.discard({ patient, kind }),
        },
        (kept) => setFailed(!kept),
      ),
    [client, patient, kind],
  );

  useEffect(() => {
    let current = true;
    client.drafts.get({ patient, kind }).then(
      ({ text, at }) => {
        const entry = text === null ? null : readKept(text, keeping);
        if (current && entry !== null) setFound({ entry, at });
      },
      // Nothing came back: what is typed from now on is kept all the same, or says that it is not.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [client, patient, kind, keeping]);

  return {
    // What she types meanwhile stands before what comes back.
    entry: typed ?? found?.entry ?? keeping.empty,
    change(next) {
      setTyped(next);
      keeper.keep(writeKept(next, keeping));
    },
    restored: found?.at ?? null,
    failed,
    settled: () => keeper.settled(),
    done: () => keeper.keep(null),
  };
}
