import { expect, test } from "vitest";
import { auditBody, link } from "../audit/index.ts";
import { HisError } from "../his/index.ts";
import type { AuditRow } from "../store/index.ts";
import { createTrailCarrier } from "./carry-trail.ts";

interface Entry {
  readonly resource: { readonly id?: string };
  readonly request: { readonly method: string; readonly ifNoneExist?: string };
}

function trailOf(count: number): AuditRow[] {
  let hash = "0".repeat(64);
  return Array.from({ length: count }, (_, n) => {
    const body = auditBody({
      at: "2026-11-20T10:00:00.000Z",
      kind: "patient-read",
      clinician: "huda",
      workstation: "pc",
      patient: `p${n + 1}`,
    });
    hash = link(hash, n + 1, body);
    return { seq: n + 1, body, hash };
  });
}

/** A HIS by what it has, and a PC by what survives a kill: its journal. */
function scene(count: number, waiting = 0) {
  const rows = trailOf(count);
  const meta: Record<string, string> = {};
  const stored = new Map<string, string>();
  let requests = 0;
  const his = {
    base: "https://his.example/fhir/",
    answer: (_entry: Entry): number => 201,
    lost: false,
    send: async (_method: "POST" | "PUT", _target: string, body: string) => {
      requests += 1;
      const { entry } = JSON.parse(body) as { entry: Entry[] };
      const statuses = entry.map((one) => {
        const status = his.answer(one);
        const name = one.resource.id ?? one.request.ifNoneExist ?? "";
        if (status < 300) stored.set(name.replace("entity-name=", ""), name);
        return { response: { status: `${status}` } };
      });
      if (his.lost) throw new HisError({ kind: "timeout", detail: "no answer" });
      const answer = JSON.stringify({ resourceType: "Bundle", entry: statuses });
      return {
        status: 200,
        bytes: new TextEncoder().encode(answer),
        serverTime: "2026-11-20T10:00:00Z",
        etag: null,
      };
    },
  };
  const start = () =>
    createTrailCarrier({
      workstation: "pc",
      journal: {
        meta: async () => ({ ...meta }),
        setMeta: async (change) => void Object.assign(meta, change),
        audit: async (from, limit) => rows.slice(from - 1, from - 1 + limit),
        auditSize: async () => rows.length,
        lastAuditHead: async () => null,
        actCounts: async () => ({ waiting, parked: 0, oldest: null }),
      },
    });
  return { his, stored, start, requests: () => requests };
}

test("a long outage's trail drains over rounds, oldest first, and each entry is at the HIS once", async () => {
  const { his, stored, start } = scene(500);
  const carrier = start();
  await carrier.carry(his);
  expect(await carrier.left()).toEqual({ unsent: 500 - 160, refused: 0 });
  for (let round = 0; round < 4; round += 1) await carrier.carry(his);
  expect(await carrier.left()).toEqual({ unsent: 0, refused: 0 });
  expect(stored.size).toBe(500);
});

test("while acts wait to be sent, a round takes one request of the trail and no more", async () => {
  const { his, start, requests } = scene(500, 3);
  await start().carry(his);
  expect(requests()).toBe(1);
});

test("an answer that was lost, or a kill before it was noted, is told again under the same ids", async () => {
  const { his, stored, start } = scene(10);
  his.lost = true;
  await expect(start().carry(his)).rejects.toThrow("timeout");
  expect(await start().left()).toEqual({ unsent: 10, refused: 0 });
  his.lost = false;
  await start().carry(his);
  expect(stored.size).toBe(10);
  expect(await start().left()).toEqual({ unsent: 0, refused: 0 });
});

test("a HIS that gives its own ids is asked for each event by its name, a few at a time", async () => {
  const { his, stored, start, requests } = scene(20);
  his.answer = ({ request }) => (request.method === "PUT" ? 404 : 201);
  const carrier = start();
  await carrier.carry(his);
  expect(stored.size).toBe(20);
  expect(requests()).toBe(1 + 3);
  expect(await carrier.left()).toEqual({ unsent: 0, refused: 0 });
});

test("one event that the HIS refuses for itself is counted and passed; the rest arrives", async () => {
  const { his, stored, start } = scene(10);
  let seen = 0;
  his.answer = () => ((seen += 1) === 4 ? 422 : 201);
  const carrier = start();
  await carrier.carry(his);
  expect(stored.size).toBe(9);
  expect(await carrier.left()).toEqual({ unsent: 0, refused: 1 });
});

test("a HIS that takes no AuditEvents is a named problem, and the trail waits whole", async () => {
  for (const status of [403, 500, 422]) {
    const { his, start } = scene(10);
    his.answer = () => status;
    await expect(start().carry(his)).rejects.toThrow("takes no AuditEvents");
    expect(await start().left()).toEqual({ unsent: 10, refused: 0 });
  }
});
