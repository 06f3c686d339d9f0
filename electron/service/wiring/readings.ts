import type { WardBoard } from "../../../shared/contract/index.ts";
import {
  accessOf,
  type Audit,
  createReadingWatch,
  isRestrictedReading,
  MOST_PATIENTS,
  type Reading,
  type ReadingWatch,
} from "../audit/index.ts";
import type { Policy } from "../policy/index.ts";
import type { Journal, Remote } from "../store/index.ts";
import { asCode } from "./auditing.ts";
import type { Opening } from "./rooms-people.ts";

/** One reading of a patient is audited once in this time, however often the screen asks again. */
const READ_AGAIN_MS = 10 * 60_000;
/** Entries of the trail that are looked through at the first reading after a start. */
const LOOKED_BACK = 2_000;

/** Who reads: of a session's ticket her id, and its vault, of which each session has one. */
export interface Reader {
  readonly clinician: { readonly clinician: string };
  readonly vault: object;
}

/** Writes down what was read, and marks what is nobody's ordinary reading. */
export interface Readings {
  patient(ticket: Reader, patient: string, opening: Opening): Promise<void>;
  /** Who was on the board counts: a patient who came since is a new reading. */
  board(ticket: Reader, ward: string, board: WardBoard | null): Promise<void>;
  /** The list of who saw what; null: everybody's. */
  accesses(ticket: Reader, patient: string | null): Promise<void>;
}

/** SECURITY: each resolves when its entry is on disk: no reading without it; a full disk refuses the reading, not the trail. */
export function createReadings(room: {
  /** @throws UNAVAILABLE while this PC is not ready */
  readonly here: () => {
    readonly journal: Pick<Remote<Journal>, "auditBack">;
    readonly audit: Pick<Audit, "record">;
  };
  readonly policy: () => Pick<Policy, "privacy">;
}): Readings {
  const { here } = room;
  /** What was read, by session: when it was last written down. */
  const read = new WeakMap<Reader["vault"], Map<string, number>>();
  let watch: Promise<ReadingWatch> | null = null;

  /** Once in a while for each session and thing read. */
  async function onceInAWhile(
    { vault }: Reader,
    what: string,
    write: () => Promise<void>,
  ): Promise<void> {
    const times = read.get(vault) ?? new Map<string, number>();
    read.set(vault, times);
    const last = times.get(what);
    if (last !== undefined && performance.now() - last < READ_AGAIN_MS) return;
    await write();
    times.set(what, performance.now());
  }

  /** SECURITY: whoever ends the program between two patients is still counted. */
  async function watching(): Promise<ReadingWatch> {
    const { rows } = await here().journal.auditBack(null, LOOKED_BACK, null);
    const [now, wall] = [performance.now(), Date.now()];
    const earlier = rows.flatMap((row): Reading[] => {
      const access = accessOf(row);
      const [patient] = access?.patients ?? [];
      if (access?.what !== "opened" || access.who === null || patient === undefined) return [];
      // An entry from after now: the clock was put back, and it counts as just read.
      const age = Math.max(0, wall - Date.parse(access.at));
      const outside = access.detail["right"] !== "remit";
      return [{ who: access.who, patient, at: now - age, outside }];
    });
    return createReadingWatch(room.policy().privacy, earlier);
  }

  return {
    async patient(ticket, patient, { right, careTeam, restricted }) {
      await onceInAWhile(ticket, `Patient/${patient}`, async () => {
        watch ??= watching().catch((error: unknown) => {
          watch = null;
          throw error;
        });
        const { opened } = await watch;
        const who = asCode(ticket.clinician.clinician);
        const outside = right !== "remit";
        const burst = opened({ who, patient: asCode(patient), at: performance.now(), outside });
        const marks = [
          ...(burst === null ? [] : [burst.mark]),
          ...(isRestrictedReading({ who, restricted, careTeam, outside }) ? ["restricted"] : []),
        ];
        await here().audit.record({
          kind: "patient-read",
          clinician: who,
          patient: asCode(patient),
          detail: { right, ...(marks.length > 0 && { unusual: marks.join("+") }) },
        });
        if (burst?.isNew === true)
          await here().audit.record({
            kind: "unusual-reading",
            clinician: who,
            patients: burst.patients.slice(-MOST_PATIENTS),
            detail: { unusual: burst.mark, patients: burst.patients.length },
          });
      });
    },
    async board(ticket, ward, board) {
      const patients = (board?.rows ?? []).flatMap(({ patient }) => patient ?? []);
      await onceInAWhile(ticket, `Location/${ward}: ${patients.toSorted().join(" ")}`, async () => {
        for (let at = 0; at < patients.length; at += MOST_PATIENTS)
          await here().audit.record({
            kind: "ward-read",
            clinician: asCode(ticket.clinician.clinician),
            patients: patients.slice(at, at + MOST_PATIENTS).map(asCode),
            detail: { ward: asCode(ward) },
          });
      });
    },
    accesses: (ticket, patient) =>
      onceInAWhile(ticket, `accesses: ${patient ?? ""}`, () =>
        here().audit.record({
          kind: "access-list-read",
          clinician: asCode(ticket.clinician.clinician),
          ...(patient !== null && { patient: asCode(patient) }),
        }),
      ),
  };
}
