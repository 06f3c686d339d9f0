import { bundleOf } from "./answers.ts";
import type { Quirk } from "./quirk.ts";

function without(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  name: string,
): Record<string, string | string[] | undefined> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

/** `If-Match` on a PATCH is not looked at: the patch is applied to whatever is there. */
export const patchesBlindly: Quirk = {
  wrap: (inner) => async (request) =>
    await inner(
      request.method === "PATCH"
        ? { ...request, headers: without(request.headers, "if-match") }
        : request,
    ),
};

/** `If-None-Match: *` on a PUT is not looked at (it came after R4): what is there is overwritten. */
export const overwrites: Quirk = {
  wrap: (inner) => async (request) => {
    const bundle = bundleOf(request);
    for (const entry of bundle?.entry ?? [])
      if (entry.request?.method === "PUT") delete entry.request.ifNoneMatch;
    return await inner({
      ...request,
      ...(request.method === "PUT" && { headers: without(request.headers, "if-none-match") }),
      ...(bundle !== null && { body: JSON.stringify(bundle) }),
    });
  },
};
