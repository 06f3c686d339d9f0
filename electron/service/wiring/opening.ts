import type { Audit } from "../audit/index.ts";
import { createDrafts, type Drafts, type KeptDrafts } from "../record/index.ts";
import type { SessionInput } from "../session/types.ts";
import type { JournalThread } from "../sync/index.ts";
import { sealingKeyOf, type OpenVault } from "../vault/index.ts";
import { wantEverything } from "./journal.ts";
import type { Records } from "./records.ts";
import type { Saves } from "./saves.ts";
import type { Site } from "./site.ts";
import type { Thread } from "./threads.ts";

const DRAFT_DEBOUNCE_MS = 300;

/** What an open vault opens, and what closes with it: the records, and her drafts. */
export interface Opening extends Pick<SessionInput, "openRecords" | "closeRecords"> {
  /** Of the open vault; null while sealed. */
  drafts(): Drafts | null;
}

export function createOpening(room: {
  readonly journal: Thread<JournalThread>;
  readonly keptDrafts: KeptDrafts;
  readonly site: Pick<Site, "confirmSealingKey">;
  readonly records: Records;
  readonly saves: Saves;
  readonly audit: Pick<Audit, "record">;
  /** The vault to go on with: another one where its key was made new on the way. */
  readonly renewed: (vault: OpenVault) => Promise<OpenVault>;
  readonly onOpened: () => void;
  readonly onClosed: () => void;
  readonly log: (message: string) => void;
  readonly onProblem: (error: unknown) => void;
}): Opening {
  const { journal, records, onProblem } = room;
  const draftJournal = room.keptDrafts.over(journal);
  let drafts: ReturnType<typeof createDrafts> | null = null;

  async function confirmSealingKey(vault: OpenVault): Promise<void> {
    if (await room.site.confirmSealingKey(vault)) return;
    room.log(
      "the journal's sealing key was not this vault's: put right; everything is fetched again",
    );
    await room.audit.record({ kind: "sync-alarm", detail: { kind: "sealing-key-changed" } });
    await journal.setSealingKey(sealingKeyOf(vault.keys));
    await wantEverything(journal);
  }

  return {
    drafts: () => drafts,
    async openRecords(unlocked) {
      await confirmSealingKey(unlocked);
      const vault = await room.renewed(unlocked);
      await records.open(vault);
      drafts = createDrafts({
        journal: draftJournal,
        key: vault.keys.drafts,
        now: Date.now,
        debounceMs: DRAFT_DEBOUNCE_MS,
        onProblem,
      });
      room.onOpened();
      return vault;
    },
    async closeRecords(dropKeys) {
      const closing = drafts;
      drafts = null;
      // They have a key of their own.
      const flushed = closing
        ?.flush()
        .catch(onProblem)
        .then(() => closing.close());
      await room.saves.settled();
      dropKeys();
      await Promise.all([flushed, records.close()]);
      room.onClosed();
    },
  };
}
