import { readReason } from "../../../shared/access-reason.ts";
import type { SeenEntry } from "../../../shared/contract/index.ts";
import type { Rooms } from "../api/index.ts";
import { readAccesses, type TrailAccess } from "../audit/index.ts";
import type { AccessRow } from "../store/index.ts";
import { asCode } from "./auditing.ts";
import { localInstant } from "./clock.ts";
import type { Readings } from "./readings.ts";
import { personOf } from "./rooms-people.ts";
import type { Running } from "./running-types.ts";

const EMERGENCY = "emergency:";

/** Who saw what, for the privacy officer: out of this PC's trail, and nothing that is not in it but names. */
export function privacyRooms(room: {
  /** @throws UNAVAILABLE while this PC is not ready */
  readonly here: () => Running;
  readonly readings: Readings;
}): Pick<Rooms, "seenBy" | "seekHere"> {
  const { here } = room;

  return {
    async seenBy(ticket, { patient, before, boards }) {
      const { journal, records, site } = here();
      // SECURITY: the list is itself a reading of data about persons, and is in the trail before anything of it is shown.
      await room.readings.accesses(ticket, patient ?? null);
      const { entries, next } = await readAccesses(journal, {
        patient: patient ?? null,
        before: before ?? null,
        boards,
      });
      const accesses = new Map((await journal.accesses()).map((row) => [row.id, row]));
      const people = personOf(site);
      const shown = [...new Set(entries.flatMap(({ patients }) => only(patients) ?? []))];
      const names = await records.read((reader) => reader.names(shown));
      return {
        entries: entries.map((entry): SeenEntry => {
          const { seq, at, what, detail, patients } = entry;
          const taken = accesses.get(accessIdOf(entry) ?? "");
          const emergency = what === "emergency" || entry.who?.startsWith(EMERGENCY) === true;
          const one = only(patients);
          return {
            seq,
            at: localInstant(new Date(at)),
            what,
            who: emergency ? null : people(entry.who),
            typed: emergency ? (taken?.name ?? null) : null,
            patient: one,
            patientName: one === null ? null : (names[one] ?? null),
            patients: patients.length,
            right: rightIn(detail["right"]),
            act: what === "charted" ? String(detail["what"] ?? "") : null,
            reason: what === "override" || what === "emergency" ? reasonIn(taken) : null,
            unusual: [...entry.unusual],
          };
        }),
        next,
      };
    },
    async seekHere({ clinician }, sought) {
      const { records, audit } = here();
      const found = await records.read((reader) => reader.sought(sought));
      // SECURITY: as with the hospital's patients: how many were shown to her, never whom she sought.
      await audit.record({
        kind: "patient-sought",
        clinician: asCode(clinician.clinician),
        detail: { here: true, found: found.length },
      });
      return found;
    },
  };
}

const only = (patients: readonly string[]): string | null =>
  patients.length === 1 ? (patients[0] ?? null) : null;

function accessIdOf({ who, detail }: TrailAccess): string | null {
  if (typeof detail["access"] === "string") return detail["access"];
  return who?.startsWith(EMERGENCY) === true ? who.slice(EMERGENCY.length) : null;
}

/** SECURITY: which reason was chosen; what she typed beside it is in the list of reviews, and not here. */
function reasonIn(taken: AccessRow | undefined): SeenEntry["reason"] {
  return taken === undefined ? null : readReason(taken.reason).choice;
}

function rightIn(right: unknown): SeenEntry["right"] {
  return right === "remit" || right === "override" || right === "emergency" ? right : null;
}
