import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { makeCertificate, type TestCertificate } from "../testing/certificates.ts";
import { makeHospital, memoryKeychain, NOW, SITE, WORKSTATION } from "../testing/index.ts";
import { checkDevice, proveDevice } from "./device-certificate.ts";
import { openDevice } from "./device.ts";
import { acceptJoin, joinText, makeJoinRequest, sealForJoin, sealSeedForJoin } from "./join.ts";

const root = makeCertificate({ name: "Hospital Device CA", ca: true });
const between = makeCertificate({ name: "Ward CA", ca: true, by: root });
const device = (leaf: TestCertificate, ...rest: readonly TestCertificate[]) => ({
  certificate: [leaf, ...rest].map(({ pem }) => pem).join(""),
  key: leaf.key,
});

async function newPc() {
  const keychain = memoryKeychain();
  const secrets = await openDevice({
    keychain,
    journalExists: false,
    chartExists: false,
    random: randomBytes,
    algorithm: "ES384",
  });
  return { keychain, secrets };
}

async function checked(
  credential: { certificate: string; key: string },
  change: { workstation?: string; roots?: string; domain?: string; now?: Date } = {},
) {
  const { secrets } = await newPc();
  const { request } = makeJoinRequest({
    code: null,
    certificate: credential,
    workstation: WORKSTATION,
    device: secrets,
    random: randomBytes,
  });
  if (request.device === undefined) throw new Error("no proof was made");
  const { chain, proof } = request.device;
  return checkDevice({
    chain,
    proof,
    text: joinText(request),
    workstation: WORKSTATION,
    roots: root.pem,
    now: NOW,
    ...change,
  });
}

test.each(["rsa", "P-256", "P-384"] as const)(
  "a PC joins with the certificate of the hospital's device CA, its key being %s",
  async (kind) => {
    expect(await checked(device(makeCertificate({ name: WORKSTATION, by: root, kind })))).toBe(
      "ok",
    );
  },
);

test("a chain over an intermediate CA holds, in any order, and does not without it", async () => {
  const leaf = makeCertificate({ name: WORKSTATION, by: between });
  expect(await checked(device(leaf, between))).toBe("ok");
  const other = makeCertificate({ name: "Other", ca: true, by: root });
  expect(await checked(device(leaf, other, between))).toBe("ok");
  expect(await checked(device(leaf))).toBe("unknown-issuer");
});

test("the certificate must name the PC that joins, by its name or its DNS name", async () => {
  const named = (name: string, dns: string[] = []) =>
    device(makeCertificate({ name, dns, by: root }));
  expect(await checked(named("PC-1"))).toBe("ok");
  expect(await checked(named("x", ["a.b", "pc-1"]))).toBe("ok");
  expect(await checked(named("pc-2"))).toBe("other-name");
  expect(await checked(named("x", ["pc-1.ward.example"]))).toBe("other-name");
  expect(await checked(named("x", ["pc-1.ward.example"]), { domain: "ward.example" })).toBe("ok");
  expect(await checked(named("x", ["pc-1.evil.example"]), { domain: "ward.example" })).toBe(
    "other-name",
  );
});

test("a foreign CA, a PC's certificate that issues others, an expired one, and a CA's own are refused", async () => {
  const foreign = makeCertificate({ name: "Hospital Device CA", ca: true });
  expect(await checked(device(makeCertificate({ name: WORKSTATION, by: foreign }), foreign))).toBe(
    "unknown-issuer",
  );
  const pc2 = makeCertificate({ name: "pc-2", by: root });
  expect(await checked(device(makeCertificate({ name: WORKSTATION, by: pc2 }), pc2))).toBe(
    "unknown-issuer",
  );
  const to = new Date("2026-11-01T00:00:00Z");
  expect(await checked(device(makeCertificate({ name: WORKSTATION, by: root, to })))).toBe(
    "not-valid-now",
  );
  const stale = makeCertificate({ name: "Old CA", ca: true, by: root, to });
  expect(await checked(device(makeCertificate({ name: WORKSTATION, by: stale }), stale))).toBe(
    "not-valid-now",
  );
  const ca = makeCertificate({ name: WORKSTATION, ca: true, by: root });
  expect(await checked(device(ca))).toBe("unknown-issuer");
});

test("a proof made with another key, or for another request, is refused", async () => {
  const leaf = makeCertificate({ name: WORKSTATION, by: root });
  const { secrets } = await newPc();
  const input = { code: null, workstation: WORKSTATION, device: secrets, random: randomBytes };
  const { request } = makeJoinRequest({ ...input, certificate: device(leaf) });
  const check = (proof: string, text = joinText(request)) =>
    checkDevice({
      chain: leaf.pem,
      proof,
      text,
      workstation: WORKSTATION,
      roots: root.pem,
      now: NOW,
    });
  const proof = request.device?.proof ?? "";
  expect(await check(proof)).toBe("ok");
  expect(await check(proof, joinText({ ...request, box: "AAAA" }))).toBe("bad-proof");
  const thief = makeCertificate({ name: WORKSTATION, by: root });
  expect(await check(proveDevice(device(thief), joinText(request)).proof)).toBe("bad-proof");
  expect(await check("nonsense")).toBe("bad-proof");
  expect(() => proveDevice({ certificate: leaf.pem, key: thief.key }, "x")).toThrow("belong");
});

test("a join brings the seed of IT's codes into the keychain, and none to a PC it was not sealed for", async () => {
  const hospital = await makeHospital();
  const { keychain, secrets } = await newPc();
  const { request, boxPrivateKey } = makeJoinRequest({
    code: "one-time-code",
    workstation: WORKSTATION,
    device: secrets,
    random: randomBytes,
  });
  const seed = new Uint8Array(32).fill(5);
  const { box } = request;
  const { thumbprint } = secrets.workstationKey;
  const answer = async (to: string) =>
    hospital.statement("join", WORKSTATION, {
      workstation: WORKSTATION,
      thumbprint,
      pepper: await sealForJoin({ pepper: hospital.pepper, box, workstation: WORKSTATION }),
      it: await sealSeedForJoin({ seed, box, workstation: to }),
    });
  const accept = async (to: string) =>
    acceptJoin({
      jws: await answer(to),
      controlKey: hospital.controlKey,
      site: SITE,
      now: NOW,
      workstation: WORKSTATION,
      boxPrivateKey,
      device: secrets,
      keychain,
    });
  await expect(accept("pc-2")).rejects.toThrow("does not open");
  expect(await keychain.get("site-pepper")).toBeNull();
  const joined = await accept(WORKSTATION);
  expect(joined.itSeed).toEqual(seed);
  expect(joined.joinedAt).toBe("2026-11-19T10:00:00Z");
  expect(await keychain.get("it-seed")).toEqual(seed);
});
