import { declaring } from "./answers.ts";
import type { Quirk } from "./quirk.ts";

/** A PUT to a new id is 404, and the statement says so. */
export const ownIds: Quirk = { settings: { clientIds: false } };

/** A PUT to a new id is 404, although the statement promises `updateCreate`. */
export const ownIdsUnsaid: Quirk = {
  settings: { clientIds: false },
  wrap: (inner) => declaring(inner, (type) => ({ ...type, updateCreate: true })),
};

/** A PUT of what is there already makes no new version. */
export const keepsIdentical: Quirk = { settings: { keepsIdentical: true } };
