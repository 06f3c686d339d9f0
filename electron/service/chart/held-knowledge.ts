import type { Knowledge } from "../../../shared/clinical/drug-allergy/index.ts";
import { openPack, type HeldPack } from "../vault/index.ts";

/** So long after a pack has come it is read if nothing needed it before: whoever just signed in waits for her board. */
const READ_AFTER_MS = 1_000;

/** The knowledge pack that checks are made with. */
export interface HeldKnowledge {
  /** From now on this one; an unusable one is none. Reading it costs more than a patient: not done here. */
  use(pack: HeldPack | null): void;
  /** Of the pack in use, read if it has not been yet; null when there is none. */
  now(): Knowledge | null;
}

export function createHeldKnowledge(
  later: (call: () => void) => void = (call) => void setTimeout(call, READ_AFTER_MS).unref(),
): HeldKnowledge {
  let held: HeldPack | null = null;
  let read: { readonly knowledge: Knowledge | null } | null = null;

  function now(): Knowledge | null {
    read ??= { knowledge: held === null ? null : openPack(held) };
    return read.knowledge;
  }

  return {
    now,
    use(pack) {
      if (pack?.deflated === held?.deflated && pack?.validTo === held?.validTo) return;
      held = pack;
      read = null;
      later(() => {
        try {
          now();
        } catch {
          // Whoever needs it is told.
        }
      });
    },
  };
}
