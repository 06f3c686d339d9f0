import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startHis } from "./his.ts";
import type { His } from "./his-types.ts";
import { QUICK_KDF, joinWorkstation } from "./test-workstation.ts";
import type { TestWorkstation } from "./test-workstation.ts";

type Entry = {
  resource?: Record<string, unknown> & { id: string; meta: { versionId: string } };
  response?: { status: string };
};
type Bundle = { entry?: Entry[]; link?: { relation: string; url: string }[]; total?: number };

let folder: string;
let his: His;
let pc: TestWorkstation;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "his-"));
  his = await startHis({ dataDir: folder, beds: 4, kdf: QUICK_KDF });
  pc = await joinWorkstation(his);
});
afterAll(async () => {
  await his.close();
  rmSync(folder, { recursive: true });
});

const ACT = "urn:amanah:act";

function heartRate(
  act: string,
  extra: object = {},
): Record<string, unknown> & { resourceType: string } {
  return {
    resourceType: "Observation",
    status: "final",
    identifier: [{ system: ACT, value: act }],
    code: { coding: [{ system: "http://loinc.org", code: "8867-4" }] },
    subject: { reference: `Patient/${his.patients()[0]?.id}` },
    valueQuantity: { value: 80, unit: "/min" },
    ...extra,
  };
}
function transaction(entry: object[]): RequestInit {
  return {
    method: "POST",
    body: JSON.stringify({ resourceType: "Bundle", type: "transaction", entry }),
  };
}
function put(resource: Record<string, unknown>): RequestInit {
  return { method: "PUT", body: JSON.stringify(resource) };
}
async function count(query: string): Promise<number> {
  return ((await pc.json(query)).body as Bundle).entry?.length ?? 0;
}

test("a set of vitals with one bad part is stored not at all, while other writes go on and stay", async () => {
  const act = randomUUID();
  const bad = randomUUID();
  const others = Array.from({ length: 20 }, () => randomUUID());
  const entry = [
    ...Array.from({ length: 6 }, () => heartRate(bad)),
    heartRate(bad, { status: "no such status", code: undefined }),
  ].map((resource) => ({ resource, request: { method: "POST", url: "Observation" } }));
  const [failed, good, ...singles] = await Promise.all([
    pc.json("", transaction(entry)),
    pc.json(
      "",
      transaction(
        [1, 2, 3].map(() => ({
          resource: heartRate(act),
          request: { method: "POST", url: "Observation" },
        })),
      ),
    ),
    ...others.map((id) => pc.json(`Observation/${id}`, put(heartRate(id, { id })))),
  ]);
  expect(failed.status).toBe(400);
  expect(his.countObservationsByAct(bad)).toBe(0);
  expect(good.status).toBe(200);
  expect(his.countObservationsByAct(act)).toBe(3);
  expect(singles.map(({ status }) => status)).toEqual(others.map(() => 201));
  for (const id of others) expect(his.countObservationsByAct(id)).toBe(1);
});

test("eight observations sent with If-None-Exist, twice and at the same time, are stored once", async () => {
  const ids = Array.from({ length: 8 }, () => randomUUID());
  const entry = ids.map((id) => ({
    resource: heartRate(id),
    request: { method: "POST", url: "Observation", ifNoneExist: `identifier=${ACT}|${id}` },
  }));
  const answers = await Promise.all([1, 2, 3].map(() => pc.json("", transaction(entry))));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const first = answers
    .map(({ body }) => (body as Bundle).entry?.[0]?.response?.status ?? "")
    .toSorted((a, b) => a.localeCompare(b));
  expect(first).toEqual(["200", "200", "201"]);
  for (const id of ids) expect(his.countObservationsByAct(id)).toBe(1);
  expect(await count(`Observation?identifier=${ACT}|${ids[0]}`)).toBe(1);
});

test("a charted resource keeps the id its workstation chose, and every version can be read", async () => {
  const id = randomUUID();
  const made = await pc.fetch(`Observation/${id}`, put(heartRate(id, { id })));
  expect([made.status, made.headers.get("etag")]).toEqual([201, 'W/"1"']);
  const changed = await pc.fetch(`Observation/${id}`, {
    ...put(heartRate(id, { id, status: "amended" })),
    headers: { "if-match": 'W/"1"' },
  });
  expect([changed.status, changed.headers.get("etag")]).toEqual([200, 'W/"2"']);
  expect((await pc.json(`Observation/${id}/_history/1`)).body).toMatchObject({ status: "final" });
  const history = (await pc.json(`Observation/${id}/_history`)).body as Bundle;
  expect(history.entry?.map(({ resource }) => resource?.meta.versionId)).toEqual(["2", "1"]);
});

test("a change based on an old version is refused with 412 and changes nothing", async () => {
  const id = randomUUID();
  await pc.fetch(`Observation/${id}`, put(heartRate(id, { id })));
  await pc.fetch(`Observation/${id}`, put(heartRate(id, { id, status: "amended" })));
  const stale = await pc.fetch(`Observation/${id}`, {
    ...put(heartRate(id, { id, status: "cancelled" })),
    headers: { "if-match": 'W/"1"' },
  });
  expect(stale.status).toBe(412);
  const inBundle = await pc.json(
    "",
    transaction([
      {
        resource: heartRate(id, { id }),
        request: { method: "PUT", url: `Observation/${id}`, ifMatch: 'W/"1"' },
      },
    ]),
  );
  expect(inBundle.status).toBe(412);
  expect((await pc.json(`Observation/${id}`)).body).toMatchObject({
    status: "amended",
    meta: { versionId: "2" },
  });
});

test("what has not changed is answered 304, and a deleted resource 410", async () => {
  const id = randomUUID();
  await pc.fetch(`Observation/${id}`, put(heartRate(id, { id })));
  const same = await pc.fetch(`Observation/${id}`, { headers: { "if-none-match": 'W/"1"' } });
  expect(same.status).toBe(304);
  await pc.fetch(`Observation/${id}`, { method: "DELETE" });
  expect((await pc.fetch(`Observation/${id}`)).status).toBe(410);
  const changes = (await pc.json("Observation/_history?_since=2020-01-01T00:00:00Z&_count=200"))
    .body as Bundle;
  let page = changes;
  const seen: unknown[] = [];
  for (;;) {
    seen.push(...(page.entry ?? []));
    const next = page.link?.find(({ relation }) => relation === "next");
    if (next === undefined) break;
    page = (await pc.json(next.url)).body;
  }
  expect(seen).toContainEqual(
    expect.objectContaining({ request: { method: "DELETE", url: `Observation/${id}` } }),
  );
});

test("reading page by page misses nothing and repeats nothing while nurses keep charting", async () => {
  const before = new Set(await allIds("Observation?_sort=_lastUpdated&_count=1000"));
  const seen: string[] = [];
  let url: string | undefined = "Observation?_sort=_lastUpdated&_count=100";
  let charted = 0;
  while (url !== undefined) {
    const page = (await pc.json(url)).body as Bundle;
    seen.push(...(page.entry ?? []).map(({ resource }) => resource?.id ?? ""));
    url = page.link?.find(({ relation }) => relation === "next")?.url;
    if (charted < 5) {
      charted += 1;
      const id = randomUUID();
      await pc.fetch(`Observation/${id}`, put(heartRate(id, { id })));
    }
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.filter((id) => before.has(id))).toHaveLength(before.size);
  expect(seen).toHaveLength(before.size + charted);
});

async function allIds(query: string): Promise<string[]> {
  const ids: string[] = [];
  let url: string | undefined = query;
  while (url !== undefined) {
    const page = (await pc.json(url)).body as Bundle;
    ids.push(...(page.entry ?? []).map(({ resource }) => resource?.id ?? ""));
    url = page.link?.find(({ relation }) => relation === "next")?.url;
  }
  return ids;
}

test("the searches a workstation makes find exactly what belongs to them", async () => {
  const ward = his.wards[0];
  const beds = ward?.beds.map(({ id }) => id).join(",") ?? "";
  const patients = his.patients();
  const ids = patients.map(({ id }) => id);
  expect(await count(`Encounter?location=${beds}&status=in-progress&_count=1000`)).toBe(
    patients.length,
  );
  expect(await count(`Encounter?location=Location/${ward?.beds[0]?.id}`)).toBe(1);
  expect(await count(`Location?partof=${ward?.id}`)).toBe(4);
  expect(
    await count(`Patient?_id=${ids.slice(0, 2).join(",")}&_lastUpdated=ge2000-01-01T00:00:00Z`),
  ).toBe(2);
  expect(await count(`Basic?code=urn:amanah:statement|roster-entry`)).toBe(his.people.length);
  const one = await allIds(`MedicationRequest?patient=${ids[0]}`);
  const all = await allIds(
    `MedicationRequest?patient=${ids.join(",")}&_lastUpdated=ge2000-01-01T00:00:00Z&_sort=_lastUpdated&_count=7`,
  );
  expect(one.length).toBeGreaterThan(0);
  expect(all).toHaveLength((await allIds("MedicationRequest")).length);
  expect(
    await allIds(`MedicationRequest?subject=Patient/${ids[0]}&status=active,stopped,on-hold`),
  ).toHaveLength(one.length);
  expect((await pc.json(`Observation?patient=${ids[0]}&nonsense=1`)).status).toBe(400);
});

test("a search can be posted, counted, sorted otherwise and cut down to some elements", async () => {
  const [first] = his.patients();
  const posted = await pc.fetch("Observation/_search", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ patient: first?.id ?? "", _count: "1000" }),
  });
  const found = ((await posted.json()) as Bundle).entry?.length ?? 0;
  expect(found).toBeGreaterThan(50);
  const counted = (await pc.json(`Observation?patient=${first?.id}&_summary=count`)).body as Bundle;
  expect([counted.total, counted.entry?.length]).toEqual([found, 0]);
  const latest = (
    await pc.json(
      `Observation?patient=${first?.id}&_sort=-date&_count=2&_elements=effectiveDateTime`,
    )
  ).body as Bundle;
  const [a, b] = latest.entry?.map(({ resource }) => resource) ?? [];
  expect(String(a?.["effectiveDateTime"]) >= String(b?.["effectiveDateTime"])).toBe(true);
  expect(a).not.toHaveProperty("code");
});

test("a record that is not valid FHIR is refused, and the refusal says where", async () => {
  const answer = await pc.json("AllergyIntolerance", {
    method: "POST",
    body: JSON.stringify({ resourceType: "AllergyIntolerance", criticality: 7 }),
  });
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toContain("AllergyIntolerance.patient");
});

test("answers are compressed when asked for, and carry the server's time", async () => {
  const answer = await pc.fetch("Observation?_count=200", {
    headers: { "accept-encoding": "gzip" },
  });
  expect(answer.headers.get("content-encoding")).toBe("gzip");
  expect(Date.parse(answer.headers.get("date") ?? "")).toBeGreaterThan(0);
  expect(((await answer.json()) as Bundle).entry).toHaveLength(200);
});
