import type { Conflict, Keeping } from "../app/index.ts";

export type Side = "mine" | "theirs";
/** The chosen side of each field, by {@link nameOf}. */
export type Sides = Readonly<Record<string, Side>>;

type Item = Conflict["items"][number];
type Field = Item["fields"][number];
interface Place {
  readonly resource: string;
  readonly field: string;
}

export const nameOf = ({ resource, field }: Place): string => `${resource} ${field}`;

const VALUES = new Set(["value[x]", "component"]);

/**
 * Whether she is asked about a field. CLINICAL: whether a value counts as corrected follows the value she chooses; that it was
 * entered in error is a statement of its own.
 */
export function isAsked(field: Field, item: Item): boolean {
  if (!field.decide || !item.mineIsPossible) return false;
  if (field.field !== "status") return true;
  const isError = [field.mine, field.theirs].includes("entered-in-error");
  return isError || valueOf(item) === undefined;
}

/** Every field she is asked about. */
export function askedIn({ items }: Conflict): readonly Place[] {
  return items.flatMap((item) =>
    item.fields
      .filter((field) => isAsked(field, item))
      .map(({ field }) => ({ resource: item.resource, field })),
  );
}

/** The fields for which what was charted here is to stand. */
export function mineIn(conflict: Conflict, sides: Sides): readonly Place[] {
  return conflict.items.flatMap((item) =>
    item.fields
      .filter(({ decide }) => decide && item.mineIsPossible)
      .filter((field) => {
        const leader = isAsked(field, item) ? field : valueOf(item);
        const place = { resource: item.resource, field: leader?.field ?? field.field };
        return sides[nameOf(place)] === "mine";
      })
      .map(({ field }) => ({ resource: item.resource, field })),
  );
}

function valueOf(item: Item): Field | undefined {
  return item.fields.find(({ field, decide }) => decide && VALUES.has(field));
}

/** Kept while she decides, field by field. */
export const keptSides: Keeping<Sides> = {
  empty: {},
  write: (sides) => sides,
  read: (kept) =>
    Object.fromEntries(
      Object.entries(kept).flatMap(([name, side]) =>
        side === "mine" || side === "theirs" ? [[name, side]] : [],
      ),
    ),
};
