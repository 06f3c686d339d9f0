import { EmergencyRefused, Locked } from "./errors.ts";
import type { Holder } from "./holder.ts";
import type { SessionInput, Ticket } from "./types.ts";

/** Refuses a ticket that is void, or that of an emergency access: what follows is done in a clinician's own name. */
export function ownTicket(ticket: Ticket, state: "sealed" | "locked"): void {
  if (!ticket.valid()) throw new Locked(state);
  if (ticket.access.kind === "emergency") throw new EmergencyRefused("not in an emergency access");
}

/** Puts an override on disk, with its audit entry, in one transaction. */
export async function writeOverride(
  input: Pick<SessionInput, "journal" | "audit" | "workstation" | "newId" | "clock">,
  holder: Holder,
  patient: string,
  reason: string,
): Promise<void> {
  const { clinician } = holder.person;
  const id = input.newId();
  await input.journal.putAccess(
    {
      id,
      kind: "override",
      at: input.clock.now().getTime(),
      until: null,
      clinician,
      name: null,
      by: null,
      patient,
      reason,
      workstation: input.workstation,
      reviewedBy: null,
      reviewedAt: null,
      reported: false,
    },
    [input.audit.body({ kind: "override", clinician, patient, detail: { access: id } })],
  );
}
