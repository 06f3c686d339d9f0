import { randomBytes, randomUUID, webcrypto } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calculateJwkThumbprint } from "jose";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeCertificate } from "../../electron/service/testing/certificates.ts";
import { memoryKeychain } from "../../electron/service/testing/index.ts";
import {
  acceptJoin,
  confirmationOf,
  envelopeFits,
  itCodeFits,
  judgeStatement,
  makeClinicianKeys,
  makeJoinRequest,
  openDevice,
  verifyStatement,
} from "../../electron/service/vault/index.ts";
import {
  Envelope,
  SigningJwk,
  SigningKeys,
  type EnrolmentRequest,
  type PublicEcJwk,
  type StatementPayload,
} from "../../shared/trust/index.ts";
import { runControl } from "./control.ts";
import { openIssuedFile } from "./issued-file.ts";
import { makeKeyFile, openKeyFile, PassphraseRefused } from "./key-file.ts";

const QUICK = { name: "argon2id", memoryKib: 19_456, passes: 1, lanes: 1 } as const;
const PASSPHRASE = "correct horse battery staple";
const NOW = new Date("2026-11-24T09:00:00Z");

let folder = "";
let key = "";
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "amanah-control-"));
  key = join(folder, "control-key.json");
  await makeKeyFile(key, "north", PASSPHRASE, QUICK);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string): string => join(folder, name);

/** The desk at work: what it answered, said and asked. */
async function desk(
  argv: readonly string[],
  change: { answer?: string; passphrase?: string; now?: Date } = {},
) {
  const said: string[] = [];
  const out: string[] = [];
  const code = await runControl([...argv, "--key", key], {
    now: () => change.now ?? NOW,
    say: (text) => void said.push(text),
    out: (text) => void out.push(text),
    ask: async () => change.answer ?? "yes",
    secret: async () => change.passphrase ?? PASSPHRASE,
  });
  return { code, said: said.join("\n"), out: out.join("\n") };
}

function controlKey(): PublicEcJwk {
  return (JSON.parse(readFileSync(key, "utf8")) as { controlKey: PublicEcJwk }).controlKey;
}
const verified = (jws: string, now = NOW): Promise<StatementPayload> =>
  verifyStatement(jws, { controlKey: controlKey(), site: "north", now });
const judged = async (jws: string) =>
  (
    await judgeStatement(
      jws,
      [],
      { controlKey: controlKey(), site: "north", wards: [], workstation: "pc-1" },
      NOW,
    )
  ).verdict;

async function request(change: Partial<EnrolmentRequest> = {}): Promise<EnrolmentRequest> {
  const made = await makeClinicianKeys({
    pin: "471182",
    pepper: new Uint8Array(32),
    site: "north",
    clinician: "huda",
    kdf: QUICK,
  });
  return {
    v: 1,
    site: "north",
    workstation: "pc-1",
    id: randomUUID(),
    clinician: "huda",
    ...made,
    badges: [{ uid: "04a1b2c3d4" }],
    idToken: null,
    at: NOW.toISOString(),
    ...change,
  };
}

test("the key file is for its owner alone, says the public keys, and opens with its passphrase only", async () => {
  expect(statSync(key).mode & 0o777).toBe(0o600);
  const text = readFileSync(key, "utf8");
  const opened = await openKeyFile(key, PASSPHRASE);
  for (const secret of [opened.recoveryPrivateKey, String(opened.controlKey.d)])
    expect(text).not.toContain(secret);
  await expect(openKeyFile(key, "correct horse battery stable")).rejects.toBeInstanceOf(
    PassphraseRefused,
  );
  const swapped = text.replace('"site": "north"', '"site": "south"');
  writeFileSync(key, swapped);
  await expect(openKeyFile(key, PASSPHRASE)).rejects.toBeInstanceOf(PassphraseRefused);
  await expect(makeKeyFile(key, "north", PASSPHRASE, QUICK)).rejects.toThrow("EEXIST");
  await expect(makeKeyFile(file("k2"), "north", "short", QUICK)).rejects.toThrow("characters");
});

test("the desk shows who asks and the six digits, puts her on the roster at a yes, and at nothing else", async () => {
  const asked = await request();
  writeFileSync(file("huda.json"), JSON.stringify(asked));
  const words = ["--name-en", "Huda", "--name-ar", "هدى", "--roles", "nurse", "--wards", "ward-a"];
  const argv = ["roster", "--request", file("huda.json"), ...words, "--birthday", "03-17"];
  const no = await desk(argv, { answer: "y" });
  expect([no.code, no.out]).toEqual([1, ""]);
  const { code, said, out } = await desk([...argv, "--bundle", file("bundle.json")]);
  expect(code).toBe(0);
  expect(said).toContain(confirmationOf(asked));
  expect(said).toContain("NO SIGN-IN AT THE HIS");
  expect(await judged(out)).toBe("new");
  const statement = await verified(out);
  expect(statement.body).toMatchObject({
    clinician: "huda",
    keys: asked.keys,
    roles: ["nurse"],
    birthday: "03-17",
  });
  const bundle = JSON.parse(readFileSync(file("bundle.json"), "utf8")) as {
    entry: { request: object; resource: { extension: { valueString: string }[] } }[];
  };
  expect(bundle.entry[0]?.request).toEqual({ method: "PUT", url: "Basic/roster-entry-huda" });
  expect(bundle.entry[0]?.resource.extension[0]?.valueString).toBe(out);

  writeFileSync(file("other.json"), JSON.stringify(await request({ site: "south" })));
  const other = await desk(["roster", "--request", file("other.json"), ...words]);
  expect([other.code, other.out]).toEqual([1, ""]);
  expect((await desk([...argv.slice(0, 3), "--roles", "chef"])).code).toBe(64);
});

test("renewing, revoking and the list of people go by what was said before", async () => {
  writeFileSync(file("huda.json"), JSON.stringify(await request()));
  const first = await desk(
    ["roster", "--request", file("huda.json"), "--name-en", "Huda", "--roles", "nurse"].concat([
      "--wards",
      "ward-a",
    ]),
  );
  const renewed = await desk(["roster", "--renew", "huda", "--wards", "ward-a,ward-b"]);
  const [one, two] = [await verified(first.out), await verified(renewed.out)];
  expect(two.number).toBeGreaterThan(one.number);
  expect(two.body).toMatchObject({ wards: ["ward-a", "ward-b"] });
  expect((await desk(["roster", "--renew", "nobody"])).code).toBe(64);
  const revoked = await desk(["revoke", "huda", "--reason", "left"]);
  expect(await judged(revoked.out)).toBe("new");
  expect((await verified(revoked.out)).body).toMatchObject({ from: NOW.toISOString() });
  const stolen = ["revoke", "huda", "--reason", "badge and PIN stolen", "--since"];
  const since = await desk([...stolen, "2026-11-23T20:00+03:00"]);
  expect(since.said).toContain("What was signed as her since 2026-11-23T17:00:00.000Z");
  expect((await verified(since.out)).body).toMatchObject({ from: "2026-11-23T17:00:00.000Z" });
  await desk(["people", "--out", file("people.json")]);
  expect(JSON.parse(readFileSync(file("people.json"), "utf8"))).toMatchObject([
    { clinician: "huda", wards: ["ward-a", "ward-b"] },
  ]);
});

test.each([
  [["wipe", "pc-1", "--reason", "stolen"], "wipe", "pc-1"],
  [["seal", "pc-1", "--reason", "lost"], "seal", "pc-1"],
  [["unseal", "--all", "--reason", "found"], "seal", "north"],
  [["extend", "--all", "--days", "10"], "extension", "north"],
  [["rotate", "pc-1", "--keys", "device,vault"], "rotation", "pc-1"],
  [["distrust", "--reason", "attack", "--since", "2026-11-24T08:00+03:00"], "his-trust", "north"],
  [["trust", "--reason", "clean"], "his-trust", "north"],
])("npm run control -- %j says what a PC obeys", async (argv, kind, subject) => {
  const { code, out } = await desk(argv);
  expect(code).toBe(0);
  expect(await verified(out)).toMatchObject({ kind, subject });
  expect(await judged(out)).toBe("new");
  expect((await desk(argv, { answer: "" })).out).toBe("");
  const again = await desk(argv);
  expect((await verified(again.out)).number).toBe((await verified(out)).number + 1);
});

test.each([
  [["wipe", "--all", "--reason", "all of them"]],
  [["seal", "--reason", "where"]],
  [["seal", "pc-1", "--all", "--reason", "both"]],
  [["revoke", "huda"]],
  [["revoke", "huda", "--reason", "early", "--since", "2026-11-25T09:00Z"]],
  [["revoke", "huda", "--reason", "whose clock", "--since", "2026-11-23T09:00"]],
  [["signing-keys"]],
  [["signing-keys", "his"]],
  [["rotate", "pc-1", "--keys", "house"]],
  [["extend", "pc-1", "--days", "soon"]],
  [["nonsense"]],
  [["seal", "pc-1", "--unknown"]],
])("%j is a mistake and signs nothing", async (argv) => {
  const { code, out } = await desk(argv);
  expect([code, out]).toEqual([64, ""]);
});

test("a service's keys are certified, stay beside the next, last longer, and are revoked since a moment", async () => {
  const [old, next] = [await signingJwk(), await signingJwk()];
  const [kid, nextKid] = [await calculateJwkThumbprint(old), await calculateJwkThumbprint(next)];
  writeFileSync(file("old.json"), JSON.stringify({ keys: [{ ...old, alg: "ES256", use: "sig" }] }));
  writeFileSync(file("both.json"), JSON.stringify({ keys: [old, next] }));
  const scope = ["--for", "doctor,clerk", "--types", "AllergyIntolerance,Patient"];
  const says = async (argv: readonly string[], now = NOW) =>
    desk(["signing-keys", "his", ...argv], { now });

  const first = await says(["--jwks", file("old.json"), ...scope]);
  expect(first.said).toContain(kid);
  expect(await judged(first.out)).toBe("new");
  const later = new Date("2026-11-25T09:00:00Z");
  const second = await says(["--jwks", file("both.json")], later);
  expect(SigningKeys.parse((await verified(second.out, later)).body)).toMatchObject({
    service: "his",
    vouchesFor: ["doctor", "clerk"],
    types: ["AllergyIntolerance", "Patient"],
    keys: [
      { jwk: old, validTo: "2027-11-24T09:00:00.000Z" },
      { jwk: next, validTo: "2027-11-25T09:00:00.000Z" },
    ],
  });
  expect((await says(["--jwks", file("both.json")], later)).code).toBe(1);

  const stolen = await says(["--revoke", kid, "--since", "2026-11-24T20:00+03:00"], later);
  expect(stolen.said).toContain("2026-11-24T17:00:00.000Z");
  const longer = await says(["--days", "700"], later);
  expect(SigningKeys.parse((await verified(longer.out, later)).body).keys).toMatchObject([
    { revokedFrom: "2026-11-24T17:00:00.000Z", validTo: "2027-11-24T09:00:00.000Z" },
    { revokedFrom: null, validTo: "2028-10-25T09:00:00.000Z" },
  ]);
  // A slip of the date gives nothing back; a still earlier moment is taken.
  expect((await says(["--revoke", kid], later)).code).toBe(1);
  expect((await says(["--revoke", kid, "--since", "2026-11-24T09:00Z"], later)).code).toBe(0);
  const unknown = await says(["--revoke", "nothing"], later);
  expect([unknown.code, unknown.out]).toEqual([64, ""]);
  expect(unknown.said).toContain(nextKid);
});

test("no private key, and none of another kind, is certified", async () => {
  const scope = ["--for", "doctor", "--types", "AllergyIntolerance"];
  for (const jwk of [
    { ...(await signingJwk()), d: "c2VjcmV0" },
    { kty: "oct", k: "c2VjcmV0" },
  ]) {
    writeFileSync(file("bad.json"), JSON.stringify({ keys: [jwk] }));
    const { code, out } = await desk(["signing-keys", "his", "--jwks", file("bad.json"), ...scope]);
    expect([code, out]).toEqual([1, ""]);
  }
});

async function signingJwk(): Promise<SigningJwk> {
  const pair = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  return SigningJwk.parse(await webcrypto.subtle.exportKey("jwk", pair.publicKey));
}

test("a wrong passphrase signs nothing", async () => {
  const { code, out } = await desk(["trust", "--reason", "x"], { passphrase: "wrong" });
  expect([code, out]).toEqual([1, ""]);
});

test("the envelope's code is on its sheet and nowhere else, and fits the statement", async () => {
  const { said, out } = await desk(["envelope", "ward-a", "--sheet", file("sheet.txt")]);
  const sheet = readFileSync(file("sheet.txt"), "utf8");
  const [code = ""] = /(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}/u.exec(sheet) ?? [];
  const { body } = await verified(out);
  expect(envelopeFits(Envelope.parse(body), code, "north")).toBe(true);
  const kept = readFileSync(`${key}.issued.jsonl`, "utf8");
  for (const text of [said, out, kept]) expect(text).not.toContain(code);

  const { subject } = await verified(out);
  const voided = await verified((await desk(["envelope", "--void", subject])).out);
  expect(voided.number).toBeGreaterThan((await verified(out)).number);
  expect(Envelope.parse(voided.body).validTo).toBe(NOW.toISOString());
  expect((await desk(["envelope", "--void", "another"])).code).toBe(64);
});

async function newPc(code: string | null, certificate?: { certificate: string; key: string }) {
  const keychain = memoryKeychain();
  const device = await openDevice({
    keychain,
    journalExists: false,
    chartExists: false,
    random: randomBytes,
    algorithm: "ES384",
  });
  const { request: asked, boxPrivateKey } = makeJoinRequest({
    code,
    ...(certificate !== undefined && { certificate }),
    workstation: "pc-1",
    device,
    random: randomBytes,
  });
  writeFileSync(file("join.json"), JSON.stringify(asked));
  const accept = (jws: string) =>
    acceptJoin({
      jws,
      controlKey: controlKey(),
      site: "north",
      now: NOW,
      workstation: "pc-1",
      boxPrivateKey,
      device,
      keychain,
    });
  return { accept };
}

test("a PC joins by its code, and IT's spoken code then fits the challenge on its screen", async () => {
  const { accept } = await newPc("one-time-code");
  const wrong = await desk(["join", "--request", file("join.json"), "--code", "another-code"]);
  expect([wrong.code, wrong.out]).toEqual([1, ""]);
  const { out } = await desk(["join", "--request", file("join.json"), "--code", "one-time-code"]);
  const joined = await accept(out);
  const secrets = await openKeyFile(key, PASSPHRASE);
  expect(joined.pepper).toEqual(secrets.pepper);
  const spoken = await desk(["code", "pc-1", "--purpose", "extend", "--challenge", "0123 4567"]);
  const seed = joined.itSeed ?? new Uint8Array(32);
  const asked = { seed, site: "north", workstation: "pc-1", challenge: "01234567" };
  expect(itCodeFits(spoken.out, { ...asked, purpose: "extend" })).toBe(true);
  expect(itCodeFits(spoken.out, { ...asked, purpose: "unseal" })).toBe(false);
});

test("a PC joins by the certificate of the hospital's device CA, and not by another's", async () => {
  const ca = makeCertificate({ name: "Device CA", ca: true });
  const leaf = makeCertificate({ name: "pc-1", by: ca });
  writeFileSync(file("ca.pem"), ca.pem);
  writeFileSync(file("foreign.pem"), makeCertificate({ name: "Device CA", ca: true }).pem);
  const { accept } = await newPc(null, { certificate: leaf.pem, key: leaf.key });
  const argv = ["join", "--request", file("join.json"), "--device-ca"];
  expect((await desk([...argv, file("foreign.pem")])).code).toBe(1);
  const { out } = await desk([...argv, file("ca.pem")]);
  expect((await accept(out)).pepper).not.toBeNull();
});

test("show says in words what a statement does, without the passphrase, and refuses a forged one", async () => {
  const { out } = await desk(["wipe", "pc-1", "--reason", "stolen"]);
  writeFileSync(file("wipe.txt"), `from the desk:\n${out}\n${out.slice(0, -3)}AAA\n`);
  const shown = await desk(["show", file("wipe.txt")], { passphrase: "none" });
  expect(shown.out).toContain("destroys its keys and files for good: stolen");
  expect(shown.out).toContain("REFUSED: bad-signature");
  const later = await desk(["show", file("wipe.txt")], { now: new Date("2028-01-01") });
  expect(later.out).toContain("EXPIRED");
});

test("with the list of what was said lost or torn, numbers still only go up", () => {
  const path = file("said.jsonl");
  const at = (seconds: number) => openIssuedFile(path, () => new Date(seconds * 1_000));
  expect(at(1_000).nextNumber("seal", "pc-1")).toBe(1_000);
  // The clock was set back: the list knows better.
  expect(at(500).nextNumber("seal", "pc-1")).toBe(1_001);
  writeFileSync(path, `${readFileSync(path, "utf8")}{"kind":"seal","sub`);
  expect(at(500).nextNumber("seal", "pc-1")).toBe(1_002);
  expect(at(500).nextNumber("seal", "pc-1")).toBe(1_003);
  expect(at(500).nextNumber("wipe", "pc-1")).toBe(500);
  rmSync(path);
  expect(at(2_000).nextNumber("seal", "pc-1")).toBe(2_000);
});
