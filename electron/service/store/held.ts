import { readHolds } from "./chunk.ts";
import { bytesOf, numberOf, type Connection } from "./connection.ts";
import { heldSection, type Held } from "./held-section.ts";

/** Most ids remembered; about 40 bytes each. A ward of 40 beds has some 10,000, 1,000 beds some 250,000. */
const MOST = 250_000;

export interface HeldVersions {
  /** What a section holds, from memory or from its chunks' packed indexes; nothing is inflated. */
  of(section: number): Held;
  /** The writer added this many ids to what {@link HeldVersions.of} gave it. */
  grew(count: number): void;
  /** Forgets one section, or all: after a rollback nothing remembered is certain. */
  forget(section?: number): void;
}

/**
 * Remembers what the file's only writer has read or written, least recently used sections leaving first. A trickle
 * touches sections in no order, and reading each one's indexes again costs pages.
 */
export function heldVersions(db: Connection): HeldVersions {
  const sections = new Map<number, Held>();
  let remembered = 0;

  const load = (section: number): Held => {
    const held = heldSection();
    for (const row of db
      .sql("SELECT packed, holds FROM chunks WHERE section = ? ORDER BY number")
      .all(section)) {
      const { versions, removed } = readHolds(bytesOf(row, "holds"), numberOf(row, "packed") === 1);
      for (const id of removed) held.delete(id);
      for (const [id, stamp] of versions) held.set(id, stamp);
    }
    return held;
  };

  return {
    of: (section) => {
      let held = sections.get(section);
      if (held === undefined) {
        held = load(section);
        remembered += held.size;
      } else {
        sections.delete(section);
      }
      sections.set(section, held);
      if (remembered > MOST) {
        // Counted anew, because a remembered section grows in its writer's hands.
        remembered = 0;
        for (const each of sections.values()) remembered += each.size;
        for (const [oldest, each] of sections) {
          if (remembered <= MOST * 0.75) break;
          if (oldest === section) continue;
          sections.delete(oldest);
          remembered -= each.size;
        }
      }
      return held;
    },
    grew: (count) => {
      remembered += count;
    },
    forget: (section) => {
      if (section === undefined) {
        sections.clear();
        remembered = 0;
      } else sections.delete(section);
    },
  };
}
