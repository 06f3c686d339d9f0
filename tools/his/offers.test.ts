import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startHis } from "./his.ts";
import type { His } from "./his-types.ts";
import { QUICK_KDF, joinWorkstation } from "./test-workstation.ts";
import type { TestWorkstation } from "./test-workstation.ts";

/** What a workstation may build on, beside plain reading, searching and transactions (`fhir.test.ts`). */
type Entry = {
  resource?: Record<string, unknown> & { resourceType: string; id: string };
  request?: { method: string; url: string };
  response?: { status: string; etag?: string; lastModified?: string };
  search?: { mode: string };
};
type Bundle = { entry?: Entry[]; link?: { relation: string; url: string }[] };

let folder: string;
let his: His;
let pc: TestWorkstation;
let patient: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "his-offers-"));
  his = await startHis({ dataDir: folder, beds: 3, kdf: QUICK_KDF });
  pc = await joinWorkstation(his);
  patient = his.patients()[0]?.id ?? "";
});
afterAll(async () => {
  await his.close();
  rmSync(folder, { recursive: true });
});

function pulse(id: string, value = 80): Record<string, unknown> {
  return {
    resourceType: "Observation",
    id,
    status: "final",
    code: { coding: [{ system: "http://loinc.org", code: "8867-4" }] },
    subject: { reference: `Patient/${patient}` },
    valueQuantity: { value, unit: "/min" },
  };
}
async function put(id: string, value?: number, headers?: Record<string, string>): Promise<number> {
  const body = JSON.stringify(pulse(id, value));
  const answer = await pc.fetch(`Observation/${id}`, {
    method: "PUT",
    body,
    ...(headers && { headers }),
  });
  return answer.status;
}
async function bundle(path: string): Promise<Bundle> {
  const { status, body } = await pc.json(path);
  expect(status).toBe(200);
  return body;
}
async function allEntries(
  path: string,
  onPage: () => Promise<unknown> = async () => {},
): Promise<Entry[]> {
  const entries: Entry[] = [];
  let next: string | undefined = path;
  while (next !== undefined) {
    const page = await bundle(next);
    entries.push(...(page.entry ?? []));
    next = page.link?.find(({ relation }) => relation === "next")?.url;
    await onPage();
  }
  return entries;
}
const versionsOf = (entries: readonly Entry[], id: string) =>
  entries
    .filter(({ request }) => request?.url === `Observation/${id}`)
    .map(({ request, response, resource }) => [
      request?.method,
      response?.etag,
      resource === undefined,
    ]);

test("the history of one record, of a type and of everything tells each change, newest first, a deletion without the record", async () => {
  const id = randomUUID();
  const since = new Date().toISOString();
  await put(id, 80);
  await put(id, 81);
  await pc.fetch(`Observation/${id}`, { method: "DELETE" });
  const told = [
    ["DELETE", 'W/"3"', true],
    ["PUT", 'W/"2"', false],
    ["PUT", 'W/"1"', false],
  ];
  for (const of of [`Observation/${id}/`, "Observation/", ""]) {
    const entries = await allEntries(`${of}_history?_since=${since}&_count=2`);
    expect(versionsOf(entries, id)).toEqual(told);
    const times = entries.map(({ response }) => response?.lastModified ?? "");
    expect(times).toEqual(times.toSorted((a, b) => b.localeCompare(a)));
  }
  expect(await allEntries(`Observation/${id}/_history?_since=2999-01-01T00:00:00Z`)).toEqual([]);
  expect((await pc.fetch("Observation/never-was/_history")).status).toBe(404);
  expect((await pc.fetch("Observation/_history?_since=yesterday")).status).toBe(400);
  expect((await pc.fetch("Observation/_history?_cursor=7")).status).toBe(400);
});

test("a history read page by page tells each change once while nurses keep charting", async () => {
  const since = new Date().toISOString();
  const ids = Array.from({ length: 9 }, () => randomUUID());
  for (const id of ids) await put(id);
  const entries = await allEntries(`Observation/_history?_since=${since}&_count=2`, () =>
    put(ids[0] ?? ""),
  );
  const urls = entries.map(({ request }) => request?.url);
  expect(urls).toHaveLength(ids.length);
  expect(new Set(urls)).toEqual(new Set(ids.map((id) => `Observation/${id}`)));
});

test("a change, a deletion or a patch based on an old version is refused with 412 and changes nothing", async () => {
  const id = randomUUID();
  await put(id, 80);
  await put(id, 81);
  const stale = { "if-match": 'W/"1"' };
  const patch = (op: object, headers: Record<string, string>): Promise<Response> =>
    pc.fetch(`Observation/${id}`, {
      method: "PATCH",
      body: JSON.stringify([op]),
      headers: { "content-type": "application/json-patch+json", ...headers },
    });
  const op = { op: "replace", path: "/valueQuantity/value", value: 99 };
  expect(await put(id, 99, stale)).toBe(412);
  expect((await patch(op, stale)).status).toBe(412);
  const deleted = await pc.fetch(`Observation/${id}`, { method: "DELETE", headers: stale });
  expect(deleted.status).toBe(412);
  expect((await pc.json(`Observation/${id}`)).body).toMatchObject({
    meta: { versionId: "2" },
    valueQuantity: { value: 81 },
  });
  const current = { "if-match": 'W/"2"' };
  const patched = await patch(op, current);
  expect([patched.status, patched.headers.get("etag")]).toEqual([200, 'W/"3"']);
  expect((await pc.json(`Observation/${id}`)).body).toMatchObject({ valueQuantity: { value: 99 } });
  const nowhere = { op: "replace", path: "/nowhere/at/all", value: 1 };
  expect((await patch(nowhere, {})).status).toBe(400);
  const current3 = { "if-match": 'W/"3"' };
  const gone = await pc.fetch(`Observation/${id}`, { method: "DELETE", headers: current3 });
  expect(gone.status).toBe(200);
});

test("what may only be created never replaces what is there, alone or in a transaction", async () => {
  const id = randomUUID();
  const onlyNew = { "if-none-match": "*" };
  expect(await put(id, 80, onlyNew)).toBe(201);
  expect(await put(id, 99, onlyNew)).toBe(412);
  const other = randomUUID();
  const entry = [other, id].map((each) => ({
    resource: pulse(each, 99),
    request: { method: "PUT", url: `Observation/${each}`, ifNoneMatch: "*" },
  }));
  const answer = await pc.json("", {
    method: "POST",
    body: JSON.stringify({ resourceType: "Bundle", type: "transaction", entry }),
  });
  expect(answer.status).toBe(412);
  expect((await pc.fetch(`Observation/${other}`)).status).toBe(404);
  expect((await pc.json(`Observation/${id}`)).body).toMatchObject({ valueQuantity: { value: 80 } });
});

test("a record that is held already is not sent again", async () => {
  const id = randomUUID();
  await put(id, 80);
  const asked = async (tag: string): Promise<number> =>
    (await pc.fetch(`Observation/${id}`, { headers: { "if-none-match": tag } })).status;
  expect(await asked('W/"1"')).toBe(304);
  expect(await asked('W/"7", "1"')).toBe(304);
  expect(await asked('W/"2"')).toBe(200);
});

test("one question brings stays with their patients and places, and records with who signed them", async () => {
  const stays = await bundle(
    `Encounter?patient=${patient}&_include=Encounter:patient&_include=Encounter:location`,
  );
  const told = (stays.entry ?? []).map(({ search, resource }) => [
    search?.mode,
    resource?.resourceType,
  ]);
  expect(told).toContainEqual(["match", "Encounter"]);
  expect(told).toContainEqual(["include", "Patient"]);
  expect(told).toContainEqual(["include", "Location"]);
  const id = randomUUID();
  await put(id);
  const provenance = await pc.json("Provenance", {
    method: "POST",
    body: JSON.stringify({
      resourceType: "Provenance",
      target: [{ reference: `Observation/${id}` }],
      recorded: new Date().toISOString(),
      agent: [{ who: { reference: `Practitioner/${his.people[0]?.id}` } }],
    }),
  });
  expect(provenance.status).toBe(201);
  const signed = await bundle(`Observation?_id=${id}&_revinclude=Provenance:target`);
  expect(signed.entry?.map(({ search, resource }) => [search?.mode, resource?.id])).toEqual([
    ["match", id],
    ["include", provenance.body["id"]],
  ]);
});

test("everything of one patient can be had page by page, and only what changed since", async () => {
  const entries = await allEntries(`Patient/${patient}/$everything?_count=50`);
  const ids = entries.map(({ resource }) => `${resource?.resourceType}/${resource?.id}`);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain(`Patient/${patient}`);
  for (const type of ["Observation", "AllergyIntolerance", "MedicationRequest", "Encounter"]) {
    const found = await allEntries(`${type}?patient=${patient}&_count=1000`);
    for (const { resource } of found) expect(ids).toContain(`${type}/${resource?.id}`);
  }
  const others = entries.filter(
    ({ resource }) =>
      JSON.stringify(resource?.["subject"] ?? "").includes("Patient/") &&
      !JSON.stringify(resource).includes(`Patient/${patient}`),
  );
  expect(others).toEqual([]);
  const since = new Date().toISOString();
  const id = randomUUID();
  await put(id);
  const fresh = await allEntries(
    `Patient/${patient}/$everything?_since=${since}&_type=Observation`,
  );
  expect(fresh.map(({ resource }) => resource?.id)).toEqual([id]);
  expect((await pc.fetch("Patient/nobody/$everything")).status).toBe(404);
});

async function subscribed(
  criteria: string,
): Promise<{ id: string; heard: string[]; socket: WebSocket }> {
  const made = await pc.json("Subscription", {
    method: "POST",
    body: JSON.stringify({
      resourceType: "Subscription",
      status: "requested",
      reason: "a ward's workstation",
      criteria,
      channel: { type: "websocket" },
    }),
  });
  expect(made.body).toMatchObject({ status: "active" });
  const id = String(made.body["id"]);
  const url = await websocketUrl();
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${await token()}` } });
  const heard: string[] = [];
  socket.on("message", (bytes: Buffer) => heard.push(bytes.toString()));
  await once(socket, "open");
  socket.send(`bind ${id}`);
  await expect.poll(() => heard).toContain(`bound ${id}`);
  return { id, heard, socket };
}
async function token(): Promise<string> {
  const answer = await pc.token(await pc.assertion());
  return ((await answer.json()) as { access_token: string }).access_token;
}
async function websocketUrl(): Promise<string> {
  const { body } = await pc.json("metadata");
  const [rest] = body["rest"] as { extension: { url: string; valueUri: string }[] }[];
  const found = rest?.extension.find(({ url }) => url.endsWith("/capabilitystatement-websocket"));
  return found?.valueUri ?? "";
}
const pings = (heard: readonly string[]): number =>
  heard.filter((line) => line.startsWith("ping ")).length;

test("a workstation that listens is nudged when its patients' records change or go, and not for others", async () => {
  const other = his.patients()[1]?.id ?? "";
  const { heard, socket } = await subscribed(`Observation?patient=${patient},nobody`);
  const id = randomUUID();
  await put(id);
  await expect.poll(() => pings(heard)).toBe(1);
  await pc.fetch(`Observation/${randomUUID()}`, { method: "DELETE" });
  await pc.json(
    `Observation/${(await allEntries(`Observation?patient=${other}&_count=1`))[0]?.resource?.id}`,
    {
      method: "PATCH",
      headers: { "content-type": "application/json-patch+json" },
      body: JSON.stringify([{ op: "add", path: "/note", value: [{ text: "of another patient" }] }]),
    },
  );
  await pc.fetch(`Observation/${id}`, { method: "DELETE" });
  await expect.poll(() => pings(heard)).toBe(2);
  socket.close();
});

test("a nudge comes only after what it is about can be read, once for a whole transaction, and not for one that failed", async () => {
  const { heard, socket } = await subscribed("Observation");
  const transaction = (ids: readonly string[], change: object): Promise<{ status: number }> =>
    pc.json("", {
      method: "POST",
      body: JSON.stringify({
        resourceType: "Bundle",
        type: "transaction",
        entry: ids.map((id, n) => ({
          resource: { ...pulse(id), ...(n === ids.length - 1 && change) },
          request: { method: "PUT", url: `Observation/${id}` },
        })),
      }),
    });
  const ids = [1, 2, 3].map(() => randomUUID());
  expect(
    (await transaction([randomUUID(), randomUUID()], { status: "no such status", code: undefined }))
      .status,
  ).toBe(400);
  expect((await transaction(ids, {})).status).toBe(200);
  await expect.poll(() => pings(heard)).toBe(1);
  expect((await pc.fetch(`Observation/${ids[0]}`)).status).toBe(200);
  his.switches.set({ outage: true });
  await once(socket, "close");
  his.switches.set({ outage: false });
});

test("nobody listens without a token, and only what this HIS can watch is promised", async () => {
  const stranger = new WebSocket(await websocketUrl());
  const [error] = (await once(stranger, "error")) as [Error];
  expect(error.message).toContain("401");
  const ask = (change: object): Promise<{ status: number }> =>
    pc.json("Subscription", {
      method: "POST",
      body: JSON.stringify({
        resourceType: "Subscription",
        status: "requested",
        reason: "test",
        criteria: "Observation",
        channel: { type: "websocket" },
        ...change,
      }),
    });
  expect(
    (await ask({ channel: { type: "rest-hook", endpoint: "http://127.0.0.1/" } })).status,
  ).toBe(400);
  expect((await ask({ criteria: "Observation?nonsense=1" })).status).toBe(400);
  expect((await ask({ criteria: "Nothing" })).status).toBe(400);
});

test("a batch of reads is answered read by read, in its order, each as it would be alone, and writes nothing", async () => {
  const targets = [
    `Observation?patient=${patient}&_sort=_lastUpdated&_count=2`,
    "Flag?nonsense=1",
    `Patient/${patient}`,
    "Patient/nobody",
  ];
  const entry = targets.map((url) => ({ request: { method: "GET", url } }));
  const { status, body } = await pc.json("", {
    method: "POST",
    body: JSON.stringify({ resourceType: "Bundle", type: "batch", entry }),
  });
  expect([status, body["type"]]).toEqual([200, "batch-response"]);
  const parts = (body as Bundle).entry ?? [];
  expect(parts.map(({ response }) => response?.status)).toEqual(["200", "400", "200", "404"]);
  for (const at of [0, 2])
    expect(parts[at]?.resource).toEqual((await pc.json(targets[at] ?? "")).body);
  expect(parts[2]?.response?.etag).toMatch(/^W\//u);
});

test("the statement of what the HIS can do names what these tests have shown", async () => {
  const { body } = await pc.json("metadata");
  const [rest] = body["rest"] as {
    interaction: { code: string }[];
    resource: {
      type: string;
      interaction: { code: string }[];
      searchInclude: string[];
      searchRevInclude: string[];
      operation?: { name: string }[];
    }[];
  }[];
  const of = (type: string) => rest?.resource.find((each) => each.type === type);
  expect(rest?.interaction.map(({ code }) => code)).toEqual(
    expect.arrayContaining(["history-system", "batch"]),
  );
  expect(of("Observation")?.interaction.map(({ code }) => code)).toEqual(
    expect.arrayContaining(["history-instance", "history-type", "patch", "delete", "vread"]),
  );
  expect(of("Encounter")?.searchInclude).toEqual(
    expect.arrayContaining(["Encounter:patient", "Encounter:location"]),
  );
  expect(of("Observation")?.searchRevInclude).toContain("Provenance:target");
  expect(of("Patient")?.operation).toEqual([expect.objectContaining({ name: "everything" })]);
  expect(of("Observation")?.operation).toBeUndefined();
});
