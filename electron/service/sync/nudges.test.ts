import { beforeEach, expect, test } from "vitest";
import { HisError } from "../his/index.ts";
import type { Capabilities, HisClient, SocketEars } from "../his/index.ts";
import { createNudges, type Nudges } from "./nudges.ts";

const ANSWER = { status: 200, bytes: new Uint8Array(), serverTime: "", etag: null };
const OFFERS: Capabilities = {
  software: null,
  fhirVersion: "4.0.1",
  transaction: true,
  websocket: "wss://his.example/ws",
  types: new Map([
    [
      "Subscription",
      {
        interactions: new Set(["create"]),
        updateCreate: true,
        conditionalCreate: false,
        versioning: "versioned" as const,
        searchParams: new Set<string>(),
      },
    ],
  ]),
};

let now: number;
let capabilities: Capabilities | null;
let refusal: HisError | null;
let put: { id: string; criteria: string; end: string }[];
let said: string[];
let ears: SocketEars | null;
let nudged: number;
let nudges: Nudges;

beforeEach(() => {
  now = Date.parse("2026-11-28T08:00:00Z");
  [capabilities, refusal, put, said, ears, nudged] = [OFFERS, null, [], [], null, 0];
  nudges = createNudges({
    his: his(),
    capabilities: () => capabilities,
    name: "pc",
    now: () => now,
    log: () => undefined,
    onNudge: () => (nudged += 1),
  });
});

/** A HIS in the hands of the test: it takes Subscriptions and one websocket. */
function his(): HisClient {
  return {
    base: "https://his.example/",
    get: () => Promise.reject(new Error("asks nothing")),
    batch: () => Promise.reject(new Error("asks nothing")),
    send: (_method, _target, body) => {
      if (refusal !== null) return Promise.reject(refusal);
      put.push(JSON.parse(body) as (typeof put)[number]);
      return Promise.resolve(ANSWER);
    },
    capabilities: () => Promise.reject(new Error("asks nothing")),
    listen: (_url, heard) => {
      ears = heard;
      return Promise.resolve({ send: (line) => said.push(line), close: () => heard.closed() });
    },
    close: () => undefined,
  };
}

/** The line is open and the HIS has confirmed every Subscription. */
function bindAll(): void {
  ears?.opened();
  for (const line of said.filter((one) => one.startsWith("bind ")))
    ears?.heard(line.replace("bind", "bound"));
}

test("it asks to be told of the control key's statements and of its patients' stays, allergies, medicines and alerts, and of nobody else's", async () => {
  await nudges.listen(["basma", "amina"]);
  bindAll();
  expect(put.map(({ criteria }) => criteria.replace(/\?code=.*/u, "?code"))).toEqual([
    "Basic?code",
    "Encounter?patient=amina,basma",
    "AllergyIntolerance?patient=amina,basma",
    "MedicationRequest?patient=amina,basma",
    "MedicationAdministration?patient=amina,basma",
    "Flag?patient=amina,basma",
  ]);
  expect(said).toEqual(put.map(({ id }) => `bind ${id}`));
  // Who is switched off and carried away is told nothing after a day.
  expect(new Set(put.map(({ end }) => end))).toEqual(new Set(["2026-11-29T08:00:00.000Z"]));
  expect(nudges.state()).toBe("listening");
});

test("a nudge of its own Subscription brings a round; whatever else is said there brings nothing", async () => {
  await nudges.listen(["amina"]);
  bindAll();
  ears?.heard("ping pc-1");
  for (const line of ["ping pc-99", "ping", "", "pc-1", "pang pc-1", "ping pc-1 pc-2 extra"])
    ears?.heard(line);
  expect(nudged).toBe(1);
});

test("asked again nothing is put anew, until who is here changes, or hours have passed", async () => {
  await nudges.listen(["amina"]);
  bindAll();
  await nudges.listen(["amina"]);
  expect(put).toHaveLength(6);
  await nudges.listen(["amina", "basma"]);
  expect(put.slice(6).map(({ id }) => id)).toEqual(put.slice(0, 6).map(({ id }) => id));
  expect(put.at(-1)?.criteria).toBe("Flag?patient=amina,basma");
  now += 9 * 3_600_000;
  await nudges.listen(["amina", "basma"]);
  expect(put).toHaveLength(18);
});

test("a line that is cut is left in peace for a minute and then opened again; nothing is put anew for that", async () => {
  await nudges.listen(["amina"]);
  bindAll();
  ears?.closed();
  expect(nudges.state()).toBe("off");
  [said, ears] = [[], null];
  await nudges.listen(["amina"]);
  expect(ears).toBeNull();
  now += 61_000;
  await nudges.listen(["amina"]);
  bindAll();
  expect(nudges.state()).toBe("listening");
  expect(put).toHaveLength(6);
});

test("a HIS that refuses is left in peace for a minute and then asked again; a clock that goes back holds nothing up", async () => {
  refusal = new HisError({
    kind: "refused",
    status: 422,
    detail: "criteria are not known here",
    signIn: false,
  });
  await nudges.listen(["amina"]);
  refusal = null;
  await nudges.listen(["amina"]);
  expect(put).toHaveLength(0);
  now -= 3_600_000;
  await nudges.listen(["amina"]);
  bindAll();
  expect(nudges.state()).toBe("listening");
});

test("a HIS that has forgotten a Subscription is given it again, on the same line", async () => {
  await nudges.listen(["amina"]);
  ears?.opened();
  ears?.heard("error pc-2 is no active Subscription here");
  said = [];
  await nudges.listen(["amina"]);
  expect(put).toHaveLength(12);
  expect(said).toContain("bind pc-2");
});

test("who comes before the line is open is bound once it is", async () => {
  await nudges.listen(["amina"]);
  await nudges.listen(Array.from({ length: 60 }, (_, n) => `patient-${n}`));
  expect(said).toEqual([]);
  ears?.opened();
  await nudges.listen(Array.from({ length: 60 }, (_, n) => `patient-${n}`));
  expect(new Set(said)).toEqual(new Set(put.slice(6).map(({ id }) => `bind ${id}`)));
});

test("a HIS that offers no websocket, or takes no Subscription under a given name, is asked for none", async () => {
  for (const found of [null, { ...OFFERS, websocket: null }, { ...OFFERS, types: new Map() }]) {
    capabilities = found;
    await nudges.listen(["amina"]);
    expect(nudges.state()).toBe("not-offered");
  }
  expect(put).toEqual([]);
});

test("a PC of a thousand beds asks to be told of statements only", async () => {
  await nudges.listen(Array.from({ length: 1000 }, (_, n) => `patient-${n}`));
  expect(put).toHaveLength(1);
});
