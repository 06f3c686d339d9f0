import { expect, test } from "vitest";
import { createHisClient } from "./client.ts";
import { client, failure, json, outcome, serve } from "./test-his.ts";

test("an answer carries the HIS's own time and its bytes untouched", async () => {
  const base = await serve((_request, response) => {
    response
      .writeHead(200, { ...json, date: "Thu, 01 Jan 2026 10:00:00 GMT", etag: 'W/"3"' })
      .end('{"resourceType":"Patient" }');
  });
  const answer = await client(base).get("Patient/1");
  expect(new TextDecoder().decode(answer.bytes)).toBe('{"resourceType":"Patient" }');
  expect(answer).toMatchObject({ serverTime: "2026-01-01T10:00:00.000Z", etag: 'W/"3"' });
});

test.each([
  [503, { "retry-after": "120" }, "", { kind: "busy", retryAfterMs: 120_000 }],
  [
    429,
    { "retry-after": "Thu, 01 Jan 2026 00:01:00 GMT" },
    "",
    { kind: "busy", retryAfterMs: 60_000 },
  ],
  [503, {}, "", { kind: "busy", retryAfterMs: null }],
  [401, json, outcome("who are you"), { kind: "refused", signIn: true, detail: "who are you" }],
  [
    403,
    json,
    outcome("not your ward"),
    { kind: "refused", signIn: false, detail: "not your ward" },
  ],
  [412, json, outcome("version 2"), { kind: "conflict", detail: "version 2" }],
  [404, json, outcome("no such"), { kind: "gone", status: 404 }],
  [410, json, outcome("deleted"), { kind: "gone", status: 410 }],
  [422, json, outcome("value missing"), { kind: "outcome", status: 422, detail: "value missing" }],
  [500, json, outcome("oops"), { kind: "outcome", status: 500 }],
  [404, { "content-type": "text/html" }, "<html>portal</html>", { kind: "not-fhir", status: 404 }],
  [200, { "content-type": "text/html" }, "<html>log in</html>", { kind: "not-fhir" }],
  [302, { location: "http://elsewhere.example/" }, "", { kind: "not-fhir" }],
] as const)(
  "a HIS that answers %i %j is told apart from the others",
  async (status, headers, body, expected) => {
    const base = await serve((_request, response) => response.writeHead(status, headers).end(body));
    expect(await failure(client(base).get("Patient"))).toMatchObject(expected);
  },
);

test("a HIS that is switched off is unreachable", async () => {
  expect(await failure(client("http://127.0.0.1:9/fhir").get("Patient"))).toMatchObject({
    kind: "unreachable",
  });
});

test("a HIS that stalls is given up at the deadline", async () => {
  const base = await serve((_request, response) => {
    response.writeHead(200, json);
    response.write("{");
  });
  expect(await failure(client(base, { deadlineMs: 80 }).get("Patient"))).toMatchObject({
    kind: "timeout",
  });
});

test("an answer cut short on the way is no answer", async () => {
  const base = await serve((_request, response) => {
    response.writeHead(200, { ...json, "content-length": "1000" });
    response.write('{"resourceType":"Bundle"');
    setTimeout(() => response.destroy(), 20);
  });
  expect(await failure(client(base).get("Patient"))).toMatchObject({ kind: "unreachable" });
});

test("an endless answer does not fill the workstation's memory", async () => {
  const base = await serve((_request, response) =>
    response.writeHead(200, json).end(Buffer.alloc(5000, " ")),
  );
  expect(await failure(client(base, { maxBytes: 4096 }).get("Patient"))).toMatchObject({
    kind: "not-fhir",
    detail: expect.stringContaining("4096"),
  });
});

test("an answer without the HIS's time is refused, because nothing may be shown without one", async () => {
  const base = await serve((_request, response) => {
    response.sendDate = false;
    response.writeHead(200, json).end("{}");
  });
  expect(await failure(client(base).get("Patient"))).toMatchObject({
    kind: "not-fhir",
    detail: expect.stringContaining("Date"),
  });
});

test("an entry that the HIS took counts as sent although its answer says no time", async () => {
  const base = await serve((_request, response) => {
    response.sendDate = false;
    response.writeHead(200, json).end("{}");
  });
  expect(await client(base).send("POST", "", "{}")).toMatchObject({
    status: 200,
    serverTime: null,
  });
});

test.each([
  "http://elsewhere.example/fhir/Patient?page=2",
  "/admin?page=2",
  "//elsewhere.example/fhir",
  "../secrets",
  "http://user:pw@127.0.0.1/fhir/x",
])("a next link to %s is never followed", async (link) => {
  let asked = 0;
  const base = await serve((_request, response) => {
    asked += 1;
    response.writeHead(200, json).end("{}");
  });
  expect(await failure(client(base).get(link))).toMatchObject({ kind: "not-fhir" });
  expect(asked).toBe(0);
});

test.each([
  ["without protection", "http://his.example/fhir/Patient?page=2"],
  ["at another host", "https://his.example.evil.example/fhir/Patient?page=2"],
  ["at another port", "https://his.example:8443/fhir/Patient?page=2"],
  ["beside the HIS", "https://his.example/fhir-admin/Patient"],
])("a HIS asked over TLS is not followed to a next link %s", async (_where, link) => {
  const asked: string[] = [];
  const his = createHisClient({
    baseUrl: "https://his.example/fhir",
    signIn: null,
    fetch: async (input) => {
      asked.push(input instanceof Request ? input.url : String(input));
      return new Response("{}", { headers: { ...json, date: new Date(0).toUTCString() } });
    },
    now: () => 0,
    random: () => "jti",
  });
  expect(await failure(his.get(link))).toMatchObject({ kind: "not-fhir" });
  expect(asked).toEqual([]);
  // Its own next page is.
  await his.get("https://his.example/fhir/Patient?page=2");
  expect(asked).toEqual(["https://his.example/fhir/Patient?page=2"]);
});

test("what a HIS says is shown as one bounded line", async () => {
  const base = await serve((_request, response) =>
    response.writeHead(422, json).end(outcome(`bad\n\u001b[31m${"x".repeat(2000)}`)),
  );
  const { detail } = await failure(client(base).get("Patient"));
  expect(detail).not.toMatch(/\p{Cc}/u);
  expect(detail.length).toBeLessThan(600);
});

test("the HIS's CapabilityStatement says what it can do with each type", async () => {
  const base = await serve((_request, response) =>
    response.writeHead(200, json).end(
      JSON.stringify({
        resourceType: "CapabilityStatement",
        fhirVersion: "4.0.1",
        rest: [
          {
            mode: "server",
            interaction: [{ code: "transaction" }],
            resource: [
              {
                type: "Observation",
                updateCreate: true,
                versioning: "versioned",
                searchParam: [{ name: "patient" }],
              },
            ],
          },
        ],
      }),
    ),
  );
  const capabilities = await client(base).capabilities();
  expect(capabilities.transaction).toBe(true);
  expect(capabilities.types.get("Observation")).toMatchObject({
    updateCreate: true,
    conditionalCreate: false,
    versioning: "versioned",
  });
});

test("a server that is no FHIR R4 server is not taken for the HIS", async () => {
  const base = await serve((_request, response) =>
    response.writeHead(200, json).end('{"status":"ok"}'),
  );
  expect(await failure(client(base).capabilities())).toMatchObject({ kind: "not-fhir" });
});
