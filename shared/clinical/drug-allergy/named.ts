import { codeKey } from "./pack.ts";
import type { Knowledge } from "./types.ts";
import { wordsOf } from "./words.ts";

/** A medicine as the pack names it. */
export interface Named {
  readonly system: string;
  readonly code: string;
  readonly name: string;
  /** The other name it was found by, in folded words; null: its own. */
  readonly by: string | null;
}

/** Names offered at once: more is typed further. */
const MOST = 12;

/**
 * Ingredients one of whose names begins with what was typed, or has a word that does: by their own name first. Classes are
 * not offered: nobody can give "a penicillin".
 */
export function namedMedicines(knowledge: Knowledge | null, sought: string): Named[] {
  const typed = wordsOf(sought).join(" ");
  if (knowledge === null || typed === "") return [];
  const found = new Map<string, { readonly by: string | null; readonly rank: number }>();
  for (const { words, meaning } of [...knowledge.names.values()].flat()) {
    const own = knowledge.ingredients.get(meaning.id);
    if (meaning.kind !== "ingredient" || own === undefined) continue;
    const said = words.join(" ");
    const isStart = said.startsWith(typed);
    if (!isStart && !said.includes(` ${typed}`)) continue;
    const isOwn = said === wordsOf(own.name).join(" ");
    const rank = (isOwn ? 0 : 2) + (isStart ? 0 : 1);
    const before = found.get(meaning.id);
    if (before === undefined || rank < before.rank)
      found.set(meaning.id, { by: isOwn ? null : said, rank });
  }
  return [...found]
    .map(([id, { by, rank }]) => ({ rank, named: namedBy(knowledge, id, by) }))
    .toSorted((a, b) => a.rank - b.rank || a.named.name.localeCompare(b.named.name))
    .slice(0, MOST)
    .map(({ named }) => named);
}

function namedBy({ ingredients }: Knowledge, id: string, by: string | null): Named {
  const at = id.lastIndexOf("|");
  const [system, code] = [id.slice(0, at), id.slice(at + 1)];
  return { system, code, name: ingredients.get(id)?.name ?? code, by };
}

/** The pack's own name of a coded ingredient; null: it does not name it. */
export function nameOfMedicine(
  knowledge: Knowledge | null,
  { system, code }: { readonly system: string; readonly code: string },
): string | null {
  return knowledge?.ingredients.get(codeKey(system, code))?.name ?? null;
}
