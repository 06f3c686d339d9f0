import { hospitalNumber, patientName, sexOf, field, text } from "../../../shared/clinical/index.ts";
import type { FoundPatient } from "../../../shared/contract/index.ts";
import { HisError } from "../his/index.ts";
import { isId, parsePage, NotAPage } from "./page.ts";
import type { SyncParts } from "./ask.ts";
import { readable } from "./readable.ts";
import { guestRows, wantMissing } from "./scope.ts";

/** What the HIS was asked, and what it knows. */
export interface Sought {
  /** False: the HIS cannot be asked now, or did not answer; then nothing is known of anybody. */
  readonly answered: boolean;
  readonly found: readonly FoundPatient[];
  /** There are more than are shown: to be asked for more narrowly. */
  readonly more: boolean;
}

export interface Guests {
  /** Looks for patients of the whole hospital: by birth date if it is one, by number if it holds a digit, else by name. */
  find(sought: string): Promise<Sought>;
  /** Keeps one more patient until retention ends; answers whether he is on his way. His record comes with the next round. */
  bring(patient: string): Promise<boolean>;
}

const MOST_FOUND = 20;
/** Twenty Patients are some 40 KB: what is larger is no answer to that question. */
const MOST_BYTES = 2 * 1024 * 1024;
const NOTHING: Sought = { answered: false, found: [], more: false };

/** Patients from beyond this PC's wards, whom a doctor asked for. */
export function createGuests(parts: SyncParts): Guests {
  const { his, link, journal, now } = parts;

  async function ask(target: string): Promise<Sought> {
    const { bytes } = await link.run(async () => await his.get(target));
    if (bytes.byteLength > MOST_BYTES) return NOTHING;
    const page = parsePage(bytes);
    const found = page.entries.flatMap(({ type, resource }): FoundPatient[] => {
      const read = type === "Patient" ? readable(resource) : null;
      if (read?.ok !== true) return [];
      return [
        {
          patient: read.resource.id,
          name: patientName(read.resource),
          birthDate: text(field(read.resource, "birthDate")),
          sex: sexOf(read.resource),
          identifier: hospitalNumber(read.resource),
        },
      ];
    });
    return { answered: true, found: found.slice(0, MOST_FOUND), more: page.next !== null };
  }

  return {
    async find(sought) {
      try {
        return await ask(patientQuestion(sought, MOST_FOUND));
      } catch (error) {
        if (error instanceof HisError || error instanceof NotAPage) return NOTHING;
        throw error;
      }
    },
    async bring(patient) {
      if (!isId(patient) || link.state().kind !== "up") return false;
      const held = new Map((await journal.scope()).map((row) => [row.patient, row]));
      const rows = guestRows([patient], held, now(), 0);
      await wantMissing(journal, [patient]);
      await journal.mark({
        kind: "scope",
        types: [],
        asOf: new Date(now()).toISOString(),
        cursors: [],
        scope: rows,
      });
      return true;
    },
  };
}

/** The search for what somebody typed. */
export function patientQuestion(sought: string, most: number): string {
  const typed = sought.trim();
  const by = /^\d{4}-\d{2}-\d{2}$/u.test(typed)
    ? "birthdate"
    : /\d/u.test(typed)
      ? "identifier"
      : "name";
  // What FHIR gives a meaning of its own in a parameter is escaped (R4 section 3.1.1.4.0.1).
  const value = typed.replaceAll(/[\\$,|]/gu, "\\$&");
  return `Patient?${by}=${encodeURIComponent(value)}&_count=${most}`;
}
