import { matches, timeOf } from "./test-his-search.ts";
import type { Resource } from "./test-his-search.ts";

/** A small FHIR server in memory, for tests: what it answers is exactly known, and every fault can be put in. */
export const BASE = "http://his.test/fhir/";

interface Row {
  readonly resource: Resource & { meta: { versionId: string; lastUpdated: string } };
  /** Not yet visible: written by a transaction that is still running. */
  visible: boolean;
}

export interface BatchAnswer {
  readonly resource?: Record<string, unknown>;
  readonly response: { readonly status: string };
}

export interface TestHis {
  readonly fetch: typeof globalThis.fetch;
  /** `METHOD path?query` of every request, oldest first. */
  readonly log: string[];
  /** Server time, ms since the epoch; moved by tests. */
  clock: number;
  down: boolean;
  updateCreate: boolean;
  declaresUpdateCreate: boolean;
  /** False: `If-None-Exist` is not heeded. */
  conditionalCreate: boolean;
  /** What becomes of `If-None-Match: *` on a PUT: heeded, not looked at, or refused as unknown. */
  onlyNew: "heeded" | "ignored" | "unknown";
  /** Called before a request is worked on; an answer given here is the answer. */
  before: (request: {
    method: string;
    path: string;
    query: URLSearchParams;
    body: string;
  }) => Response | null | Promise<Response | null>;
  /** Called after a request was worked on; throws to lose the answer. */
  after: (request: { method: string; path: string }) => void | Promise<void>;
  /** Types say that they have `history-type`. */
  offersHistory: boolean;
  /** Server time before which its history was cut, and whether it says so (410) when it is asked for more. */
  historyFrom: number;
  saysHistoryIsCut: boolean;
  /** `_summary=count` is understood. */
  offersCounts: boolean;
  /** Entries a transaction may have. */
  mostEntries: number;
  /** Forgets everything written since: restored from a backup of that moment. */
  goBack(to: number): void;
  /** Says that it has `history-system`. */
  offersSystemHistory: boolean;
  /** Says that it takes batches. */
  offersBatches: boolean;
  /** What becomes of a batch's answers before they are sent. */
  inBatch: (parts: readonly BatchAnswer[]) => readonly BatchAnswer[];
  /** How many questions it takes in a batch. */
  mostInBatch: number;
  /** How much of a batch's answer comes; 1: the whole. */
  cutBatch: number;
  put(resource: Record<string, unknown>): Resource;
  /** The result of a search, as a test wants it; null: an answer that is no FHIR. */
  answer(resources: readonly Record<string, unknown>[] | null): Response;
  /** Deletes, leaving a tombstone in the history. */
  remove(type: string, id: string): void;
  /** Writes with a `lastUpdated` of now that nobody sees before `commit`. */
  begin(resources: readonly Record<string, unknown>[]): { commit(): void };
  all(type: string): Resource[];
  /** Everything as it is now; what it answers puts it back, and server time goes on. */
  backup(): () => void;
  requests(match: RegExp): string[];
}

export function createTestHis(start = Date.UTC(2026, 10, 23, 8)): TestHis {
  const rows = new Map<string, Row>();
  /** Every version, oldest first. */
  const old: Row[] = [];
  const log: { type: string; id: string; version: number; at: number; deleted: boolean }[] = [];
  let ids = 0;

  const write = (input: Record<string, unknown>, visible: boolean): Row => {
    const resource = input as Resource;
    const version = versionAfter(resource.resourceType, resource.id);
    const meta = { versionId: String(version), lastUpdated: new Date(his.clock).toISOString() };
    const row = { resource: { ...resource, meta }, visible };
    keep(row);
    log.push({
      type: resource.resourceType,
      id: resource.id,
      version,
      at: his.clock,
      deleted: false,
    });
    return row;
  };
  const keep = (row: Row): void => {
    const key = `${row.resource.resourceType}/${row.resource.id}`;
    rows.delete(key);
    rows.set(key, row);
    old.push(row);
  };
  const versionAfter = (type: string, id: string): number =>
    (log.findLast((each) => each.type === type && each.id === id)?.version ?? 0) + 1;
  const visible = (type: string): Resource[] =>
    [...rows.values()]
      .filter((row) => row.visible && row.resource.resourceType === type)
      .map(({ resource }) => resource);

  const his: TestHis = {
    log: [],
    clock: start,
    down: false,
    updateCreate: true,
    declaresUpdateCreate: true,
    conditionalCreate: true,
    onlyNew: "heeded",
    before: () => null,
    after: () => {},
    offersHistory: true,
    historyFrom: 0,
    saysHistoryIsCut: false,
    offersCounts: true,
    mostEntries: 50,
    goBack(to) {
      const kept = log.filter(({ at }) => at <= to);
      log.splice(0, log.length, ...kept);
      const versions = [...old];
      rows.clear();
      old.length = 0;
      for (const row of versions) if (Date.parse(row.resource.meta.lastUpdated) <= to) keep(row);
      for (const { type, id, deleted } of kept) if (deleted) rows.delete(`${type}/${id}`);
    },
    offersSystemHistory: false,
    offersBatches: false,
    inBatch: (parts) => parts,
    mostInBatch: Number.POSITIVE_INFINITY,
    cutBatch: 1,
    put: (resource) => write(resource, true).resource,
    answer: (resources) =>
      reply(
        200,
        resources && {
          resourceType: "Bundle",
          type: "searchset",
          entry: resources.map((resource) => ({ resource })),
        },
      ),
    remove(type, id) {
      log.push({ type, id, version: versionAfter(type, id), at: his.clock, deleted: true });
      rows.delete(`${type}/${id}`);
    },
    begin(resources) {
      const written = resources.map((resource) => write(resource, false));
      return {
        commit() {
          for (const row of written) row.visible = true;
        },
      };
    },
    all: visible,
    backup() {
      const [heldRows, heldLog] = [structuredClone([...rows]), [...log]];
      return () => {
        rows.clear();
        for (const [key, row] of heldRows) rows.set(key, row);
        log.splice(0, log.length, ...heldLog);
      };
    },
    requests: (match) => his.log.filter((line) => match.test(line)),
    async fetch(input, init) {
      const url = new URL(input instanceof Request ? input.url : input);
      const method = init?.method ?? "GET";
      const path = url.pathname.slice("/fhir/".length);
      his.log.push(`${method} ${path}${decodeURIComponent(url.search)}`);
      if (his.down)
        throw Object.assign(new TypeError("fetch failed"), {
          cause: Object.assign(new Error("no"), { code: "ECONNREFUSED" }),
        });
      init?.signal?.throwIfAborted();
      const body = typeof init?.body === "string" ? init.body : "";
      const early = await his.before({ method, path, query: url.searchParams, body });
      const answer = early ?? (await work(method, path, url, body));
      await his.after({ method, path });
      return answer;
    },
  };

  function reply(status: number, value: unknown, headers: Record<string, string> = {}): Response {
    return new Response(JSON.stringify(value), {
      status,
      headers: {
        "content-type": "application/fhir+json",
        date: new Date(his.clock).toUTCString(),
        ...headers,
      },
    });
  }
  const outcome = (status: number, text: string): Response =>
    reply(status, {
      resourceType: "OperationOutcome",
      issue: [{ severity: "error", code: "invalid", details: { text } }],
    });

  async function batch(entries: readonly Entry[]): Promise<Response> {
    if (entries.length > his.mostInBatch) return outcome(413, "too many at once");
    const parts: BatchAnswer[] = [];
    for (const { request } of entries) {
      const url = new URL(request.url, BASE);
      const answer = await work("GET", url.pathname.slice("/fhir/".length), url, "");
      const resource = (await answer.json()) as Record<string, unknown>;
      parts.push({ resource, response: { status: String(answer.status) } });
    }
    const answer = reply(200, {
      resourceType: "Bundle",
      type: "batch-response",
      entry: his.inBatch(parts),
    });
    if (his.cutBatch === 1) return answer;
    const text = await answer.text();
    return new Response(text.slice(0, text.length * his.cutBatch), answer);
  }

  async function work(method: string, path: string, url: URL, body: string): Promise<Response> {
    if (path === "metadata") return reply(200, capability());
    if (method === "POST" && path === "") {
      const bundle = JSON.parse(body) as { type: string; entry: Entry[] };
      if (bundle.type !== "batch") return transaction(bundle);
      return his.offersBatches ? await batch(bundle.entry) : outcome(501, "no batches here");
    }
    const [type = "", id] = path.split("/");
    if (path === "_history" && his.offersSystemHistory) return history(null, url);
    if (id === "_history") return history(type, url);
    if (id !== undefined) {
      const row = rows.get(`${type}/${id}`);
      if (row?.visible) return reply(200, row.resource);
      const last = log.findLast((each) => each.type === type && each.id === id);
      return last?.deleted ? outcome(410, "deleted") : outcome(404, "not found");
    }
    return search(type, url);
  }

  function search(type: string, url: URL): Response {
    const query = url.searchParams;
    const count = Number(query.get("_count") ?? 100);
    const found = visible(type)
      .filter((resource) => [...query].every(([name, value]) => matches(resource, name, value)))
      .toSorted((a, b) => timeOf(a) - timeOf(b));
    if (query.get("_summary") === "count" && his.offersCounts)
      return reply(200, { resourceType: "Bundle", type: "searchset", total: found.length });
    const offset = Number(query.get("_offset") ?? 0);
    const next = new URL(url);
    next.searchParams.set("_offset", String(offset + count));
    return reply(200, {
      resourceType: "Bundle",
      type: "searchset",
      link: [
        { relation: "self", url: url.href },
        ...(found.length > offset + count ? [{ relation: "next", url: next.href }] : []),
      ],
      entry: found.slice(offset, offset + count).map((resource) => ({ resource })),
    });
  }

  /** Newest first, as R4 wants it. */
  function history(type: string | null, url: URL): Response {
    if (type !== null && !his.offersHistory) return outcome(400, "no history here");
    const since = Date.parse(url.searchParams.get("_since") ?? "1970-01-01");
    const count = Number(url.searchParams.get("_count") ?? 100);
    const offset = Number(url.searchParams.get("_offset") ?? 0);
    if (since < his.historyFrom && his.saysHistoryIsCut) return outcome(410, "no longer kept");
    const from = Math.max(since, his.historyFrom);
    const found = log
      .filter((each) => (type === null || each.type === type) && each.at >= from)
      .toReversed();
    const next = new URL(url);
    next.searchParams.set("_offset", String(offset + count));
    return reply(200, {
      resourceType: "Bundle",
      type: "history",
      link: [
        { relation: "self", url: url.href },
        ...(found.length > offset + count ? [{ relation: "next", url: next.href }] : []),
      ],
      entry: found.slice(offset, offset + count).map(({ type: of, id, version, at, deleted }) => ({
        // A superseded version's text is not kept: who reads a history here looks for deletions.
        resource: deleted ? undefined : rows.get(`${of}/${id}`)?.resource,
        request: { method: deleted ? "DELETE" : "PUT", url: `${of}/${id}` },
        response: {
          status: deleted ? "204" : "200",
          etag: `W/"${version}"`,
          lastModified: new Date(at).toISOString(),
        },
      })),
    });
  }

  interface Entry {
    resource: Resource;
    request: {
      method: string;
      url: string;
      ifNoneExist?: string;
      ifMatch?: string;
      ifNoneMatch?: string;
    };
  }
  function transaction(bundle: { entry: Entry[] }): Response {
    if (bundle.entry.length > his.mostEntries) return outcome(400, "too many entries");
    for (const { resource, request } of bundle.entry) {
      const held = rows.get(request.url);
      if (request.method === "PUT" && held === undefined && !his.updateCreate)
        return outcome(404, "no such id");
      if (request.ifNoneMatch !== undefined) {
        if (his.onlyNew === "unknown") return outcome(400, "ifNoneMatch is not known here");
        if (his.onlyNew === "heeded" && held !== undefined) return outcome(412, "it is there");
      }
      if (
        request.ifMatch !== undefined &&
        request.ifMatch !== `W/"${held?.resource.meta.versionId}"`
      )
        return outcome(412, "another version is current");
      if (resource["valueString"] === "poison") return outcome(422, "this value is not allowed");
    }
    const entry = bundle.entry.map(({ resource, request }) => {
      const identifier =
        request.ifNoneExist === undefined || !his.conditionalCreate
          ? null
          : new URLSearchParams(request.ifNoneExist).get("identifier");
      const existing =
        identifier === null
          ? undefined
          : visible(resource.resourceType).find((each) => matches(each, "identifier", identifier));
      if (existing !== undefined)
        return {
          response: {
            status: "200 OK",
            location: `${resource.resourceType}/${existing.id}/_history/1`,
          },
        };
      const id = request.method === "POST" ? `his-${(ids += 1)}` : resource.id;
      const row = write({ ...resource, id }, true);
      return {
        response: {
          status: "201 Created",
          location: `${resource.resourceType}/${id}/_history/${row.resource.meta.versionId}`,
        },
      };
    });
    return reply(200, { resourceType: "Bundle", type: "transaction-response", entry });
  }

  function capability(): object {
    const types = ["Observation", "Patient", "AllergyIntolerance", "Condition"];
    const interaction = his.offersHistory ? [{ code: "history-type" }] : [];
    return {
      resourceType: "CapabilityStatement",
      fhirVersion: "4.0.1",
      rest: [
        {
          mode: "server",
          interaction: [
            { code: "transaction" },
            ...(his.offersSystemHistory ? [{ code: "history-system" }] : []),
            ...(his.offersBatches ? [{ code: "batch" }] : []),
          ],
          resource: types.map((type) => ({
            type,
            interaction,
            updateCreate: his.declaresUpdateCreate,
          })),
        },
      ],
    };
  }
  return his;
}
