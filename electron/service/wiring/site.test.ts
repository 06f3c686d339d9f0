import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeHospital, NOW, SITE, WORKSTATION } from "../testing/index.ts";
import {
  itCode,
  makeEnvelope,
  PinRefused,
  sealForJoin,
  sealSeedForJoin,
  slotState,
  unlock,
} from "../vault/index.ts";
import { carrierOf, JoinRequest } from "../../../shared/trust/index.ts";
import { makeCertificate } from "../testing/certificates.ts";
import { CodeRefused, PinRejected, type Site } from "./site.ts";
import { device, DEVICE_KEY, PEPPER, testSite } from "./test-site.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amanah-site-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const place = { workstation: WORKSTATION, deviceKey: DEVICE_KEY };
const DAY = 86_400_000;
const ID = "7d3c1f0e-5b7a-4c22-9a51-0f6f3f0f6a01";

/** A hospital whose pepper the test PCs hold. */
async function hospitalHere() {
  const hospital = await makeHospital();
  hospital.pepper.set(PEPPER);
  return hospital;
}

async function opens(site: Site, clinician: string, pin: string) {
  const member = site.members().find(({ entry }) => entry.clinician === clinician);
  if (member === undefined || member.slot === null) throw new Error(`${clinician} has no slot`);
  const { entry, slot } = member;
  return unlock({ entry, pin, pepper: PEPPER, site: SITE, slot, place });
}

test("a fresh PC at its first roster has a vault for everyone on it, and one who comes later waits for a sign-in", async () => {
  const hospital = await hospitalHere();
  const { site, said, close } = await testSite(folder, hospital);
  expect(site.sealingKey()).toBeNull();
  await site.accept([(await hospital.enrol("huda", "471182")).jws]);
  expect(site.people().map(({ id, slot }) => [id, slot])).toEqual([["huda", "ready"]]);
  await site.accept([(await hospital.enrol("sara", "258036")).jws]);
  expect(site.people().map(({ slot }) => slot)).toEqual(["ready", "pending"]);
  await site.makePendingSlots(await opens(site, "huda", "471182"));
  expect(site.people().map(({ slot }) => slot)).toEqual(["ready", "ready"]);
  expect((await opens(site, "sara", "258036")).keys).toEqual(
    (await opens(site, "huda", "471182")).keys,
  );
  expect(said).toContain("slot sara");
  close();
});

test("a changed PIN is on the disk when it is answered, outlives a restart, and waits to be carried to the HIS", async () => {
  const hospital = await hospitalHere();
  const first = await testSite(folder, hospital);
  const { jws } = await hospital.enrol("huda", "471182", { entry: { birthday: "03-17" } });
  await first.site.accept([jws]);
  const change = (pin: string, wanted: string) =>
    first.site.changePin({ clinician: "huda", pin, wanted });
  for (const [wanted, problem] of [
    ["123456", "run"],
    ["170384", "birthday"],
    ["471182", "same"],
    ["4711", "too-short"],
  ])
    await expect(change("471182", wanted ?? "")).rejects.toMatchObject({
      name: "PinRejected",
      problem,
    });
  await expect(change("471182", "123456")).rejects.toBeInstanceOf(PinRejected);
  await expect(change("471183", "903417")).rejects.toBeInstanceOf(PinRefused);
  expect(await first.site.pendingPinChanges()).toEqual([]);
  await change("471182", "903417");
  first.close();

  const { site, journal, close } = await testSite(folder, hospital);
  await opens(site, "huda", "903417");
  await expect(opens(site, "huda", "471182")).rejects.toBeInstanceOf(PinRefused);
  const [pending] = await site.pendingPinChanges();
  expect(pending).toMatchObject({ clinician: "huda", sent: false });
  // The HIS brings it back, as it brings it to every PC: nothing new here, and no alarm.
  const entries = await journal.auditSize();
  await site.accept([pending?.jws ?? ""]);
  expect(await journal.auditSize()).toBe(entries);
  expect(await site.pendingPinChanges()).toEqual([pending]);
  await site.markSent("huda", pending?.number ?? 0);
  expect(await site.pendingPinChanges()).toEqual([]);
  close();
});

test("a PIN changed on one PC opens the other once the HIS has carried it there, and the HIS cannot bring the old one back", async () => {
  const hospital = await hospitalHere();
  const one = await testSite(folder, hospital);
  const elsewhere = mkdtempSync(join(folder, "other-"));
  const two = await testSite(elsewhere, hospital);
  const { jws } = await hospital.enrol("huda", "471182");
  for (const { site } of [one, two]) await site.accept([jws]);
  await one.site.changePin({ clinician: "huda", pin: "471182", wanted: "903417" });
  const [earlier] = await one.site.pendingPinChanges();
  one.clock.now = new Date(NOW.getTime() + DAY);
  await one.site.changePin({ clinician: "huda", pin: "903417", wanted: "618472" });
  const [later] = await one.site.pendingPinChanges();

  // Withheld: what the HIS has not brought is not known, and the old PIN still opens this other PC.
  await opens(two.site, "huda", "471182");
  await two.site.accept([later?.jws ?? ""]);
  await opens(two.site, "huda", "618472");
  for (const old of [earlier?.jws ?? "", jws]) await two.site.accept([old]);
  await opens(two.site, "huda", "618472");
  for (const pin of ["471182", "903417"])
    await expect(opens(two.site, "huda", pin)).rejects.toBeInstanceOf(PinRefused);
  expect(two.said.filter((text) => text.startsWith("refused"))).toEqual([]);

  // Brought together with her entry to a third PC, in the wrong order, it counts there too.
  const third = await testSite(mkdtempSync(join(folder, "third-")), hospital);
  await third.site.accept([later?.jws ?? "", jws]);
  await opens(third.site, "huda", "618472");
  for (const { close } of [one, two, third]) close();
});

test("what IT brings on a stick is found in whatever text it lies, and each piece is answered for", async () => {
  const hospital = await hospitalHere();
  const foreign = await makeHospital();
  const { site, said, close } = await testSite(folder, hospital);
  const { jws } = await hospital.enrol("huda", "471182");
  const forged = (await foreign.enrol("ghost", "471182")).jws;
  const wipe = { workstation: "pc-2", id: ID, reason: "stolen" };
  const other = await hospital.statement("wipe", "pc-2", wipe);
  const expired = await hospital.statement(
    "seal",
    SITE,
    { workstation: null, sealed: true, reason: "old" },
    { expiresAt: "2026-11-20T09:00:00Z" },
  );
  const bundle = {
    resourceType: "Bundle",
    entry: [{ resource: carrierOf("roster-entry", "huda", jws) }],
  };
  const mail = `Dear ward,\n\n${other}\r\n${forged}\nBest wishes, ey you. ${expired}`;
  const answers = [
    ...(await site.bring(JSON.stringify(bundle, null, 2))),
    ...(await site.bring(mail)),
    ...(await site.bring(jws)),
  ];
  expect(answers).toEqual([
    { kind: "roster-entry", subject: "huda", verdict: "accepted" },
    { kind: "wipe", subject: "pc-2", verdict: "elsewhere" },
    { kind: null, subject: null, verdict: "bad-signature" },
    { kind: "seal", subject: SITE, verdict: "expired" },
    { kind: "roster-entry", subject: "huda", verdict: "known" },
  ]);
  expect(await site.bring("nothing here")).toEqual([]);
  await site.bring(mail);
  expect(said.filter((text) => text.startsWith("refused"))).toHaveLength(2);
  expect((await site.keys()).refused).toEqual([
    { reason: "bad-signature", count: 1 },
    { reason: "expired", count: 1 },
  ]);
  close();
});

test("what the control key orders is in force at once and after a restart", async () => {
  const hospital = await hospitalHere();
  const first = await testSite(folder, hospital);
  const calm = { sealed: null, wipe: null, extensionUntil: null, hisTrust: null, rotation: null };
  expect(first.site.orders()).toEqual(calm);
  const until = "2026-12-01T00:00:00Z";
  const wipe = { workstation: WORKSTATION, id: ID, reason: "stolen" };
  const rotation = { workstation: null, id: ID, keys: ["device"] };
  const trust = { trusted: false, since: until, reason: "attack" };
  await first.site.accept([
    await hospital.statement("seal", SITE, { workstation: null, sealed: true, reason: "audit" }),
    await hospital.statement("wipe", WORKSTATION, wipe),
    await hospital.statement("extension", WORKSTATION, { workstation: WORKSTATION, until }),
    await hospital.statement("his-trust", SITE, trust),
    await hospital.statement("rotation", SITE, rotation),
  ]);
  const all = {
    sealed: { reason: "audit", since: "2026-11-19T10:00:00Z" },
    wipe,
    extensionUntil: new Date(until),
    hisTrust: trust,
    rotation,
  };
  expect(first.site.orders()).toEqual(all);
  first.close();
  const { site, journal, close } = await testSite(folder, hospital);
  expect(site.orders()).toEqual(all);
  expect(await site.keys()).toMatchObject({ sealedByIt: "audit", hisTrusted: false });
  await journal.setMeta({ "rotated.ids": JSON.stringify([ID]), "wiped.ids": JSON.stringify([ID]) });
  await site.reload();
  expect(site.orders()).toMatchObject({ wipe: null, rotation: null });
  close();
});

test("the envelope opens once: used up, expired or unknown it says so, and its slot is gone", async () => {
  const hospital = await hospitalHere();
  const { site, journal, clock, close } = await testSite(folder, hospital);
  const make = async (id: string) => {
    const { body, code } = makeEnvelope({
      random: randomBytes,
      site: SITE,
      ward: "ward-a",
      id,
      validTo: "2026-12-01T00:00:00Z",
    });
    return { code, jws: await hospital.statement("envelope", id, body) };
  };
  const one = await make("one");
  const two = await make("two");
  const why = async (code: string): Promise<string> => {
    try {
      (await site.openEnvelope(code)).vault.close();
      return "opened";
    } catch (error) {
      return error instanceof Error && "why" in error ? String(error.why) : String(error);
    }
  };
  await site.accept([one.jws]);
  expect(site.sealingKey()).toBeNull();
  await site.accept([(await hospital.enrol("huda", "471182")).jws]);
  expect(site.envelopeReady()).toBe(true);
  await site.accept([two.jws]);
  expect(await why(two.code)).toBe("unknown");
  const opened = await site.openEnvelope(one.code);
  expect(opened.vault.keys).toEqual((await opens(site, "huda", "471182")).keys);
  await journal.useEnvelope(opened.envelope, 0, []);
  await site.makePendingSlots(opened.vault);
  expect((await journal.slots()).map(({ clinician }) => clinician)).toEqual([
    "envelope:two",
    "huda",
  ]);
  expect(await why(one.code)).toBe("used");
  expect(await why("AAAAA-AAAAA-AAAAA-AAAAA")).toBe("unknown");
  clock.now = new Date("2026-12-02T00:00:00Z");
  expect(await why(two.code)).toBe("expired");
  expect((await site.keys()).slots.map(({ holder, state }) => [holder, state])).toEqual([
    ["huda", "ready"],
    ["envelope:one", "used"],
    ["envelope:two", "expired"],
  ]);
  close();
});

test("IT's spoken code extends or unseals once, for its own challenge; wrong ones are slowed down, over a restart too", async () => {
  const hospital = await hospitalHere();
  const seed = new Uint8Array(32).fill(8);
  const secrets = device({ itSeed: seed });
  const first = await testSite(folder, hospital, { secrets });
  const { site, clock } = first;
  const codeFor = (purpose: "extend" | "unseal", of = site) =>
    itCode({
      seed,
      site: SITE,
      workstation: WORKSTATION,
      purpose,
      challenge: of.itChallenge() ?? "",
    });
  const challenge = site.itChallenge();
  expect(challenge).toMatch(/^\d{8}$/u);
  const good = codeFor("extend");
  await expect(site.useItCode("unseal", good)).rejects.toBeInstanceOf(CodeRefused);
  // Whatever was tried, the challenge is used up.
  expect(site.itChallenge()).not.toBe(challenge);
  await expect(site.useItCode("extend", good)).rejects.toMatchObject({ retryAfterSeconds: 0 });
  await expect(site.useItCode("extend", "0000-0000-0000-0000")).rejects.toMatchObject({
    retryAfterSeconds: 5,
  });
  await expect(site.useItCode("extend", codeFor("extend"))).rejects.toMatchObject({
    retryAfterSeconds: 5,
  });
  first.close();

  const again = await testSite(folder, hospital, { secrets });
  await expect(again.site.useItCode("extend", codeFor("extend", again.site))).rejects.toMatchObject(
    { retryAfterSeconds: 5 },
  );
  again.clock.monotonic = 5_000;
  await again.site.useItCode("extend", codeFor("extend", again.site));
  const until = new Date(clock.now.getTime() + 3 * DAY);
  expect(again.site.orders().extensionUntil).toEqual(until);
  expect(again.said).toEqual(["code extend"]);
  again.close();
});

test("a spoken code lifts the seal that stands, and no later one", async () => {
  const hospital = await hospitalHere();
  const seed = new Uint8Array(32).fill(8);
  const { site, close } = await testSite(folder, hospital, { secrets: device({ itSeed: seed }) });
  const seal = (number: number, issuedAt: string) =>
    hospital.statement(
      "seal",
      WORKSTATION,
      { workstation: WORKSTATION, sealed: true, reason: `seal ${number}` },
      { number, issuedAt },
    );
  await site.accept([await seal(1, "2026-11-20T08:00:00Z")]);
  expect(site.orders().sealed?.reason).toBe("seal 1");
  const challenge = site.itChallenge() ?? "";
  await site.useItCode(
    "unseal",
    itCode({ seed, site: SITE, workstation: WORKSTATION, purpose: "unseal", challenge }),
  );
  expect(site.orders().sealed).toBeNull();
  await site.accept([await seal(2, "2026-11-20T09:00:00Z")]);
  expect(site.orders().sealed?.reason).toBe("seal 2");
  close();
});

test("while time is doubtful nobody runs out, nobody new begins by the clock, and what IT brings today is taken", async () => {
  const hospital = await hospitalHere();
  const { site, clock, close } = await testSite(folder, hospital);
  const soon = { entry: { validTo: "2026-11-21T00:00:00Z" } };
  const next = { entry: { validFrom: "2026-11-25T00:00:00Z" } };
  await site.accept([
    (await hospital.enrol("huda", "471182", soon)).jws,
    (await hospital.enrol("nora", "905317", next)).jws,
  ]);
  const states = () => site.members().map((member) => slotState(member, site.when()));
  expect(states()).toEqual(["ready", "expired"]);
  clock.doubtful = true;
  expect(states()).toEqual(["ready", "expired"]);
  // A month has passed unseen: the desk's word of today is newer than anything this PC is certain of.
  const issuedAt = "2026-12-20T10:00:00Z";
  const sara = await hospital.enrol("sara", "258036", {
    entry: { validFrom: "2026-12-19T00:00:00Z" },
    statement: { issuedAt },
  });
  expect(await site.bring(sara.jws)).toEqual([
    { kind: "roster-entry", subject: "sara", verdict: "accepted" },
  ]);
  // Its date proves that it is at least that day: so Sara begins, and Nora too; still nobody has ended.
  expect(states()).toEqual(["ready", "pending", "pending"]);
  // A revocation of that later day bites at once, though this PC's own clock has not come to it.
  const revocation = await hospital.statement(
    "revocation",
    "sara",
    { clinician: "sara", from: "2026-12-20T10:30:00Z", reason: "left" },
    { issuedAt: "2026-12-20T10:30:00Z" },
  );
  await site.bring(revocation);
  expect(states()).toEqual(["ready", "pending", "revoked"]);
  clock.doubtful = false;
  clock.now = new Date("2026-12-20T10:31:00Z");
  expect(states()).toEqual(["expired", "pending", "revoked"]);
  close();
});

test("a PC joins with its certificate, shows digits for IT from then on, and is not wiped by words from before", async () => {
  const hospital = await hospitalHere();
  const ca = makeCertificate({ name: "Device CA", ca: true });
  const leaf = makeCertificate({ name: WORKSTATION, by: ca });
  const asked: JoinRequest[] = [];
  let issuedAt = "2026-11-20T09:59:00Z";
  /** The control desk, on line. */
  const answer: typeof fetch = async (_url, init) => {
    const request = JoinRequest.parse(JSON.parse(typeof init?.body === "string" ? init.body : ""));
    asked.push(request);
    const sealed = { box: request.box, workstation: WORKSTATION };
    const statement = await hospital.statement(
      "join",
      WORKSTATION,
      {
        workstation: WORKSTATION,
        thumbprint: "t",
        pepper: await sealForJoin({ ...sealed, pepper: PEPPER }),
        it: await sealSeedForJoin({ ...sealed, seed: new Uint8Array(32).fill(6) }),
      },
      { issuedAt, number: asked.length },
    );
    return Response.json({ statement });
  };
  const policy = {
    site: SITE,
    workstation: WORKSTATION,
    wards: ["ward-a"],
    controlKey: hospital.controlKey,
    join: {
      url: "https://desk.example/join",
      code: null,
      certificate: { certificate: leaf.pem, key: leaf.key },
    },
  };
  const wipe = await hospital.statement("wipe", WORKSTATION, {
    workstation: WORKSTATION,
    id: ID,
    reason: "of its former life",
  });
  const fresh = { fetch: answer, policy, secrets: device({ pepper: null }) };
  const first = await testSite(folder, hospital, fresh);
  expect(first.site.itChallenge()).toBeNull();
  expect(await first.site.join()).toBe("joined");
  expect(await first.site.join()).toBe("already");
  expect(asked[0]).toMatchObject({ code: null, device: { chain: leaf.pem } });
  expect(first.site.itChallenge()).toMatch(/^\d{8}$/u);
  await first.site.accept([wipe]);
  expect(first.site.orders().wipe).toBeNull();
  first.close();

  // Its workstation key was lost and made again: it joins anew, and is the PC of the first day all the same.
  issuedAt = "2026-11-20T09:59:59Z";
  const secrets = device({ minted: ["workstation-key"] });
  const { site, close } = await testSite(folder, hospital, { fetch: answer, policy, secrets });
  expect(await site.join()).toBe("joined");
  const later = await hospital.statement(
    "wipe",
    WORKSTATION,
    { workstation: WORKSTATION, id: ID, reason: "stolen" },
    { number: 2, issuedAt: "2026-11-20T09:59:30Z" },
  );
  await site.accept([later]);
  expect(site.orders().wipe?.reason).toBe("stolen");
  close();
});
