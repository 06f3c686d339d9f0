import { z } from "zod";
import type { Journal, Remote } from "../store/index.ts";
import { keptJson } from "./kept-json.ts";
import { referencedId } from "./references.ts";
import { isObject } from "./page.ts";

/** Patients that a Patient says are the same person: `Patient.link` of type `replaces` or `replaced-by` (R4 section 8.1.11). */
export interface Linked {
  readonly patient: string;
  readonly to: readonly string[];
}

/** What a Patient resource says of merges; nothing clinical. */
export function linkedOf(resource: Record<string, unknown>, base: string): Linked | null {
  const { id, link } = resource;
  if (resource["resourceType"] !== "Patient" || typeof id !== "string") return null;
  const links = Array.isArray(link) ? (link as unknown[]) : [];
  const to = links.flatMap((one) =>
    isObject(one) && (one["type"] === "replaces" || one["type"] === "replaced-by")
      ? (referencedId(one["other"], "Patient", base) ?? [])
      : [],
  );
  return { patient: id, to: [...new Set(to)].filter((other) => other !== id) };
}

export interface Merges {
  /** Takes what Patients say now; one who no longer says so is no longer linked. */
  note(linked: readonly Linked[]): Promise<void>;
  /** Everybody who is, by however many merges, the same person as one of these, and is not one of them. */
  partnersOf(patients: readonly string[]): Promise<readonly string[]>;
}

const KEY = "sync.merges";
/** No honest record is merged so often; a HIS that links everybody to everybody must not fill the PC. */
const MOST = 32;
const Kept = z.record(z.string(), z.array(z.string()));

/** Kept in the journal's facts, as ids only: also a sealed PC fetches both records. */
export function createMerges(journal: Remote<Journal>): Merges {
  let links: Map<string, readonly string[]> | null = null;

  async function known(): Promise<Map<string, readonly string[]>> {
    if (links === null) {
      const text = (await journal.meta())[KEY];
      const parsed = Kept.safeParse(text === undefined ? {} : keptJson(text));
      links = new Map(Object.entries(parsed.success ? parsed.data : {}));
    }
    return links;
  }

  return {
    async note(linked) {
      const held = await known();
      let changed = false;
      for (const { patient, to } of linked) {
        const before = held.get(patient) ?? [];
        if (before.join() === to.join()) continue;
        changed = true;
        if (to.length === 0) held.delete(patient);
        else held.set(patient, to.slice(0, MOST));
      }
      if (changed) await journal.setMeta({ [KEY]: JSON.stringify(Object.fromEntries(held)) });
    },
    async partnersOf(patients) {
      const held = await known();
      const both = new Map<string, Set<string>>();
      const join = (a: string, b: string): void => {
        both.set(a, (both.get(a) ?? new Set()).add(b));
      };
      for (const [patient, to] of held)
        for (const other of to) {
          join(patient, other);
          join(other, patient);
        }
      const found = new Set<string>();
      const start = new Set(patients);
      for (const patient of start) {
        const met = new Set([patient]);
        // Grows while it is gone through: whom a partner is linked to is a partner too.
        for (const each of met)
          for (const other of both.get(each) ?? []) if (met.size <= MOST) met.add(other);
        for (const each of met) if (!start.has(each)) found.add(each);
      }
      return [...found];
    },
  };
}
