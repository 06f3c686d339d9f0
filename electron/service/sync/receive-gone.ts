import type { NewInboxPage, Received } from "../store/index.ts";
import type { PageSealer } from "../vault/index.ts";
import type { Listing, Notice } from "./notice.ts";
import { NotAPage, parseHistory, parsePage } from "./page.ts";
import { patientOf } from "./references.ts";
import { sealNotice } from "./sealed-page.ts";
import { WARD_TYPES } from "./types.ts";
import type { JournalThread } from "./types.ts";

/** What the journal's thread does with answers that say what is gone from the HIS. */
export function createGoneReceiver(options: {
  readonly sealer: () => PageSealer | null;
  readonly commit: (input: Received) => Promise<unknown>;
}): Pick<JournalThread, "receiveHistory" | "listPage" | "receiveListing"> {
  const { sealer, commit } = options;
  const listings = new Map<string, Map<string, Listing["held"][number]>>();

  async function sealed(type: string, asOf: string, notice: Notice): Promise<NewInboxPage> {
    const by = sealer();
    if (by === null) throw new Error("this PC has no vault yet");
    // Never `last`: what is gone says nothing about what a section must yet receive.
    const row = { kind: "pull", type, patient: null, last: false, asOf } as const;
    const resources = notice.kind === "tombstones" ? 0 : notice.held.length;
    return { ...row, resources, sealed: await sealNotice(by, row, notice) };
  }

  return {
    async receiveHistory({ bytes, type, asOf, cursor, lazy }) {
      try {
        const { gone, next } = parseHistory(bytes, type, asOf);
        const page =
          gone.length === 0
            ? null
            : await sealed(type, asOf, { kind: "tombstones", gone: [...gone] });
        const moves = next === null && (page !== null || !lazy);
        if (page !== null || moves) await commit({ page, ...(moves && { cursor }) });
        return { problem: null, next, fresh: 0 };
      } catch (error) {
        if (error instanceof NotAPage) return { problem: error.message, next: null, fresh: 0 };
        throw error;
      }
    },
    listPage({ bytes, base, type, first }) {
      const held = first ? new Map<string, Listing["held"][number]>() : listings.get(type);
      if (held === undefined) return { problem: "its listing was interrupted", next: null };
      listings.set(type, held);
      try {
        const { entries, next } = parsePage(bytes);
        for (const entry of entries) {
          // Something else, or something without an id, in a listing: it is not to be relied on.
          if (entry.type !== type || entry.id === null)
            return { problem: "its listing holds what was not asked for", next: null };
          const whose = (WARD_TYPES as readonly string[]).includes(type)
            ? null
            : patientOf(entry.resource, base);
          held.set(entry.id, [entry.id, entry.version, entry.lastUpdated, whose]);
        }
        return { problem: null, next };
      } catch (error) {
        if (error instanceof NotAPage) return { problem: error.message, next: null };
        throw error;
      }
    },
    async receiveListing({ type, patients, asOf, before }) {
      const held = listings.get(type);
      listings.delete(type);
      if (held === undefined) throw new Error("no listing to commit");
      const page = await sealed(type, asOf, {
        kind: "listing",
        patients: [...patients],
        asOf,
        before,
        held: [...held.values()],
      });
      await commit({ page });
    },
  };
}
