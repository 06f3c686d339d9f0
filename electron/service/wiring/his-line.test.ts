import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createHisClient, HisError } from "../his/index.ts";
import type { HisClient } from "../his/index.ts";
import type { HisThread } from "../threads/his-thread.ts";
import { createHisLine, type HisLine } from "./his-line.ts";
import { startThread, type Thread } from "./threads.ts";

// A real thread, and a real server beside it.

const BUNDLE = JSON.stringify({ resourceType: "Bundle", type: "searchset" });
let unanswered = 0;
const server = createServer((request, response) => {
  const path = request.url ?? "";
  const head = { "content-type": "application/fhir+json", etag: 'W/"3"' };
  if (path.includes("never")) unanswered += 1;
  else if (path.includes("busy"))
    response.writeHead(503, { ...head, "retry-after": "7" }).end("{}");
  else if (request.method === "PUT") request.pipe(response.writeHead(200, head));
  else response.writeHead(200, { ...head, "content-encoding": "gzip" }).end(gzipSync(BUNDLE));
});

let line: HisLine;
let started: Thread<HisThread>[];
let his: HisClient;

beforeEach(async () => {
  unanswered = 0;
  started = [];
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  line = createHisLine(null, async () => {
    const { thread } = await startThread<HisThread>("his-thread", { ca: null });
    started.push(thread);
    return thread;
  });
  his = createHisClient({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    signIn: null,
    fetch: () => Promise.reject(new Error("nothing is asked on this thread")),
    carry: line.carry,
    now: () => Date.parse("2026-11-30T08:00:00Z"),
    random: () => "x",
  });
});
afterEach(async () => {
  his.close();
  await line.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
async function isAsked(): Promise<void> {
  await expect.poll(() => unanswered, { timeout: 10_000 }).toBe(1);
}

test("what the HIS answers is the same over the thread: compressed or not, its time, its version", async () => {
  const packed = await his.get("Observation", "as-it-came");
  expect(packed.encoding).toBe("gzip");
  expect(text(gunzipSync(packed.bytes))).toBe(BUNDLE);
  expect(text((await his.get("Observation")).bytes)).toBe(BUNDLE);
  const sent = await his.send("PUT", "Observation/1", '{"valueString":"١٢٠"}');
  expect(text(sent.bytes)).toBe('{"valueString":"١٢٠"}');
  expect([sent.status, sent.etag]).toEqual([200, 'W/"3"']);
  expect(Date.parse(sent.serverTime ?? "")).toBeGreaterThan(0);
});

test("why the HIS refuses is the same over the thread, to the seconds it asks for", async () => {
  await expect(his.get("busy")).rejects.toMatchObject({
    failure: { kind: "busy", status: 503, retryAfterMs: 7_000 },
  });
});

test("a client that is closed ends what is under way on the thread", async () => {
  const waiting = his.get("never");
  await isAsked();
  his.close();
  await expect(waiting).rejects.toMatchObject({ failure: { kind: "unreachable" } });
  await expect(his.get("Observation")).rejects.toBeInstanceOf(HisError);
});

test("a thread that dies fails what it was at as an outage, and the next call starts another", async () => {
  const waiting = his.get("never");
  await isAsked();
  await started[0]?.terminate();
  await expect(waiting).rejects.toMatchObject({ failure: { kind: "unreachable" } });
  expect(text((await his.get("Observation")).bytes)).toBe(BUNDLE);
  expect(started).toHaveLength(2);
});

test("a line that is closed says so, and starts nothing any more", async () => {
  await line.close();
  await expect(his.get("Observation")).rejects.toMatchObject({ failure: { kind: "unreachable" } });
  expect(started).toHaveLength(0);
});
