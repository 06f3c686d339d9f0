import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startHis } from "./his.ts";
import type { His } from "./his-types.ts";
import { PERSONALITIES, personalityNamed } from "./personalities.ts";
import type { PersonalityName } from "./personalities.ts";
import { cappedOffset, commitsLate, smallBundles } from "./quirks/index.ts";
import { QUICK_KDF, joinWorkstation } from "./test-workstation.ts";
import type { TestWorkstation } from "./test-workstation.ts";

/** Each personality really gets wrong what its row says, and the plain one does not. */
type Body = Record<string, unknown> & {
  meta: { versionId: string };
  entry?: { resource?: { id: string }; response?: Record<string, string> }[];
  link?: { relation: string; url: string }[];
};

let folder: string;
let his: His;
let pc: TestWorkstation;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "his-quirks-"));
  his = await startHis({ dataDir: folder, beds: 1, kdf: QUICK_KDF });
  pc = await joinWorkstation(his);
});
afterAll(async () => {
  await his.close();
  rmSync(folder, { recursive: true });
});

const ACT = "urn:amanah:act";
function pulse(id: string, value = 80): Record<string, unknown> {
  return {
    resourceType: "Observation",
    id,
    status: "final",
    identifier: [{ system: ACT, value: id }],
    code: { text: "pulse" },
    valueQuantity: { value, unit: "/min" },
  };
}
async function put(
  id: string,
  value?: number,
  headers: Record<string, string> = {},
): Promise<number> {
  const init = { method: "PUT", body: JSON.stringify(pulse(id, value)), headers };
  return (await pc.fetch(`Observation/${id}`, init)).status;
}
async function patch(id: string, value: number, headers: Record<string, string>): Promise<number> {
  const body = JSON.stringify([{ op: "replace", path: "/valueQuantity/value", value }]);
  return (await pc.fetch(`Observation/${id}`, { method: "PATCH", body, headers })).status;
}
async function read(id: string): Promise<Body> {
  return (await pc.json(`Observation/${id}`)).body as Body;
}
function bundle(entry: object[]): RequestInit {
  const body = JSON.stringify({ resourceType: "Bundle", type: "transaction", entry });
  return { method: "POST", body };
}
const creating = (id: string): object => ({
  resource: { ...pulse(id), id: undefined },
  request: { method: "POST", url: "Observation", ifNoneExist: `identifier=${ACT}|${id}` },
});
const updating = (id: string): object => ({
  resource: pulse(id),
  request: { method: "PUT", url: `Observation/${id}` },
});
async function ask(path: string): Promise<{ status: number; body: Body }> {
  return (await pc.json(path)) as { status: number; body: Body };
}
async function statement(): Promise<{ updateCreate: boolean; interactions: string[] }> {
  const { body } = await ask("metadata");
  const [rest] = body["rest"] as {
    resource: { type: string; updateCreate: boolean; interaction: { code: string }[] }[];
  }[];
  const found = rest?.resource.find(({ type }) => type === "Observation");
  return {
    updateCreate: found?.updateCreate ?? false,
    interactions: (found?.interaction ?? []).map(({ code }) => code),
  };
}

type Probe = () => Promise<unknown>;
/** What is asked of the server; what the plain one answers; what each of the others does. */
const PROBES: [
  what: string,
  probe: Probe,
  plain: unknown,
  others: Partial<Record<PersonalityName, unknown>>,
][] = [
  [
    "whether it takes our ids, and whether it says so",
    async () => [await put(randomUUID()), (await statement()).updateCreate],
    [201, true],
    { "own-ids": [404, false], "own-ids-unsaid": [404, true], medplum: [404, true] },
  ],
  [
    "a patch based on an old version",
    async () => {
      const id = await held(80, 81);
      const status = await patch(id, 99, { "if-match": 'W/"1"' });
      return [status, (await read(id))["valueQuantity"]];
    },
    [412, { value: 81, unit: "/min" }],
    { careless: [200, { value: 99, unit: "/min" }], medplum: [200, { value: 99, unit: "/min" }] },
  ],
  [
    "a PUT that may only create",
    async () => put(await held(80), 99, { "if-none-match": "*" }),
    412,
    { careless: 200, medplum: 200 },
  ],
  [
    "a parameter nobody knows",
    async () => (await ask("Observation?nonsense=1&_count=1")).status,
    400,
    { careless: 200 },
  ],
  [
    "`_elements`",
    async () => (await ask("Observation?_elements=id&_count=1")).status,
    200,
    { strict: 400 },
  ],
  [
    "histories of one record and of a type, and what is declared",
    async () => {
      const id = await held(80);
      const { interactions } = await statement();
      return [
        (await ask(`Observation/${id}/_history`)).status,
        (await ask("Observation/_history?_count=1")).status,
        interactions.filter((code) => code.startsWith("history")),
      ];
    },
    [200, 200, ["history-instance", "history-type"]],
    {
      "no-history": [404, 404, []],
      "no-type-history": [200, 404, ["history-instance"]],
      medplum: [200, 404, ["history-instance"]],
    },
  ],
  [
    "whether a record that changes while pages are followed makes another one skip",
    async () => {
      const ids = [await held(80), await held(80), await held(80), await held(80)];
      const first = await ask(`Observation?_id=${ids.join(",")}&_sort=_lastUpdated&_count=2`);
      his.behave(PERSONALITIES.plain);
      await put(ids[0] ?? "", 99);
      const next = first.body.link?.find(({ relation }) => relation === "next")?.url ?? "";
      const second = await ask(next);
      const seen = [first, second].flatMap(({ body }) => body.entry ?? []);
      return ids.map((id) => seen.some(({ resource }) => resource?.id === id));
    },
    [true, true, true, true],
    { shifting: [true, true, false, true] },
  ],
  [
    "the shape of an error",
    async () => (await pc.fetch("Observation/nobody")).headers.get("content-type"),
    "application/fhir+json; charset=utf-8",
    { xml: "application/fhir+xml; charset=utf-8", html: "text/html; charset=utf-8" },
  ],
  [
    "a create that was done before, alone and in a transaction",
    async () => {
      const id = randomUUID();
      await pc.json("", bundle([creating(id)]));
      const again = (await pc.json("", bundle([creating(id)]))) as { status: number; body: Body };
      const alone = await pc.fetch("Observation", {
        method: "POST",
        body: JSON.stringify(pulse(id)),
        headers: { "if-none-exist": `identifier=${ACT}|${id}` },
      });
      return [
        again.status,
        again.body.entry?.[0]?.response?.["status"],
        alone.status,
        await copies(id),
      ];
    },
    [200, "200", 400, 1],
    { "exists-304": [200, "304", 304, 1], "exists-412": [412, undefined, 412, 1] },
  ],
  [
    "the same create twice at once",
    async () => {
      const id = randomUUID();
      await Promise.all([1, 2].map(() => pc.json("", bundle([creating(id)]))));
      return copies(id);
    },
    1,
    { doubling: 2 },
  ],
  [
    "what a transaction's answer says",
    async () => {
      const id = randomUUID();
      const answer = await pc.fetch("", bundle([creating(id)]));
      const { entry } = (await answer.json()) as Body;
      return [answer.headers.has("date"), Object.keys(entry?.[0]?.response ?? {}).toSorted()];
    },
    [true, ["etag", "lastModified", "location", "outcome", "status"]],
    { terse: [false, ["status"]], medplum: [false, ["status"]] },
  ],
  [
    "what a batch of two searches finds",
    async () => {
      const ids = [await held(80), await held(81)];
      const entry = ids.map((id) => ({ request: { method: "GET", url: `Observation?_id=${id}` } }));
      const answer = await pc.json("", {
        method: "POST",
        body: JSON.stringify({ resourceType: "Bundle", type: "batch", entry }),
      });
      const parts = answer.body["entry"] as { resource: Body }[] | undefined;
      const found = parts?.map(({ resource }) =>
        (resource.entry ?? []).map(({ resource: one }) => ids.indexOf(one?.id ?? "")),
      );
      return [answer.status, found];
    },
    [200, [[0], [1]]],
    {
      "batches-refused": [501, undefined],
      "batches-empty": [200, [[], []]],
      "batches-shuffled": [200, [[1], [0]]],
    },
  ],
  [
    "the version after a PUT that changes nothing",
    async () => (await read(await held(80, 80))).meta.versionId,
    "2",
    { unmoved: "1", medplum: "1" },
  ],
];

/** An Observation with these values one after the other, made while the server was plain. */
async function held(...values: number[]): Promise<string> {
  const id = randomUUID();
  const writer = current;
  // The first version is made by a plain server: some personalities take no id of ours.
  his.behave(PERSONALITIES.plain);
  await put(id, values[0]);
  his.behave(writer);
  for (const value of values.slice(1)) await put(id, value);
  return id;
}
async function copies(id: string): Promise<number> {
  return (await ask(`Observation?identifier=${ACT}|${id}`)).body.entry?.length ?? 0;
}
let current: (typeof PERSONALITIES)[PersonalityName] = PERSONALITIES.plain;
function be(name: PersonalityName): void {
  current = PERSONALITIES[name];
  his.behave(current);
}

test.each(PROBES)("%s", async (_what, probe, plain, others) => {
  be("plain");
  expect(await probe()).toEqual(plain);
  for (const [name, answer] of Object.entries(others)) {
    be(name as PersonalityName);
    expect([name, await probe()]).toEqual([name, answer]);
  }
});

test("beyond its cap an offset is refused, and the cursor of a search by time is not", async () => {
  be("plain");
  for (let n = 0; n < 7; n += 1) await put(randomUUID());
  his.behave({ says: "capped at 4", quirks: [cappedOffset(4)] });
  const follow = async (path: string): Promise<number[]> => {
    const { status, body } = await ask(path);
    const next = body.link?.find(({ relation }) => relation === "next")?.url;
    return [status, ...(next === undefined || status !== 200 ? [] : await follow(next))];
  };
  const code = "code:text=pulse";
  expect((await follow(`Observation?${code}&_count=3`)).slice(0, 3)).toEqual([200, 200, 400]);
  expect(new Set(await follow(`Observation?${code}&_sort=_lastUpdated&_count=3`))).toEqual(
    new Set([200]),
  );
});

test("a transaction beyond the limits is refused whole, and one within them is not", async () => {
  be("plain");
  his.behave({ says: "at most 3, or 2 with a condition", quirks: [smallBundles(3, 2)] });
  const ids = [1, 2, 3, 4].map(() => randomUUID());
  expect((await pc.json("", bundle(ids.map(updating)))).status).toBe(413);
  expect((await pc.json("", bundle(ids.slice(1).map(updating)))).status).toBe(200);
  expect((await pc.json("", bundle(ids.slice(1).map(creating)))).status).toBe(413);
  his.behave(PERSONALITIES.plain);
  expect((await pc.fetch(`Observation/${ids[0]}`)).status).toBe(404);
});

test("a transaction that commits late is stamped before a single write that was seen before it", async () => {
  be("plain");
  const commit = Promise.withResolvers<void>();
  const stamped = Promise.withResolvers<void>();
  const quirk = commitsLate(() => {
    stamped.resolve();
    return commit.promise;
  });
  his.behave({ says: "commits when it is told to", quirks: [quirk] });
  const [slow, single] = [randomUUID(), randomUUID()];
  const late = pc.json("", bundle([creating(slow)]));
  await stamped.promise;
  await put(single);
  const seen = async (): Promise<boolean[]> =>
    (
      (await ask(`Observation?identifier=${slow},${single}&_sort=_lastUpdated`)).body.entry ?? []
    ).map(({ resource }) => resource?.id === single);
  expect(await seen()).toEqual([true]);
  commit.resolve();
  await late;
  expect(await seen()).toEqual([false, true]);
});

test("a slow server answers all the same, and a name nobody knows is refused with the list", async () => {
  be("slow");
  expect((await ask("Observation?_count=1")).status).toBe(200);
  expect(() => personalityNamed("nice")).toThrow("plain, own-ids,");
  expect(personalityNamed("medplum")).toBe(PERSONALITIES.medplum);
});
