import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createHisClient } from "./client.ts";
import { HisError } from "./failure.ts";
import { makeCertificate } from "../testing/certificates.ts";
import type { TestCertificate } from "../testing/certificates.ts";
import {
  CaFileUnusable,
  createTrustedFetch,
  readCaCertificates,
  refuseInsecureTls,
} from "./tls.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Servers and TLS know only the real time. */
const today = { from: new Date(Date.now() - 9e7), to: new Date(Date.now() + 9e7) };
const hospital = makeCertificate({ name: "Hospital CA", ca: true, ...today });
const stranger = makeCertificate({ name: "Hospital CA", ca: true, ...today });
const good = makeCertificate({ name: "his", addresses: ["127.0.0.1"], by: hospital, ...today });

async function serve(certificate: TestCertificate, options: object = {}): Promise<string> {
  const server = createServer(
    { cert: certificate.pem, key: certificate.key, ...options },
    (_request, response) =>
      response
        .writeHead(200, { "content-type": "application/fhir+json" })
        .end('{"resourceType":"Patient"}'),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
}

/** What a workstation that trusts `ca` makes of that HIS: "ok", or its words. */
async function asked(baseUrl: string, ca: readonly string[] | null): Promise<string> {
  const trusted = createTrustedFetch(ca);
  closing.push(trusted.close);
  const his = createHisClient({
    baseUrl,
    signIn: null,
    fetch: trusted.fetch,
    now: Date.now,
    random: () => "x",
  });
  try {
    return (await his.get("Patient/1")).status === 200 ? "ok" : "odd";
  } catch (error) {
    if (error instanceof HisError) return `${error.failure.kind}: ${error.failure.detail}`;
    throw error;
  }
}

const UNTRUSTED = "unreachable: its certificate is not of a CA that this PC trusts";

test("a HIS with a certificate of the hospital's CA is believed", async () => {
  expect(await asked(await serve(good), [hospital.pem])).toBe("ok");
});

test("several CAs may stand in the hospital's file, with words between them", async () => {
  const file = `the old one\n${stranger.pem}\nand the new one\n${hospital.pem}`;
  expect(await asked(await serve(good), readCaCertificates(file, "ca.pem"))).toBe("ok");
});

test("a HIS with a certificate of another CA of the same name is refused", async () => {
  expect(await asked(await serve(good), [stranger.pem])).toBe(UNTRUSTED);
});

test("a HIS that vouches for itself is refused", async () => {
  const own = makeCertificate({ name: "127.0.0.1", addresses: ["127.0.0.1"], ...today });
  expect(await asked(await serve(own), [hospital.pem])).toBe(UNTRUSTED);
});

test("without a file of the hospital's only the CAs of the OS are trusted", async () => {
  expect(await asked(await serve(good), null)).toBe(UNTRUSTED);
});

test("a certificate made out to another machine is refused, in those words", async () => {
  const other = makeCertificate({
    name: "127.0.0.1",
    dns: ["his.example"],
    by: hospital,
    ...today,
  });
  expect(await asked(await serve(other), [hospital.pem])).toBe(
    "unreachable: its certificate is made out to another name",
  );
});

test("an expired certificate is refused, in those words", async () => {
  const [from, to] = [new Date(Date.now() - 9e9), new Date(Date.now() - 8e8)];
  const old = makeCertificate({ name: "his", addresses: ["127.0.0.1"], by: hospital, from, to });
  expect(await asked(await serve(old), [hospital.pem])).toBe(
    "unreachable: its certificate has expired",
  );
});

test("a certificate that is not valid yet is refused, and the clock is named", async () => {
  const [from, to] = [new Date(Date.now() + 8e8), new Date(Date.now() + 9e9)];
  const early = makeCertificate({ name: "his", addresses: ["127.0.0.1"], by: hospital, from, to });
  expect(await asked(await serve(early), [hospital.pem])).toContain("clock");
});

test("a HIS that speaks only TLS 1.1 is refused", async () => {
  const base = await serve(good, { maxVersion: "TLSv1.1", minVersion: "TLSv1" });
  expect(await asked(base, [hospital.pem])).toMatch(/^unreachable: no secure connection/u);
});

test("no variable of the environment makes a bad certificate good", async () => {
  const base = await serve(good);
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
  try {
    expect(await asked(base, [stranger.pem])).toBe(UNTRUSTED);
  } finally {
    delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
  }
});

test("the service takes the insecure variable out of its environment, and says so", () => {
  const environment: Record<string, string | undefined> = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  const said: string[] = [];
  refuseInsecureTls(environment, (message) => said.push(message));
  expect(environment).toEqual({});
  refuseInsecureTls(environment, (message) => said.push(message));
  expect(said).toHaveLength(1);
});

test.each([
  ["an empty file", "", "no certificate"],
  ["a private key", hospital.key, "no certificate"],
  ["a certificate cut off", hospital.pem.slice(0, 200), "no certificate"],
  ["a damaged certificate", hospital.pem.replace(/MII|MIIB/u, "AAAA"), "cannot be read"],
  ["a server's certificate", good.pem, "not of a CA"],
])(
  "%s is no file of CAs: it is refused with the reason, and nothing is trusted instead",
  (_name, text, why) => {
    expect(() => readCaCertificates(text, "ca.pem")).toThrow(CaFileUnusable);
    expect(() => readCaCertificates(text, "ca.pem")).toThrow(why);
  },
);
