import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createHisClient } from "./client.ts";
import type { HisClient } from "./client.ts";
import { createTrustedFetch } from "./tls.ts";

const BUNDLE = JSON.stringify({ resourceType: "Bundle", type: "searchset" });
const NO = JSON.stringify({
  resourceType: "OperationOutcome",
  issue: [{ severity: "error", code: "not-found", details: { text: "no such ward" } }],
});

const server = createServer((request, response) => {
  const path = request.url ?? "";
  const head = { "content-type": "application/fhir+json" };
  if (path.includes("plain")) response.writeHead(200, head).end(BUNDLE);
  else if (path.includes("brotli"))
    response.writeHead(200, { ...head, "content-encoding": "br" }).end("x");
  else if (path.includes("moved")) response.writeHead(302, { location: "/elsewhere" }).end();
  else if (path.includes("gone"))
    response.writeHead(404, { ...head, "content-encoding": "gzip" }).end(gzipSync(NO));
  else response.writeHead(200, { ...head, "content-encoding": "gzip" }).end(gzipSync(BUNDLE));
});
let his: HisClient;

beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { fetch, wire } = createTrustedFetch(null);
  his = createHisClient({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    signIn: null,
    fetch,
    wire,
    now: Date.now,
    random: () => "x",
  });
});
afterEach(async () => {
  his.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("a page is given as the HIS compressed it, and as plain text to whoever does not ask for that", async () => {
  const packed = await his.get("Observation", "as-it-came");
  expect(packed.encoding).toBe("gzip");
  expect(text(gunzipSync(packed.bytes))).toBe(BUNDLE);
  expect(text((await his.get("Observation")).bytes)).toBe(BUNDLE);
  const plain = await his.get("plain", "as-it-came");
  expect([plain.encoding, text(plain.bytes)]).toEqual([null, BUNDLE]);
});

test("why the HIS refuses is read though it is compressed", async () => {
  await expect(his.get("gone", "as-it-came")).rejects.toMatchObject({
    failure: { kind: "gone", status: 404, detail: expect.stringContaining("no such ward") },
  });
});

test("what was not asked for is refused: another compression, a redirect", async () => {
  for (const target of ["brotli", "moved"])
    await expect(his.get(target, "as-it-came")).rejects.toMatchObject({
      failure: { kind: "not-fhir" },
    });
});

test("a client that is closed ends what is under way", async () => {
  his.close();
  await expect(his.get("Observation", "as-it-came")).rejects.toMatchObject({
    failure: { kind: "unreachable" },
  });
});
