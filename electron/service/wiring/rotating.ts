import { z } from "zod";
import type { Rotation } from "../../../shared/trust/index.ts";
import { ROTATED_META } from "../vault/index.ts";

/** In the journal's meta: which keys of an order were made new already, by the order's id. */
const PARTS_META = "rotated.parts";
const Parts = z.record(z.string(), z.array(z.string()));
const Ids = z.array(z.string());

type Key = Rotation["keys"][number];

function read<T>(schema: z.ZodType<T>, text: string | undefined, none: T): T {
  try {
    return schema.parse(JSON.parse(text ?? ""));
  } catch {
    return none;
  }
}

/** Which keys of this order are new already. */
export function partsDone(meta: Readonly<Record<string, string>>, order: Rotation): string[] {
  return read(Parts, meta[PARTS_META], {})[order.id] ?? [];
}

/** The meta that says one more key of this order is new, and after the last that the order is carried out. */
export function withPart(
  meta: Readonly<Record<string, string>>,
  order: Rotation,
  key: Key,
): Record<string, string> {
  const parts = [...new Set([...partsDone(meta, order), key])];
  const all = { ...read(Parts, meta[PARTS_META], {}), [order.id]: parts };
  const whole = order.keys.every((one) => parts.includes(one));
  const ids = [...new Set([...read(Ids, meta[ROTATED_META], []), ...(whole ? [order.id] : [])])];
  return { [PARTS_META]: JSON.stringify(all), [ROTATED_META]: JSON.stringify(ids) };
}
