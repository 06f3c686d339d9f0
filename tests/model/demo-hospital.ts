import { join } from "node:path";
import { BASE } from "../../electron/service/sync/test-his.ts";
import { loadEngine } from "../../tools/his/index.ts";
import { makeFhirApi } from "../../tools/his/fhir-api.ts";
import {
  noTypeHistory,
  ownIds,
  ownIdsUnsaid,
  settingsOf,
  withQuirks,
} from "../../tools/his/quirks/index.ts";
import { openResourceFile } from "../../tools/his/resource-file.ts";
import type { Stored } from "../../tools/his/resource-file.ts";
import type { Clock } from "./clock.ts";
import type { Hospital, Resource } from "./hospital.ts";
import type { Script } from "./script.ts";

/** The demo HIS's own FHIR API over a file of its own, without the network: the script's network stands before it. */
export function demoHospital(
  clock: Clock,
  what: Pick<Script, "updateCreate" | "declaresUpdateCreate" | "offersHistory">,
  folder: string,
): Hospital {
  loadEngine();
  const quirks = [
    ...(what.updateCreate ? [] : [what.declaresUpdateCreate ? ownIdsUnsaid : ownIds]),
    ...(what.offersHistory ? [] : [noTypeHistory]),
  ];
  const file = openResourceFile(join(folder, "his.db"), clock.now);
  const api = makeFhirApi({
    file,
    base: BASE.replace(/\/$/u, ""),
    tokenUrl: `${BASE}token`,
    websocketUrl: `${BASE}websocket`,
    settings: () => settingsOf(quirks),
    now: clock.now,
    admit: () => {},
  });
  const handle = withQuirks(api, quirks, BASE.replace(/\/$/u, ""));
  const current = "SELECT json FROM version WHERE type = ? AND state = 1";
  return {
    conditionalCreate: true,
    async fetch(input, init) {
      const url = new URL(input instanceof Request ? input.url : input);
      const answer = await handle({
        method: init?.method ?? "GET",
        path: url.pathname.slice(new URL(BASE).pathname.length),
        query: url.searchParams,
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: typeof init?.body === "string" ? init.body : "",
      });
      return new Response(answer.status === 304 ? null : answer.body, {
        status: answer.status,
        headers: {
          ...answer.headers,
          "content-type": answer.type,
          date: new Date(clock.now()).toUTCString(),
        },
      });
    },
    put: async (resource) =>
      await file.exclusively(async (writer) => void writer.put(resource as Stored, "PUT")),
    remove: async (type, id) => await file.exclusively(async (writer) => writer.remove(type, id)),
    all: (type) =>
      [...file.reader.rows(current, [type])].map(
        (row) => JSON.parse((row as { json: string }).json) as Resource,
      ),
    // Its transactions are serialised: nothing of one is seen late.
    begin: () => null,
    // It keeps all of it.
    cutHistory: () => {},
    restore: async (to) => void (await file.restore(to)),
    close: () => file.close(),
  };
}
