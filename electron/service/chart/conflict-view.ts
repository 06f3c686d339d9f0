import type { Conflict } from "../../../shared/contract/index.ts";
import {
  conceptText,
  field,
  mergeResource,
  number,
  objects,
  readVital,
  referenceText,
  text,
  type FieldDifference,
} from "../../../shared/clinical/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import { basesOf, theirsIn, versionKey, type ActRow } from "../store/index.ts";

/** A conflict as a clinician decides it: field by field, what was there, what was charted here, what the HIS holds now. */
export function conflictOf(row: ActRow, act: Act): Conflict | null {
  if (row.state !== "parked" || row.why !== "conflict") return null;
  const bases = basesOf(row);
  const theirs = theirsIn(row);
  const items = act.entries.flatMap(({ resource: mine }): Conflict["items"] => {
    const name = versionKey(mine);
    const held = theirs[name];
    if (held === null || held === undefined) return [];
    const merge = mergeResource({ base: bases[name] ?? null, mine, theirs: held });
    return [
      {
        resource: name,
        vitals: Object.keys(readVital({ ...held, status: "final" })?.values ?? {}),
        what: conceptText(field(held, "code")) ?? name,
        at: text(field(held, "effectiveDateTime")),
        mineIsPossible: merge.mineIsPossible,
        fields: merge.differences.map((one) => ({
          field: one.field,
          base: shown(one, "base"),
          mine: shown(one, "mine"),
          theirs: shown(one, "theirs"),
          decide: one.merged === null,
        })),
      },
    ];
  });
  return items.length === 0 ? null : { items };
}

function shown(one: FieldDifference, side: "base" | "mine" | "theirs"): string | null {
  const values = Object.entries(one[side]).map(([name, value]) => worded(name, value));
  return values.length === 0 ? null : values.join(" ");
}

/** A value of FHIR in a reader's words, as far as it has any. */
function worded(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (name === "valueQuantity") return quantity(value);
  const parts = objects(value).map(
    (one) =>
      (field(one, "valueQuantity") === undefined ? null : quantity(field(one, "valueQuantity"))) ??
      text(field(one, "text")) ??
      conceptText(one) ??
      referenceText(one) ??
      text(field(one, "value")) ??
      JSON.stringify(one),
  );
  return parts.join(name === "component" ? " / " : ", ");
}

function quantity(value: unknown): string {
  return [number(field(value, "value")), text(field(value, "unit"))]
    .filter((part) => part !== null)
    .join(" ");
}
