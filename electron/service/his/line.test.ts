import { createServer as createHttp } from "node:http";
import type { RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import { createServer as createTcp } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { makeCertificate } from "../testing/certificates.ts";
import { createHisClient } from "./client.ts";
import { causeOf, HisError } from "./failure.ts";
import { createTrustedFetch } from "./tls.ts";

// What stands between a ward PC and its HIS, each way of failing by a real server of its own.

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const FHIR = { "content-type": "application/fhir+json" };
const HTML = { "content-type": "text/html; charset=utf-8" };

async function listening(server: Server, scheme: "http" | "https"): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    // A client that gives up resets the connection.
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address() as AddressInfo;
  return `${scheme}://127.0.0.1:${address.port}/fhir`;
}
const http = async (answer: RequestListener): Promise<string> =>
  await listening(createHttp(answer), "http");

/** What this PC says of that address: the kind of failure and what stands behind it; "ok" when it is the HIS. */
async function said(
  baseUrl: string,
  ca: readonly string[] = [],
  deadlineMs = 9_000,
): Promise<string> {
  const trusted = createTrustedFetch(ca);
  closing.push(trusted.close);
  const his = createHisClient({
    baseUrl,
    signIn: null,
    fetch: trusted.fetch,
    now: Date.now,
    random: () => "x",
    answerMs: deadlineMs,
    stallMs: deadlineMs,
  });
  try {
    await his.get("Patient/1");
    return "ok";
  } catch (error) {
    if (!(error instanceof HisError)) throw error;
    return `${error.failure.kind}: ${causeOf(error.failure)}`;
  }
}

test("a captive portal that answers every question 200 with its log-in page is no HIS", async () => {
  const base = await http((_request, response) =>
    response.writeHead(200, HTML).end("<html>Guest Wi-Fi: accept the terms</html>"),
  );
  expect(await said(base)).toBe("not-fhir: proxy");
});

test("a portal that leads to another host is not followed", async () => {
  let followed = 0;
  const elsewhere = await http((_request, response) => {
    followed += 1;
    response.writeHead(200, FHIR).end("{}");
  });
  const base = await http((_request, response) =>
    response.writeHead(302, { location: elsewhere }).end(),
  );
  expect(await said(base)).toBe("not-fhir: proxy");
  expect(followed).toBe(0);
});

test.each([
  [407, {}, ""],
  [407, HTML, "<html>proxy sign-in</html>"],
  [511, HTML, "<html>network sign-in</html>"],
  [403, HTML, "<html>blocked by category</html>"],
  [401, HTML, "<html>log in</html>"],
])("a proxy's %i %j is not taken for the HIS's own word", async (status, headers, body) => {
  const base = await http((_request, response) => response.writeHead(status, headers).end(body));
  expect(await said(base)).toMatch(/: proxy$/u);
});

test("a HIS whose 401 is a page but asks for our token has refused us itself", async () => {
  const base = await http((_request, response) =>
    response
      .writeHead(401, { ...HTML, "www-authenticate": 'Bearer error="invalid_token"' })
      .end("<html>HTTP Status 401</html>"),
  );
  expect(await said(base)).toBe("refused: sign-in");
});

test("a name that leads to a server which is no HIS is noticed", async () => {
  const base = await http((_request, response) =>
    response.writeHead(200, { "content-type": "text/plain" }).end("It works!"),
  );
  expect(await said(base)).toBe("not-fhir: not-fhir");
});

test("a server that accepts and never answers is given up, and said to be silent", async () => {
  const base = await listening(
    createTcp(() => undefined),
    "http",
  );
  expect(await said(base, [], 150)).toBe("timeout: silent");
});

test("a server that sends its headers and then nothing is given up, and said to be slow", async () => {
  const base = await http((_request, response) => {
    response.writeHead(200, FHIR).flushHeaders();
  });
  expect(await said(base, [], 150)).toBe("timeout: slow");
});

test("a body that stops half-way is given up", async () => {
  const base = await http((_request, response) => {
    response.writeHead(200, FHIR).write('{"resourceType":');
  });
  expect(await said(base, [], 150)).toBe("timeout: slow");
});

test("a large page over a slow line is not given up while it moves", async () => {
  // Longer as a whole than any silence that is allowed.
  const base = await http((_request, response) => {
    response.writeHead(200, FHIR).write('{"resourceType":"Patient","pieces":[0');
    let pieces = 0;
    const timer = setInterval(() => {
      pieces += 1;
      if (pieces < 16) response.write(`,${pieces}`);
      else {
        clearInterval(timer);
        response.end("]}");
      }
    }, 25);
  });
  expect(await said(base, [], 300)).toBe("ok");
});

test("a connection that is cut is said to be cut, and a HIS that is switched off to be off", async () => {
  const cut = await listening(
    createTcp((socket) => socket.once("data", () => socket.resetAndDestroy())),
    "http",
  );
  expect(await said(cut)).toBe("unreachable: cut");
  const off = await http(() => undefined);
  await closing.pop()?.();
  expect(await said(off)).toBe("unreachable: switched-off");
  expect(await said("http://his.invalid/fhir")).toBe("unreachable: no-name");
});

/** TLS knows only the real time. */
const DAY = 86_400_000;
const today = { from: new Date(Date.now() - DAY), to: new Date(Date.now() + DAY) };
const hospital = makeCertificate({ name: "Hospital CA", ca: true, ...today });
const his = { name: "his", addresses: ["127.0.0.1"], by: hospital };

async function https(certificate: ReturnType<typeof makeCertificate>): Promise<string> {
  const { pem: cert, key } = certificate;
  return await listening(
    createHttps({ cert, key }, (_request, response) => response.writeHead(200, FHIR).end("{}")),
    "https",
  );
}

test("TLS that fails is told apart from an outage, each way in its own words", async () => {
  const stranger = makeCertificate({ name: "Hospital CA", ca: true, ...today });
  const ago = (days: number): Date => new Date(Date.now() - days * DAY);
  const cases = {
    ok: makeCertificate({ ...his, ...today }),
    "unreachable: certificate": makeCertificate({ ...his, by: stranger, ...today }),
    "unreachable: certificate-time": makeCertificate({ ...his, from: ago(9), to: ago(8) }),
    "unreachable: certificate-name": makeCertificate({ ...his, addresses: ["10.9.9.9"], ...today }),
  };
  for (const [expected, certificate] of Object.entries(cases))
    expect(await said(await https(certificate), [hospital.pem])).toBe(expected);
  const future = { from: ago(-8), to: ago(-9) };
  expect(await said(await https(makeCertificate({ ...his, ...future })), [hospital.pem])).toBe(
    "unreachable: certificate-time",
  );
});

test("a plain web server behind the HIS's address is no secure connection", async () => {
  const plain = await http((_request, response) => response.writeHead(200, FHIR).end("{}"));
  expect(await said(plain.replace("http:", "https:"), [hospital.pem])).toBe("unreachable: no-tls");
});
