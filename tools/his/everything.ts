import { OperationOutcomeError, badRequest } from "@medplum/core";
import { resourceTypes } from "./engine.ts";
import type { Answer } from "./http.ts";
import { FHIR_JSON } from "./outcomes.ts";
import { MAX_COUNT } from "./paging.ts";
import type { Reader } from "./resource-file.ts";

interface Row {
  readonly seq: number;
  readonly type: string;
  readonly id: string;
  readonly json: string;
}

/**
 * A page of `Patient/[id]/$everything` (R4 patient-operation-everything.html) with `_since`, `_type` and `_count`: the
 * Patient and whatever names him as subject, patient or beneficiary, in the order of writing. Resources that are only
 * referred to (Practitioner, Location) are left out, which the operation allows.
 */
export function everythingPage(
  reader: Reader,
  base: string,
  patient: string,
  query: URLSearchParams,
): Answer {
  const since = query.get("_since");
  const from = since === null ? 0 : Date.parse(since);
  const count = Math.min(Number(query.get("_count") ?? MAX_COUNT), MAX_COUNT);
  const after = Number(query.get("_cursor") ?? 0);
  if (!Number.isFinite(from) || !Number.isInteger(count) || count < 1 || !Number.isInteger(after))
    throw new OperationOutcomeError(badRequest("Bad parameter"));
  const rows = typesOf(query)
    .flatMap((type) => rowsOf(reader, type, patient, from))
    .filter(({ seq }) => seq > after)
    .toSorted((a, b) => a.seq - b.seq);
  const page = rows.slice(0, count);
  const path = `${base}/Patient/${patient}/$everything`;
  const link = [{ relation: "self", url: `${path}?${query.toString()}` }];
  const last = page.at(-1);
  if (rows.length > count && last !== undefined) {
    const next = new URLSearchParams(query);
    next.set("_cursor", String(last.seq));
    link.push({ relation: "next", url: `${path}?${next.toString()}` });
  }
  const entries = page.map(
    ({ type, id, json }) =>
      `{"fullUrl":${JSON.stringify(`${base}/${type}/${id}`)},"resource":${json},"search":{"mode":"match"}}`,
  );
  const body = `{"resourceType":"Bundle","type":"searchset","link":${JSON.stringify(link)},"entry":[${entries.join(",")}]}`;
  return { status: 200, type: FHIR_JSON, body };
}

function typesOf(query: URLSearchParams): string[] {
  const all = resourceTypes();
  const wanted = query.get("_type")?.split(",");
  if (wanted === undefined) return all;
  const unknown = wanted.find((type) => !all.includes(type));
  if (unknown !== undefined)
    throw new OperationOutcomeError(badRequest(`Unknown resource type: ${unknown}`));
  return wanted;
}

function rowsOf(reader: Reader, type: string, patient: string, since: number): Row[] {
  const [column, index] =
    type === "Patient" ? ["id", "version_current"] : ["patient", "version_patient"];
  const sql = `SELECT seq, type, id, json FROM version INDEXED BY ${index}
    WHERE type = ? AND ${column} = ? AND state = 1 AND state <> 0 AND updated >= ?`;
  return [...(reader.rows(sql, [type, patient, since]) as IterableIterator<Row>)];
}
