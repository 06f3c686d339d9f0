import { ORPCError } from "@orpc/server";
import type { PatientView, StatusView } from "../../../shared/contract/index.ts";
import type { Hints, Rooms } from "../api/index.ts";
import type { VitalsInput } from "../record/index.ts";
import type { Ticket } from "../session/index.ts";
import { localInstant } from "./clock.ts";
import type { Running } from "./running-types.ts";
import { decidingRoom } from "./rooms-deciding.ts";
import { givingRoom } from "./rooms-giving.ts";
import { orderingRooms } from "./rooms-ordering.ts";
import { chartingError, chartingOf, outboxRooms } from "./rooms-outbox.ts";
import { everywhereRooms } from "./rooms-everywhere.ts";
import { guestRooms } from "./rooms-guests.ts";
import { itRooms } from "./rooms-it.ts";
import { createReadings } from "./readings.ts";
import { openingOf, peopleRooms, rightOf } from "./rooms-people.ts";
import { privacyRooms } from "./rooms-privacy.ts";
import { createSaving, draftKey } from "./saving.ts";
import { createWorkstation, type WorkstationRoom } from "./workstation.ts";

export interface RoomsRoom extends WorkstationRoom {
  readonly hints: Hints;
  readonly status: () => Promise<StatusView>;
  /** SHA-256 of what was copied from the page. */
  readonly onCopied: (digest: string) => void;
}

/** The handlers' functions, over whatever is running now. */
export function createRooms(room: RoomsRoom): Rooms {
  const { status, hints, running } = room;
  const workstation = createWorkstation(room);
  const give = givingRoom({ here, known, hints });
  const saving = createSaving(here);
  const decideHold = decidingRoom({ here, known, charted, hints, policy: room.policy });
  const readings = createReadings({ here, policy: room.policy });

  function here(): Running {
    const now = running();
    if (now === null)
      throw new ORPCError("UNAVAILABLE", {
        status: 503,
        data: { what: "not-joined", detail: "This PC is not ready; the lock screen says why." },
      });
    return now;
  }

  async function known(patient: string): Promise<void> {
    if (!(await here().records.read((reader) => reader.knows(patient))))
      throw new ORPCError("NOT_FOUND", { status: 404 });
  }

  async function chartVitals(ticket: Ticket, input: VitalsInput): Promise<{ uuid: string }> {
    const { record } = here();
    await known(input.patient);
    await rightOf(here(), ticket, input.patient);
    try {
      const saved = await record.chartVitals(chartingOf(ticket), input);
      charted(input.patient);
      return saved;
    } catch (error) {
      throw chartingError(error);
    }
  }

  /** Something was charted: the screens show it, and it is on its way. */
  function charted(patient: string): void {
    hints.outbox();
    hints.records([patient]);
    hints.status();
    void here()
      .sync()
      ?.pushNow()
      .catch(() => undefined);
  }

  const people = peopleRooms({
    here,
    running,
    status,
    onCopied: room.onCopied,
    changed: () => hints.records([]),
  });

  return {
    ticket: () => {
      const now = running();
      return now?.session.state() === "open" ? now.session.ticket() : null;
    },
    closedState: () => (running()?.session.state() === "locked" ? "locked" : "sealed"),
    status,
    hints: hints.subscribe,

    ...people,
    ...itRooms({ here, running, status }),
    ...guestRooms({ here }),
    ...privacyRooms({ here, readings }),
    ...everywhereRooms({ here, readings, own: people }),

    async wardBoard(ticket, ward) {
      const { clinician, access } = ticket;
      const served = room.policy().wards.map(({ id }) => id);
      const wide = access.kind === "emergency";
      const hers = wide ? served : served.filter((id) => clinician.wards.includes(id));
      const wanted = ward ?? hers[0] ?? served[0];
      if (wanted === undefined || !served.includes(wanted)) return null;
      const now = localInstant(new Date());
      const outsider = hers.includes(wanted) ? undefined : clinician.clinician;
      const board = await here().records.read((reader) =>
        reader.wardBoard({ ward: wanted, now, outsider }),
      );
      // SECURITY: as a patient's reading: no board without its entry in the trail.
      await readings.board(ticket, wanted, board);
      return board;
    },
    async patientView(ticket, patient) {
      const { records } = here();
      await known(patient);
      // SECURITY: P2. By which right is asked before anything of the record is read.
      const opening = await openingOf(here(), ticket, patient);
      const now = localInstant(new Date());
      const twoFor = room.policy().guard.twoClinicians;
      const view = await records.read((reader) => reader.patientView({ patient, now, twoFor }));
      if (view === null) return null;
      // SECURITY: no reading without its entry in the trail; a full disk refuses the reading, not the trail.
      await readings.patient(ticket, patient, opening);
      if (metDamage(view)) records.damageSeen();
      return { ...view, access: opening.right };
    },

    decideHold: (ticket, input) =>
      saving(ticket, { ...input, kind: `hold/${input.type}.${input.id}` }, () =>
        decideHold(ticket, input),
      ),
    chartVitals: (ticket, input) =>
      saving(ticket, { ...input, kind: "vitals" }, () => chartVitals(ticket, input)),
    correctVitals: (ticket, input) =>
      saving(ticket, { ...input, kind: `correct/${input.ids[0] ?? ""}` }, async () => {
        await known(input.patient);
        await rightOf(here(), ticket, input.patient);
        try {
          const saved = await here().record.correctVitals(chartingOf(ticket), input);
          charted(input.patient);
          return saved;
        } catch (error) {
          throw chartingError(error);
        }
      }),

    give: (ticket, input) =>
      saving(ticket, { ...input, kind: `give/${input.order}` }, () => give(ticket, input)),

    ...orderingRooms({ here, known, charted, saving }),

    putDraft: (ticket, { text, ...form }) => {
      here().drafts()?.put(draftKey(ticket, form), text);
      return Promise.resolve({});
    },
    async getDraft(ticket, form) {
      const draft = await here().drafts()?.get(draftKey(ticket, form));
      return draft
        ? { text: draft.text, at: localInstant(new Date(draft.at)) }
        : { text: null, at: null };
    },
    async discardDraft(ticket, form) {
      await here().drafts()?.discard(draftKey(ticket, form));
      return {};
    },

    ...outboxRooms({ here, hints, charted, saving }),
    ...workstation,
  };
}

/** Chunks that nobody has salvaged yet: a salvaged section says *damaged* too, but no longer *loaded*. */
function metDamage(view: PatientView): boolean {
  return [
    view.banner.allergies.section,
    view.problemsSection,
    view.medicinesSection,
    view.vitalsSection,
    view.resultsSection,
    view.notesSection,
  ].some(({ loaded, damaged }) => loaded && damaged);
}
