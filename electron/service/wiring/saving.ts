import type { DraftKind } from "../../../shared/contract/index.ts";
import type { DraftKey } from "../record/index.ts";
import type { Ticket } from "../session/index.ts";
import type { Running } from "./running-types.ts";

/** Does a save of what was typed in one form. Whose form it is may still have to be found out. */
export type Saving = <T>(
  ticket: Ticket,
  form: { readonly patient: string | Promise<string>; readonly kind: DraftKind },
  save: (patient: string) => Promise<T>,
) => Promise<T>;

/**
 * The one way in which something is saved: a lock that comes meanwhile waits for it, and what is saved is no draft any more,
 * even if the answer never reaches the page: it must not be offered a second time.
 */
export function createSaving(here: () => Running): Saving {
  return (ticket, form, save) => {
    const { saves, drafts: open } = here();
    // Hers, taken while they are open: after a lock there are none.
    const drafts = open();
    return saves.during(async () => {
      const patient = await form.patient;
      const saved = await save(patient);
      await drafts?.discard(draftKey(ticket, { patient, kind: form.kind })).catch(() => undefined);
      return saved;
    });
  };
}

export const draftKey = (
  { clinician }: Ticket,
  { patient, kind }: { readonly patient: string; readonly kind: DraftKind },
): DraftKey => ({ clinician: clinician.clinician, patient, kind });
