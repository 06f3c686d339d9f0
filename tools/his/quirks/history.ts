import { outcomeAnswer } from "../outcomes.ts";
import { declaring } from "./answers.ts";
import type { Quirk } from "./quirk.ts";

function history(forbidden: (path: string) => boolean, kinds: readonly string[]): Quirk {
  return {
    wrap: (inner) =>
      declaring(
        async (request) =>
          forbidden(request.path)
            ? outcomeAnswer(404, "not-supported", "There is no history here")
            : await inner(request),
        (type, statement) => {
          for (const rest of statement.rest ?? [])
            rest.interaction =
              rest.interaction?.filter(({ code }) => code !== "history-system") ?? [];
          return {
            ...type,
            interaction: type.interaction?.filter(({ code }) => !kinds.includes(code ?? "")) ?? [],
          };
        },
      ),
  };
}

/** `_history` of a type and of everything is 404. */
export const noTypeHistory = history(
  (path) => /^([A-Za-z]+\/)?_history$/u.test(path),
  ["history-type"],
);

/** Every `_history` is 404, the single version excepted. */
export const noHistory = history(
  (path) => /(^|\/)_history$/u.test(path),
  ["history-type", "history-instance"],
);
