import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  OperationOutcomeError,
  badRequest,
  gone,
  isOperationOutcome,
  normalizeOperationOutcome,
  notFound,
  preconditionFailed,
  validateResource,
} from "@medplum/core";
import type { Operation, SearchRequest, WithId } from "@medplum/core";
import { FhirRepository } from "@medplum/fhir-router";
import type {
  CreateResourceOptions,
  DeleteResourceOptions,
  ReadHistoryOptions,
  UpdateResourceOptions,
} from "@medplum/fhir-router";
import type { Bundle, BundleEntry, Parameters, Reference, Resource } from "@medplum/fhirtypes";
import { applyPatch } from "rfc6902";
import type { EngineSettings } from "./quirks/index.ts";
import type { Reader, Stored, VersionRow, Writer } from "./resource-file.ts";
import { search } from "./search.ts";

export interface RepositoryOptions {
  readonly reader: Reader;
  /** Absent in a repository that only reads. */
  readonly writer?: Writer;
  readonly settings: () => EngineSettings;
  /** When what is written says it was written, ms; by default when it is. */
  readonly stampedAt?: number | undefined;
  /** `Type/id` of what a PUT may create but not replace: `If-None-Match: *`. */
  readonly mustBeNew?: ReadonlySet<string>;
  /** What the HIS makes of a resource before it is stored; throws to refuse it. */
  readonly admit?: (resource: Resource) => void;
}

/** Versions of one resource that a history inside a Bundle gives at most. */
const MOST_VERSIONS = 10_000;

/** The engine's repository over {@link ResourceFile}. Made anew for each request; a writing one lives inside `exclusively`. */
export class HisRepository extends FhirRepository {
  readonly #reader: Reader;
  readonly #writer: Writer | undefined;
  readonly #settings: () => EngineSettings;
  readonly #stampedAt: number | undefined;
  readonly #mustBeNew: ReadonlySet<string>;
  readonly #admit: (resource: Resource) => void;

  constructor(options: RepositoryOptions) {
    super();
    // Inside a write, reads must see what this write has already done.
    this.#reader = options.writer ?? options.reader;
    this.#writer = options.writer;
    this.#settings = options.settings;
    this.#stampedAt = options.stampedAt;
    this.#mustBeNew = options.mustBeNew ?? new Set();
    this.#admit = options.admit ?? (() => {});
  }

  setMode(): void {}

  generateId(): string {
    return randomUUID();
  }

  async createResource<T extends Resource>(
    resource: T,
    options?: CreateResourceOptions,
  ): Promise<WithId<T>> {
    const id =
      options?.assignedId === true && resource.id !== undefined ? resource.id : this.generateId();
    return this.#write({ ...resource, id }, "POST");
  }

  async updateResource<T extends Resource>(
    resource: T,
    options?: UpdateResourceOptions,
  ): Promise<WithId<T>> {
    const { id } = resource;
    if (id === undefined) throw new OperationOutcomeError(badRequest("Missing id"));
    const existing = this.#reader.current(resource.resourceType, id);
    this.#checkMatch(existing, options?.ifMatch);
    if (existing?.json != null && this.#mustBeNew.has(`${resource.resourceType}/${id}`))
      throw new OperationOutcomeError(preconditionFailed);
    if (existing === null && !this.#settings().clientIds) throw new OperationOutcomeError(notFound);
    if (existing?.json != null && this.#settings().keepsIdentical) {
      const held = parse(existing.json) as WithId<T>;
      if (isDeepStrictEqual({ ...held, meta: null }, { ...resource, meta: null })) return held;
    }
    return this.#write({ ...resource, id }, "PUT");
  }

  async patchResource<T extends Resource>(
    type: T["resourceType"],
    id: string,
    patch: Operation[] | Parameters,
    options?: UpdateResourceOptions,
  ): Promise<WithId<T>> {
    if (!Array.isArray(patch))
      throw new OperationOutcomeError(badRequest("Only JSON Patch is supported"));
    const resource = await this.readResource<T>(type, id);
    const problems = applyPatch(resource, patch).filter((problem) => problem !== null);
    if (problems.length > 0)
      throw new OperationOutcomeError(badRequest(problems.map((p) => p.message).join("\n")));
    if (resource.id !== id)
      throw new OperationOutcomeError(badRequest("A patch may not change the id"));
    return this.updateResource(resource, options);
  }

  async deleteResource(type: string, id: string, options?: DeleteResourceOptions): Promise<void> {
    const existing = this.#reader.current(type, id);
    if (existing === null) throw new OperationOutcomeError(notFound);
    this.#checkMatch(existing, options?.ifMatch);
    if (existing.json !== null) this.#mustWrite().remove(type, id);
  }

  async readResource<T extends Resource>(type: string, id: string): Promise<WithId<T>> {
    return parse(this.readText(type, id).json) as WithId<T>;
  }

  /** The current version as it lies in the file; 404 or 410 as an OperationOutcome when there is none. */
  readText(type: string, id: string, version?: string): VersionRow & { json: string } {
    const row =
      version === undefined
        ? this.#reader.current(type, id)
        : this.#reader.version(type, id, Number(version));
    if (row === null) throw new OperationOutcomeError(notFound);
    if (row.json === null) throw new OperationOutcomeError(gone);
    return { ...row, json: row.json };
  }

  async readVersion<T extends Resource>(
    type: string,
    id: string,
    version: string,
  ): Promise<WithId<T>> {
    return parse(this.readText(type, id, version).json) as WithId<T>;
  }

  async readReference<T extends Resource>(reference: Reference<T>): Promise<WithId<T>> {
    const [type = "", id = ""] = (reference.reference ?? "").split("/");
    return this.readResource<T>(type, id);
  }

  async readReferences<T extends Resource>(
    references: readonly Reference<T>[],
  ): Promise<(T | Error)[]> {
    return Promise.all(
      references.map((reference) =>
        this.readReference<T>(reference).catch((error: unknown) =>
          error instanceof Error ? error : new Error(String(error)),
        ),
      ),
    );
  }

  async readHistory<T extends Resource>(
    type: string,
    id: string,
    options?: ReadHistoryOptions,
  ): Promise<Bundle<WithId<T>>> {
    const rows = this.#reader.history({ type, id }, 0, null, MOST_VERSIONS);
    if (rows.length === 0) throw new OperationOutcomeError(notFound);
    const start = options?.offset ?? 0;
    return {
      resourceType: "Bundle",
      type: "history",
      total: rows.length,
      entry: rows.slice(start, start + (options?.limit ?? 1000)).map((row) => historyEntry<T>(row)),
    };
  }

  async search<T extends Resource>(request: SearchRequest<T>): Promise<Bundle<WithId<T>>> {
    const page = search(this.#reader, request);
    return {
      resourceType: "Bundle",
      type: "searchset",
      ...(page.total !== null && { total: page.total }),
      entry: page.matches.map(({ json }) => ({
        resource: parse(json) as WithId<T>,
        search: { mode: "match" },
      })),
    };
  }

  async searchByReference<T extends Resource>(
    request: SearchRequest<T>,
    field: string,
    references: string[],
  ): Promise<Record<string, WithId<T>[]>> {
    const found: Record<string, WithId<T>[]> = {};
    for (const value of references)
      found[value] = await this.searchResources({
        ...request,
        filters: [...(request.filters ?? []), { code: field, operator: "eq", value }],
      });
    return found;
  }

  /** A transaction bundle, or a conditional write: all of it or nothing. The write as a whole is alone already. */
  async withTransaction<TResult>(
    callback: (repository: this) => Promise<TResult>,
  ): Promise<TResult> {
    return this.#mustWrite().savepoint(() => callback(this));
  }

  #write<T extends Resource>(resource: WithId<T>, method: "POST" | "PUT"): WithId<T> {
    validateResource(resource);
    this.#admit(resource);
    const row = this.#mustWrite().put(resource as unknown as Stored, method, this.#stampedAt);
    return parse(row.json ?? "") as WithId<T>;
  }

  #checkMatch(existing: VersionRow | null, ifMatch: string | undefined): void {
    if (ifMatch === undefined) return;
    if (existing === null || existing.json === null || String(existing.version) !== ifMatch)
      throw new OperationOutcomeError(preconditionFailed);
  }

  #mustWrite(): Writer {
    if (this.#writer === undefined) throw new Error("This repository only reads");
    return this.#writer;
  }
}

function parse(json: string): unknown {
  return JSON.parse(json);
}

/** A history Bundle's entry (R4 http.html#history): a tombstone has no resource. */
export function historyEntry<T extends Resource>(
  row: VersionRow,
  base = "",
): BundleEntry<WithId<T>> {
  return {
    fullUrl: `${base}${row.type}/${row.id}`,
    ...(row.json !== null && { resource: parse(row.json) as WithId<T> }),
    request: {
      method: row.method,
      url: row.method === "POST" ? row.type : `${row.type}/${row.id}`,
    },
    response: {
      status: row.method === "DELETE" ? "204" : row.method === "POST" ? "201" : "200",
      etag: `W/"${row.version}"`,
      lastModified: new Date(row.updated).toISOString(),
    },
  };
}

/** Any thrown value as the OperationOutcome a client is told; an unforeseen fault is reported as 500 without its inside. */
export function outcomeOf(error: unknown): ReturnType<typeof normalizeOperationOutcome> {
  return isOperationOutcome(error) ? error : normalizeOperationOutcome(error);
}
