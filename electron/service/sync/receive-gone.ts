import type { Journal, NewInboxPage, Received } from "../store/index.ts";
import type { PageSealer } from "../vault/index.ts";
import type { Listing, Notice } from "./notice.ts";
import { linkedOf } from "./merges.ts";
import type { NewestKnown } from "./newest-known.ts";
import { NotAPage, parseAnyHistory, parseHistory, parsePage } from "./page.ts";
import type { PageEntry } from "./page.ts";
import { patientOf } from "./references.ts";
import { sealNotice } from "./sealed-page.ts";
import { WARD_TYPES } from "./types.ts";
import type { JournalThread } from "./types.ts";

/** Types of which a new one may bring somebody into scope. */
const ALWAYS_OURS = new Set(["Encounter", "Patient", ...WARD_TYPES]);

/** What the journal's thread does with answers that say what is gone from the HIS. */
export function createGoneReceiver(options: {
  readonly journal: Pick<Journal, "scope">;
  readonly sealer: () => PageSealer | null;
  readonly commit: (input: Received) => Promise<unknown>;
  readonly newest: NewestKnown;
}): Pick<JournalThread, "receiveHistory" | "countHistory" | "listPage" | "receiveListing"> {
  const { journal, sealer, commit, newest } = options;
  const listings = new Map<string, Map<string, Listing["held"][number]>>();

  async function sealed(type: string, asOf: string, notice: Notice): Promise<NewInboxPage> {
    const by = sealer();
    if (by === null) throw new Error("this PC has no vault yet");
    // Never `last`: what is gone says nothing about what a section must yet receive.
    const row = { kind: "pull", type, patient: null, last: false, asOf } as const;
    const resources = notice.kind === "listing" ? notice.held.length : 0;
    return { ...row, resources, sealed: await sealNotice(by, row, notice) };
  }

  /** No search about our patients shows what is no longer theirs. A first version was never another's. */
  function elsewhere(changed: readonly PageEntry[], base: string): Record<string, unknown>[] {
    const ours = new Set(journal.scope().map(({ patient }) => patient));
    return newestOf(changed).flatMap(({ version, resource }) => {
      const patient = version === "1" ? null : patientOf(resource, base);
      return patient === null || ours.has(patient) ? [] : [resource];
    });
  }

  return {
    countHistory({ bytes, base }) {
      try {
        const { entries, next } = parseAnyHistory(bytes);
        const ours = new Set(journal.scope().map(({ patient }) => patient));
        const told: Record<string, number> = {};
        for (const { type, isFirst, resource } of entries) {
          const patient = resource === null ? null : patientOf(resource, base);
          // A record made anew for a patient of another ward is none of ours; anything else may be, or may have been.
          const isOthers = isFirst && patient !== null && !ours.has(patient);
          if (isOthers && !ALWAYS_OURS.has(type)) continue;
          told[type] = (told[type] ?? 0) + 1;
        }
        return { problem: null, next, told };
      } catch (error) {
        if (error instanceof NotAPage) return { problem: error.message, next: null, told: {} };
        throw error;
      }
    },
    async receiveHistory({ bytes, base, type, asOf, cursor, lazy }) {
      try {
        const { gone, changed, next } = parseHistory(bytes, type, asOf);
        const isOurs = type !== "Patient" && !(WARD_TYPES as readonly string[]).includes(type);
        const moved = isOurs ? elsewhere(changed, base) : [];
        if (moved.length > 0)
          await commit({ page: await sealed(type, asOf, { kind: "moved", resources: moved }) });
        const page =
          gone.length === 0
            ? null
            : await sealed(type, asOf, { kind: "tombstones", gone: [...gone] });
        const moves = next === null && (page !== null || moved.length > 0 || !lazy);
        const meta = newest.removals(type, gone, asOf);
        if (page !== null || moves)
          await commit({ page, ...(moves && { cursor }), ...(meta && { meta }) });
        const linked =
          type === "Patient"
            ? newestOf(changed).flatMap(({ resource }) => linkedOf(resource, base) ?? [])
            : [];
        return { problem: null, next, linked };
      } catch (error) {
        if (error instanceof NotAPage) return { problem: error.message, next: null, linked: [] };
        throw error;
      }
    },
    listPage({ bytes, base, type, first }) {
      const held = first ? new Map<string, Listing["held"][number]>() : listings.get(type);
      if (held === undefined) return { problem: "its listing was interrupted", next: null };
      listings.set(type, held);
      try {
        const page = parsePage(bytes);
        for (const entry of page.entries) {
          // Something else, or something without an id, in a listing: it is not to be relied on.
          if (entry.type !== type || entry.id === null)
            return { problem: "its listing holds what was not asked for", next: null };
          const whose = (WARD_TYPES as readonly string[]).includes(type)
            ? null
            : patientOf(entry.resource, base);
          held.set(entry.id, [entry.id, entry.version, entry.lastUpdated, whose]);
        }
        return { problem: null, next: page.next };
      } catch (error) {
        if (error instanceof NotAPage) return { problem: error.message, next: null };
        throw error;
      }
    },
    async receiveListing({ type, part, patients, asOf, before, takes }) {
      const held = listings.get(type);
      listings.delete(type);
      if (held === undefined) throw new Error("no listing to commit");
      const page = await sealed(type, asOf, {
        kind: "listing",
        part,
        patients: [...patients],
        asOf,
        before,
        takes,
        held: [...held.values()],
      });
      const listed = [...held.values()].map(([id, version, lastUpdated]) => ({
        type,
        id,
        version,
        lastUpdated,
      }));
      const meta = newest.versions(listed, asOf);
      await commit({ page, ...(meta && { meta }) });
    },
  };
}

/** A history holds every version; only the last word of each counts. */
function newestOf(entries: readonly PageEntry[]): readonly PageEntry[] {
  const newest = new Map<string | null, PageEntry>();
  for (const entry of entries) {
    const known = newest.get(entry.id);
    if (
      known === undefined ||
      Date.parse(entry.lastUpdated ?? "") > Date.parse(known.lastUpdated ?? "")
    )
      newest.set(entry.id, entry);
  }
  return [...newest.values()];
}
