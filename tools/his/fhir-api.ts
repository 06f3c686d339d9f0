import {
  OperationOutcomeError,
  badRequest,
  created,
  getStatus,
  parseSearchRequest,
} from "@medplum/core";
import type { SearchRequest } from "@medplum/core";
import { FhirRouter, getExtraEntries } from "@medplum/fhir-router";
import type { HttpMethod } from "@medplum/fhir-router";
import type { Bundle, BundleEntry, OperationOutcome, Resource } from "@medplum/fhirtypes";
import { capabilityStatement } from "./capability.ts";
import { isResourceType } from "./engine.ts";
import type { Answer } from "./http.ts";
import { everythingPage } from "./everything.ts";
import { historyPage } from "./history.ts";
import { FHIR_JSON, fhirJson } from "./outcomes.ts";
import { HisRepository, outcomeOf } from "./repository.ts";
import type { EngineSettings } from "./quirks/index.ts";
import type { ResourceFile } from "./resource-file.ts";
import { search } from "./search.ts";
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
  readonly settings: () => EngineSettings;
  readonly now: () => number;
  /** Where the websocket of Subscriptions listens. */
  readonly websocketUrl: string;
  /** What the HIS makes of a resource before it is stored; throws to refuse it. */
  readonly admit: (resource: Resource) => void;
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/u;

/** The FHIR REST API over one resource file: a request in, an answer out. Reads answer from committed text, unparsed. */
export function makeFhirApi(options: FhirApiOptions): (request: FhirRequestIn) => Promise<Answer> {
  const { file, base, settings } = options;
  const router = new FhirRouter();
  const reading = new HisRepository({ reader: file.reader, settings });

  function read(request: FhirRequestIn, type: string, id: string, version?: string): Answer {
    const row = reading.readText(type, id, version);
    const tag = `W/"${row.version}"`;
    const headers = { etag: tag, "last-modified": new Date(row.updated).toUTCString() };
    if (namesTag(request.headers["if-none-match"], tag))
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
        capabilityStatement({
          base,
          tokenUrl: options.tokenUrl,
          websocketUrl: options.websocketUrl,
          clientIds: settings().clientIds,
        }),
      );
    if (type === "_history" && id === undefined)
      return historyPage(file.reader, base, { type: null, id: null }, request.query);
    if (!isResourceType(type)) return null;
    if (id === undefined) return searchType(type, request.query);
    if (id === "_history") return historyPage(file.reader, base, { type, id: null }, request.query);
    if (third === undefined) return read(request, type, id);
    if (third === "_history" && version !== undefined) return read(request, type, id, version);
    if (third === "_history") return historyPage(file.reader, base, { type, id }, request.query);
    if (third === "$everything" && type === "Patient") {
      reading.readText(type, id);
      return everythingPage(file.reader, base, id, request.query);
    }
    return null;
  }

  async function answerByEngine(request: FhirRequestIn): Promise<Answer> {
    const body: unknown = request.body === "" ? undefined : parseBody(request.body);
    const id = request.method === "PUT" ? request.path.split("/")[1] : undefined;
    if (id !== undefined && !ID.test(id))
      throw new OperationOutcomeError(badRequest("Not a FHIR id"));
    const { beforeCommit } = settings();
    const isLate = beforeCommit !== null && request.method === "POST" && request.path === "";
    const stampedAt = isLate ? options.now() : undefined;
    if (isLate) await beforeCommit();
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
          run(
            new HisRepository({
              reader: file.reader,
              writer,
              settings,
              stampedAt,
              mustBeNew: mustBeNew(request, body),
              admit: options.admit,
            }),
          ),
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

/** `If-None-Match` may name several tags, weak or strong (RFC 9110 section 13.1.2), or any by `*`. */
function namesTag(header: string | string[] | undefined, tag: string): boolean {
  const named = String(header ?? "").split(",");
  return named.some((one) => one.trim() === "*" || `W/${one.trim().replace(/^W\//u, "")}` === tag);
}

/** What the request wants to create and not to replace: `If-None-Match: *` on a PUT, alone or in a Bundle. */
function mustBeNew(request: FhirRequestIn, body: unknown): Set<string> {
  if (request.method === "PUT")
    return new Set(request.headers["if-none-match"] === "*" ? [request.path] : []);
  const entries = (body as Bundle | undefined)?.entry;
  return new Set(
    (Array.isArray(entries) ? entries : []).flatMap(({ request: one }: BundleEntry) =>
      one?.method === "PUT" && one.ifNoneMatch === "*" ? [one.url] : [],
    ),
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
