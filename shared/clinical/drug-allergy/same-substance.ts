import { isKnown } from "./match.ts";
import { recogniseMedicine, type Recognised } from "./recognise.ts";
import { shares } from "./tolerance.ts";
import type { Knowledge, Medicine } from "./types.ts";

/**
 * Whether two orders are of one substance. CLINICAL: what the pack does not know is compared by its telling word: an order in
 * words beside the same one must be seen. It is asked, never refused.
 */
export function sameSubstance(
  knowledge: Knowledge | null,
): (one: Medicine, other: Medicine) => boolean {
  return (one, other) => {
    const [a, b] = [recogniseMedicine(one, knowledge), recogniseMedicine(other, knowledge)];
    return shares(a, b) || ((!isKnown(a) || !isKnown(b)) && (says(a, b) || says(b, a)));
  };
}

function says(a: Recognised, b: Recognised): boolean {
  return a.texts.some(
    ({ telling }) => telling !== null && b.texts.some(({ words }) => words.includes(telling)),
  );
}
