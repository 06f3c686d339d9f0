import {
  OperationOutcomeError,
  badRequest,
  evalFhirPath,
  matchesSearchRequest,
  splitSearchOnComma,
} from "@medplum/core";
import type { Filter, SearchRequest } from "@medplum/core";
import type { Resource } from "@medplum/fhirtypes";
import { isResourceType, searchParameters } from "./engine.ts";
import { DEFAULT_COUNT, MAX_COUNT, cursorOf, placeOf } from "./paging.ts";
import type { Place, Reader, Stored } from "./resource-file.ts";
import { indexedParameters } from "./search-index.ts";

/** One page of a search: the resources' JSON as it lies in the file, so that forwarding costs no parsing. */
export interface Page {
  readonly matches: readonly { readonly id: string; readonly json: string }[];
  /** Known only when `_total=accurate` or `_summary=count` asked for it, or a sort made it necessary. */
  readonly total: number | null;
  readonly next: { readonly cursor?: string; readonly offset?: number } | null;
}

/** From this many patients on it is cheaper to walk a type by time than to sort what each of them has. */
const MANY_PATIENTS = 16;

interface Row {
  seq: number;
  id: string;
  updated: number;
  json: string;
}

/** What of a search the indexes answer (`where`), and what the engine must match resource by resource (`rest`). */
interface Plan {
  where: string[];
  values: unknown[];
  /** Which way into the table: the planner knows nothing of the data's shape, so that is our own knowledge. */
  way: "by-id" | "by-token" | "by-patient" | "by-time";
  rest: Filter[];
}

/** Answers a search request of one type. Throws an OperationOutcome (400) for an unknown type, parameter or cursor. */
export function search(reader: Reader, request: SearchRequest): Page {
  const plan = makePlan(request);
  const rules = request.sortRules ?? [{ code: "_lastUpdated" }];
  const count = Math.min(Math.max(request.count ?? DEFAULT_COUNT, 0), MAX_COUNT);
  const [rule] = rules;
  const byTime = rules.length === 1 && rule?.code === "_lastUpdated";
  if (!byTime) return sorted(reader, request, plan, count);

  const descending = rule.descending === true;
  const total = request.total === "accurate" ? countAll(reader, request, plan) : null;
  if (count === 0) return { matches: [], total, next: null };
  const cursor = placeOf(request.cursor ?? null);
  const offset = cursor === null ? (request.offset ?? 0) : 0;
  const rows: Row[] = [];
  let skipped = 0;
  for (const row of matching(reader, request, plan, { cursor, descending })) {
    if (skipped < offset) skipped += 1;
    else rows.push(row);
    if (rows.length > count) break;
  }
  const more = rows.length > count;
  const page = more ? rows.slice(0, count) : rows;
  const last = page.at(-1);
  return {
    matches: page,
    total,
    next: more && last !== undefined ? { cursor: cursorOf(last) } : null,
  };
}

function makePlan(request: SearchRequest): Plan {
  const type = request.resourceType;
  if (!isResourceType(type))
    throw new OperationOutcomeError(badRequest(`Unknown resource type: ${type}`));
  const parameters = searchParameters(type);
  const plan: Plan = { where: ["type = ?", "state = 1"], values: [type], way: "by-time", rest: [] };
  for (const filter of request.filters ?? []) {
    if (
      parameters[filter.code] === undefined &&
      filter.code !== "_id" &&
      filter.code !== "_lastUpdated"
    )
      throw new OperationOutcomeError(badRequest(`Unknown search parameter: ${filter.code}`));
    if (!addIndexed(plan, type, filter)) plan.rest.push(filter);
  }
  return plan;
}

/** Adds what the indexes can answer exactly; false when the engine has to look at each resource. */
function addIndexed(plan: Plan, type: string, filter: Filter): boolean {
  if (filter.code === "_lastUpdated") return addTime(plan, filter);
  if (filter.operator !== "eq") return false;
  const values = splitSearchOnComma(filter.value);
  if (filter.code === "_id") {
    addIn(plan, "id", values);
    plan.where.push("state <> 0");
    plan.way = "by-id";
    return true;
  }
  if (filter.code === "patient" || filter.code === "subject") {
    if (values.some((value) => value.includes("/") && !value.startsWith("Patient/"))) return false;
    addIn(
      plan,
      "patient",
      values.map((value) => value.replace("Patient/", "")),
    );
    if (plan.way === "by-time" && values.length < MANY_PATIENTS) plan.way = "by-patient";
    return true;
  }
  if (!indexedParameters(type).includes(filter.code)) return false;
  const target = searchParameters(type)[filter.code]?.target;
  const wanted = values.map((value) =>
    target?.length === 1 && !value.includes("/") ? `${target[0]}/${value}` : value,
  );
  if (wanted.some((value) => value.endsWith("|"))) return false;
  plan.where.push(
    `seq IN (SELECT seq FROM token WHERE token.type = ? AND parameter = ? AND value IN (SELECT value FROM json_each(?)))`,
  );
  plan.values.push(type, filter.code, JSON.stringify(wanted));
  if (plan.way !== "by-id") plan.way = "by-token";
  return true;
}

// One bound JSON array instead of a list of question marks: one statement however many values.
function addIn(plan: Plan, column: string, values: readonly string[]): void {
  plan.where.push(`${column} IN (SELECT value FROM json_each(?))`);
  plan.values.push(JSON.stringify(values));
}

const HINT: Record<Plan["way"], string> = {
  "by-id": "INDEXED BY version_current",
  // Leaves only the row numbers the token index gives.
  "by-token": "NOT INDEXED",
  "by-patient": "INDEXED BY version_patient",
  "by-time": "INDEXED BY version_updated",
};
const COMPARISON: Partial<Record<Filter["operator"], string>> = {
  ge: ">=",
  gt: ">",
  le: "<=",
  lt: "<",
};

function addTime(plan: Plan, filter: Filter): boolean {
  const comparison = COMPARISON[filter.operator];
  const instant = Date.parse(filter.value);
  if (Number.isNaN(instant))
    throw new OperationOutcomeError(badRequest(`Not an instant: ${filter.value}`));
  if (comparison === undefined) return false;
  plan.where.push(`updated ${comparison} ?`);
  plan.values.push(instant);
  return true;
}

function* matching(
  reader: Reader,
  request: SearchRequest,
  plan: Plan,
  order: { cursor: Place | null; descending: boolean },
): Generator<Row> {
  const where = [...plan.where];
  const values = [...plan.values];
  if (order.cursor !== null) {
    where.push(`(updated, seq) ${order.descending ? "<" : ">"} (?, ?)`);
    values.push(order.cursor.updated, order.cursor.seq);
  }
  const direction = order.descending ? "DESC" : "ASC";
  const sql = `SELECT seq, id, updated, json FROM version ${HINT[plan.way]} WHERE ${where.join(" AND ")} ORDER BY updated ${direction}, seq ${direction}`;
  const rest = { resourceType: request.resourceType, filters: plan.rest };
  for (const row of reader.rows(sql, values) as IterableIterator<Row>) {
    if (plan.rest.length === 0 || matchesSearchRequest(JSON.parse(row.json) as Resource, rest))
      yield row;
  }
}

function countAll(reader: Reader, request: SearchRequest, plan: Plan): number {
  let total = 0;
  for (const _ of matching(reader, request, plan, { cursor: null, descending: false })) total += 1;
  return total;
}

/** Any other sort: everything that matches is read and sorted; pages by offset, which a concurrent write may shift. */
function sorted(reader: Reader, request: SearchRequest, plan: Plan, count: number): Page {
  const rules = request.sortRules ?? [];
  const parameters = searchParameters(request.resourceType);
  const keyed = [...matching(reader, request, plan, { cursor: null, descending: false })].map(
    (row) => {
      const resource = JSON.parse(row.json) as Stored;
      const keys = rules.map((rule) => {
        if (rule.code === "_lastUpdated") return new Date(row.updated).toISOString();
        const expression = parameters[rule.code]?.expression;
        if (expression === undefined)
          throw new OperationOutcomeError(badRequest(`Cannot sort by ${rule.code}`));
        const value: unknown = evalFhirPath(expression, resource)[0];
        return typeof value === "string" ? value : JSON.stringify(value ?? "");
      });
      return { row, keys };
    },
  );
  keyed.sort((a, b) => {
    for (const [i, rule] of rules.entries()) {
      const [left = "", right = ""] = [a.keys[i], b.keys[i]];
      if (left !== right) return left < right === (rule.descending !== true) ? -1 : 1;
    }
    return a.row.id < b.row.id ? -1 : 1;
  });
  const offset = request.offset ?? 0;
  const end = offset + count;
  return {
    matches: keyed.slice(offset, end).map(({ row }) => row),
    total: keyed.length,
    next: count > 0 && keyed.length > end ? { offset: end } : null,
  };
}
