import {
  OperationOutcomeError,
  badRequest,
  created,
  getStatus,
  notFound,
  parseSearchRequest,
} from "@medplum/core";
import type { SearchRequest } from "@medplum/core";
import { FhirRouter, getExtraEntries } from "@medplum/fhir-router";
import type { HttpMethod } from "@medplum/fhir-router";
import type { Bundle, BundleEntry, OperationOutcome, Resource } from "@medplum/fhirtypes";
import { capabilityStatement } from "./capability.ts";
import { isResourceType } from "./engine.ts";
import type { Answer } from "./http.ts";
import { HisRepository, historyEntry, outcomeOf } from "./repository.ts";
import type { ResourceFile, VersionRow } from "./resource-file.ts";
import { MAX_COUNT, search } from "./search.ts";
import type { Page } from "./search.ts";

export interface FhirRequestIn {
  readonly method: string;
  /** Under the FHIR base, without leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface FhirApiOptions {
  readonly file: ResourceFile;
  readonly base: string;
  readonly tokenUrl: string;
  readonly clientIds: () => boolean;
}

const FHIR_JSON = "application/fhir+json; charset=utf-8";
const ID = /^[A-Za-z0-9\-.]{1,64}$/u;

/** The FHIR REST API over one resource file: a request in, an answer out. Reads answer from committed text, unparsed. */
export function makeFhirApi(options: FhirApiOptions): (request: FhirRequestIn) => Promise<Answer> {
  const { file, base, clientIds } = options;
  const router = new FhirRouter();
  const reading = new HisRepository({ reader: file.reader, clientIds });

  function read(request: FhirRequestIn, type: string, id: string, version?: string): Answer {
    const row = reading.readText(type, id, version);
    const tag = `W/"${row.version}"`;
    const headers = { etag: tag, "last-modified": new Date(row.updated).toUTCString() };
    if (request.headers["if-none-match"] === tag)
      return { status: 304, type: FHIR_JSON, body: "", headers };
    return { status: 200, type: FHIR_JSON, body: row.json, headers };
  }

  async function searchType(type: string, query: URLSearchParams): Promise<Answer> {
    const parsed = parseSearchRequest(type, fromQuery(query));
    const page = search(file.reader, parsed);
    const extra: BundleEntry[] = [];
    if (parsed.include !== undefined || parsed.revInclude !== undefined) {
      const resources = page.matches.map(({ json }) => JSON.parse(json) as Resource);
      await getExtraEntries(reading, parsed, resources, extra, {
        fullUrl: (t, id) => `${base}/${t}/${id}`,
      });
    }
    return {
      status: 200,
      type: FHIR_JSON,
      body: searchset(base, type, query, parsed, page, extra),
    };
  }

  function changes(type: string | null, query: URLSearchParams): Answer {
    const since = Date.parse(query.get("_since") ?? "1970-01-01");
    const count = Math.min(Number(query.get("_count") ?? 100), MAX_COUNT);
    const after = Number(query.get("_cursor") ?? 0);
    if (![since, count, after].every(Number.isFinite))
      throw new OperationOutcomeError(badRequest("Bad history parameter"));
    const rows = file.reader.changes(type, since, after, count + 1);
    const page = rows.slice(0, count);
    const last = page.at(-1);
    const url = (cursor?: number): string => {
      const next = new URLSearchParams(query);
      if (cursor !== undefined) next.set("_cursor", String(cursor));
      return `${base}/${type === null ? "" : `${type}/`}_history?${next.toString()}`;
    };
    return bundle("history", page, [
      { relation: "self", url: url() },
      ...(rows.length > count && last !== undefined
        ? [{ relation: "next", url: url(last.seq) }]
        : []),
    ]);
  }
  function history(type: string, id: string, since: string | null): Answer {
    const rows = file.reader.history(type, id, since === null ? 0 : Date.parse(since));
    if (rows.length === 0 && since === null) throw new OperationOutcomeError(notFound);
    return bundle("history", rows, []);
  }
  function bundle(type: Bundle["type"], rows: readonly VersionRow[], link: Bundle["link"]): Answer {
    const entry = rows.map((row) => ({
      ...historyEntry(row),
      fullUrl: `${base}/${row.type}/${row.id}`,
    }));
    return {
      status: 200,
      type: FHIR_JSON,
      body: JSON.stringify({ resourceType: "Bundle", type, link, entry }),
    };
  }

  /** Reads that need no engine; null for everything else. */
  async function answerRead(request: FhirRequestIn): Promise<Answer | null> {
    const [type = "", id, third, version] = request.path.split("/");
    if (request.method === "POST" && id === "_search" && isResourceType(type)) {
      const query = new URLSearchParams([...request.query, ...new URLSearchParams(request.body)]);
      return searchType(type, query);
    }
    if (request.method !== "GET" && request.method !== "HEAD") return null;
    if (type === "metadata")
      return fhirJson(
        200,
        capabilityStatement({ base, tokenUrl: options.tokenUrl, clientIds: clientIds() }),
      );
    if (type === "_history" && id === undefined) return changes(null, request.query);
    if (!isResourceType(type)) return null;
    if (id === undefined) return searchType(type, request.query);
    if (id === "_history") return changes(type, request.query);
    if (third === undefined) return read(request, type, id);
    if (third === "_history" && version !== undefined) return read(request, type, id, version);
    if (third === "_history") return history(type, id, request.query.get("_since"));
    return null;
  }

  async function answerByEngine(request: FhirRequestIn): Promise<Answer> {
    const body: unknown = request.body === "" ? undefined : parseBody(request.body);
    const id = request.method === "PUT" ? request.path.split("/")[1] : undefined;
    if (id !== undefined && !ID.test(id))
      throw new OperationOutcomeError(badRequest("Not a FHIR id"));
    const run = (repository: HisRepository): Promise<[OperationOutcome, Resource?, unknown?]> =>
      router.handleRequest(
        {
          method: request.method as HttpMethod,
          url:
            request.query.size === 0 ? request.path : `${request.path}?${request.query.toString()}`,
          pathname: "",
          params: {},
          query: {},
          body,
          headers: request.headers,
          config: { transactions: true },
        },
        repository,
      );
    const [outcome, resource] = await (request.method === "GET" || request.method === "HEAD"
      ? run(reading)
      : file.exclusively((writer) =>
          run(new HisRepository({ reader: file.reader, writer, clientIds })),
        ));
    const isNew = request.method === "PUT" && resource?.meta?.versionId === "1";
    return answerOf(isNew ? created : outcome, resource, request, body);
  }

  function answerOf(
    outcome: OperationOutcome,
    resource: Resource | undefined,
    request: FhirRequestIn,
    body: unknown,
  ): Answer {
    const status = getStatus(outcome);
    if (resource === undefined) return fhirJson(status, outcome);
    if (resource.resourceType === "Bundle")
      return fhirJson(status, responseBundle(resource, body as Bundle, request));
    const { versionId, lastUpdated } = resource.meta ?? {};
    const headers: Record<string, string> = {};
    if (versionId !== undefined && lastUpdated !== undefined) {
      headers["etag"] = `W/"${versionId}"`;
      headers["last-modified"] = new Date(lastUpdated).toUTCString();
      if (request.method !== "GET")
        headers["location"] =
          `${base}/${resource.resourceType}/${resource.id}/_history/${versionId}`;
    }
    return fhirJson(status, resource, headers);
  }

  return async (request) => {
    try {
      return (await answerRead(request)) ?? (await answerByEngine(request));
    } catch (error) {
      const outcome = outcomeOf(error);
      return fhirJson(getStatus(outcome), outcome);
    }
  };
}

function fhirJson(status: number, resource: unknown, headers: Record<string, string> = {}): Answer {
  return { status, type: FHIR_JSON, body: JSON.stringify(resource), headers };
}

export function outcomeAnswer(
  status: number,
  code: string,
  diagnostics: string,
  headers: Record<string, string> = {},
): Answer {
  return fhirJson(
    status,
    { resourceType: "OperationOutcome", issue: [{ severity: "error", code, diagnostics }] },
    headers,
  );
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new OperationOutcomeError(badRequest("The body is not JSON"));
  }
}

function fromQuery(query: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries([...new Set(query.keys())].map((key) => [key, query.getAll(key)]));
}

/** The searchset as text; resources are forwarded as they lie in the file unless `_elements` asked for less. */
function searchset(
  base: string,
  type: string,
  query: URLSearchParams,
  parsed: SearchRequest,
  page: Page,
  extra: readonly BundleEntry[],
): string {
  const link = [{ relation: "self", url: `${base}/${type}?${query.toString()}` }];
  if (page.next !== null) {
    const next = new URLSearchParams(query);
    next.delete("_cursor");
    next.delete("_offset");
    for (const [name, value] of Object.entries(page.next)) next.set(`_${name}`, String(value));
    link.push({ relation: "next", url: `${base}/${type}?${next.toString()}` });
  }
  const fields = parsed.fields;
  const entries = page.matches.map(({ id, json }) => {
    const resource = fields === undefined ? json : only(fields, json);
    return `{"fullUrl":${JSON.stringify(`${base}/${type}/${id}`)},"resource":${resource},"search":{"mode":"match"}}`;
  });
  entries.push(...extra.map((entry) => JSON.stringify(entry)));
  const total = page.total === null ? "" : `"total":${page.total},`;
  return `{"resourceType":"Bundle","type":"searchset",${total}"link":${JSON.stringify(link)},"entry":[${entries.join(",")}]}`;
}

/** `_elements`: the named elements and what every resource keeps, marked SUBSETTED (R4 search.html#elements). */
function only(fields: readonly string[], json: string): string {
  const whole = JSON.parse(json) as Record<string, unknown> & { meta?: { tag?: unknown[] } };
  const kept = Object.entries(whole).filter(([name]) =>
    ["resourceType", "id", "meta", ...fields].includes(name),
  );
  const system = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
  const tag = [...(whole.meta?.tag ?? []), { system, code: "SUBSETTED" }];
  return JSON.stringify({ ...Object.fromEntries(kept), meta: { ...whole.meta, tag } });
}

/** Adds what R4 asks of a transaction's answer and the engine leaves out; `Prefer: return=minimal` drops the resources. */
function responseBundle(answer: Bundle, asked: Bundle, request: FhirRequestIn): Bundle {
  const minimal = String(request.headers["prefer"] ?? "").includes("return=minimal");
  for (const [index, entry] of (answer.entry ?? []).entries()) {
    const { resource, response } = entry;
    const { versionId, lastUpdated } = resource?.meta ?? {};
    if (resource === undefined || response === undefined || versionId === undefined) continue;
    if (asked.entry?.[index]?.request?.method === "PUT" && versionId === "1")
      response.status = "201";
    response.etag = `W/"${versionId}"`;
    if (lastUpdated !== undefined) response.lastModified = lastUpdated;
    response.location = `${resource.resourceType}/${resource.id}/_history/${versionId}`;
    if (minimal) delete entry.resource;
  }
  return answer;
}
