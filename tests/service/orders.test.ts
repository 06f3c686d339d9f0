import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ServiceClient } from "../../tools/smoke/workstation.ts";
import { deskOf, offer, SITE, trailOf } from "./desk-room.ts";
import {
  chart,
  nurseOf,
  openScene,
  openWard,
  rounds,
  shareKeychain,
  signIn,
  statusWhen,
  until,
  type Scene,
} from "./ward-pc.ts";

vi.setConfig({ testTimeout: 40_000, hookTimeout: 60_000 });

let scene: Scene;
beforeAll(async () => {
  await shareKeychain();
  scene = await openScene(2);
});
afterAll(async () => {
  await scene.close();
});

const seal = (workstation: string, sealed: boolean) => ({ workstation, sealed, reason: "drill" });

test("a seal that the HIS carries closes the PC at once, whoever works there; its lifting opens it again", async () => {
  const { client, stop, dataDir } = await scene.pc("pc-seal");
  await openWard(client, scene.his);
  await scene.his.issue("seal", "pc-seal", seal("pc-seal", true));
  const sealed = await statusWhen(client, "sealed", ({ session }) => session.state === "sealed");
  expect(sealed.session).toMatchObject({
    obstacle: "sealed-by-it",
    obstacleDetail: "drill",
    clinician: null,
    lastLock: { reason: "policy" },
  });
  await expect(client.ward.board({})).rejects.toMatchObject({ code: "LOCKED" });
  // Refused before the PIN is looked at: a wrong one is not even counted.
  const { id, pin } = nurseOf(scene.his);
  for (const tried of [pin, "000000"])
    await expect(client.session.signIn({ clinician: id, pin: tried })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  const slot = (await client.it.keys()).slots.find(({ holder }) => holder === id);
  expect(slot?.wrongPins).toBe(0);
  await scene.his.issue("seal", "pc-seal", seal("pc-seal", false));
  await statusWhen(client, "lifted", ({ session }) => session.obstacle === null);
  expect((await signIn(client, { id, pin })).session.state).toBe("open");
  await stop();
  // What closed it is in the trail, with its number.
  expect(trailOf(dataDir)).toContainEqual(
    expect.objectContaining({
      kind: "roster-accepted",
      detail: expect.objectContaining({ what: "seal", subject: "pc-seal" }) as unknown,
    }),
  );
});

test("a seal brought as text while the HIS is down holds over a restart; a spoken code of IT lifts it, once", async () => {
  const first = await scene.pc("pc-text");
  await openWard(first.client, scene.his);
  scene.his.switches.set({ outage: true });
  try {
    const desk = await deskOf(scene);
    const { jws } = await desk.issue("seal", "pc-text", seal("pc-text", true), 30);
    const brought = await first.client.it.bring({ text: `Dear ward,\n${jws}\nregards, IT` });
    expect(brought).toEqual([{ kind: "seal", subject: "pc-text", verdict: "accepted" }]);
    expect((await first.client.status()).session).toMatchObject({
      state: "sealed",
      obstacle: "sealed-by-it",
    });
    await first.stop();

    const { client } = await scene.pc("pc-text");
    expect((await client.status()).session.obstacle).toBe("sealed-by-it");
    await expect(client.session.signIn({ ...asked() })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    // A code for another challenge, or another purpose, is none; and each try uses its challenge up.
    const before = await challengeOf(client);
    const wrong = desk.spokenCode("pc-text", "extend", before);
    await expect(client.it.code({ purpose: "unseal", code: wrong })).rejects.toMatchObject({
      code: "CODE_REFUSED",
    });
    const challenge = await challengeOf(client);
    expect(challenge).not.toBe(before);
    const right = desk.spokenCode("pc-text", "unseal", challenge);
    await client.it.code({ purpose: "unseal", code: right });
    expect((await client.status()).session.obstacle).toBeNull();
    expect((await client.session.signIn(asked())).session.state).toBe("open");

    // The next seal is another one: neither the lifting nor the code of the last counts for it.
    const { jws: again } = await desk.issue("seal", "pc-text", seal("pc-text", true), 30);
    await client.it.bring({ text: again });
    expect((await client.status()).session).toMatchObject({
      state: "sealed",
      obstacle: "sealed-by-it",
    });
    await expect(client.it.code({ purpose: "unseal", code: right })).rejects.toMatchObject({
      code: "CODE_REFUSED",
    });
  } finally {
    scene.his.switches.set({ outage: false });
  }
});

test("while the HIS is not to be believed nothing of it is taken or sent, charting goes on, and nothing is lost", async () => {
  const { client } = await scene.pc("pc-distrust");
  const views = await openWard(client, scene.his);
  const view = views.find(({ allergies }) => allergies.length > 0) ?? views[0];
  if (view === undefined) throw new Error("the ward has a patient");
  const { patient } = view.banner;
  await statusWhen(client, "live", ({ connection }) => connection.state === "live");
  const trust = (trusted: boolean) => ({
    trusted,
    since: new Date().toISOString(),
    reason: "break-in",
  });
  const older = await scene.his.issue("his-trust", SITE, trust(true));
  await client.it.bring({ text: await scene.his.issue("his-trust", SITE, trust(false)) });
  try {
    const { notices } = await statusWhen(client, "the notice", (status) =>
      status.notices.some(({ kind }) => kind === "his-distrusted"),
    );
    expect(notices).toContainEqual(
      expect.objectContaining({ kind: "his-distrusted", detail: "break-in" }),
    );
    expect((await client.it.keys()).hisTrusted).toBe(false);
    // The HIS answers as before, and nobody is told that changes arrive.
    expect((await client.status()).connection).toMatchObject({ state: "distrusted", cause: null });

    // Whoever sits in the HIS would be believed again: by a key of his own, by an older word, by another hospital's.
    const forger = await deskOf(scene, { forged: true, number: 99 });
    const south = await deskOf(scene, { site: "another-hospital", number: 99 });
    const lies: readonly [string, string][] = [
      [(await forger.issue("his-trust", SITE, trust(true), 30)).jws, "bad-signature"],
      [older, "replayed"],
      [(await south.issue("his-trust", "another-hospital", trust(true), 30)).jws, "wrong-site"],
    ];
    for (const [index, [jws]] of lies.entries()) await offer(scene.his, `lie-${index}`, jws);
    const { refused } = await until(
      "all are refused",
      () => client.it.keys(),
      (now) => now.refused.length >= lies.length,
    );
    expect(refused.map(({ reason }) => reason).toSorted()).toEqual(
      lies.map(([, why]) => why).toSorted(),
    );
    for (let index = 0; index < lies.length; index += 1)
      await scene.his.remove("Basic", `lie-${index}`);
    // The other way round, in one go: the later word stands, whichever is read first.
    const desk = await deskOf(scene);
    const { jws: again } = await desk.issue("his-trust", SITE, trust(true), 30);
    const { jws: last } = await desk.issue("his-trust", SITE, trust(false), 30);
    expect((await client.it.bring({ text: `${last}\n${again}` })).map(verdictOf)).toEqual([
      "accepted",
      "replayed",
    ]);
    expect((await client.it.keys()).hisTrusted).toBe(false);

    // What the HIS says now, and what the ward writes now.
    const allergy = view.allergies[0]?.id;
    if (allergy !== undefined) await scene.his.changeAllergy({ id: allergy, change: "remove" });
    const uuid = await chart(client, patient, 91);
    await rounds(scene, 2);
    expect(scene.his.countObservationsByAct(uuid)).toBe(0);
    const held = await client.patient.view({ patient });
    expect(held.allergies.map(({ id }) => id)).toEqual(view.allergies.map(({ id }) => id));
    expect(held.vitals[0]?.act).toMatchObject({ uuid, state: "waiting" });
    expect((await client.status()).unsent.waiting).toBe(1);

    await client.it.bring({ text: await scene.his.issue("his-trust", SITE, trust(true)) });
    await statusWhen(client, "drained", ({ unsent }) => unsent.waiting === 0);
    expect(scene.his.countObservationsByAct(uuid)).toBe(7);
    if (allergy !== undefined)
      // A removal that nobody signed: it is heard, and waits for a prescriber.
      await until(
        "what the HIS said meanwhile is there",
        () => client.patient.view({ patient }),
        ({ allergies, holds }) => holds.length > 0 && allergies.some(({ id }) => id === allergy),
      );
    expect((await client.status()).notices).toEqual([]);
    await statusWhen(client, "live again", ({ connection }) => connection.state === "live");
  } finally {
    await scene.his.issue("his-trust", SITE, trust(true));
  }
});

test("orders forged, replayed, or of another hospital change nothing and are in the trail", async () => {
  const name = "pc-forged";
  const { client, stop, dataDir } = await scene.pc(name);
  await openWard(client, scene.his);
  const real = await deskOf(scene);
  // Two true seals in a row, so that there is an older one to bring again.
  const { jws: closing } = await real.issue("seal", name, seal(name, true), 30);
  const { jws: lifting } = await real.issue("seal", name, seal(name, false), 30);
  await client.it.bring({ text: lifting });
  const before = await client.it.keys();

  const bodies = [
    ["seal", name, seal(name, true)],
    ["seal", SITE, { workstation: null, sealed: true, reason: "forged" }],
    ["wipe", name, { workstation: name, id: randomUUID(), reason: "forged" }],
    ["extension", name, { workstation: name, until: inAYear() }],
    ["his-trust", SITE, { trusted: false, since: new Date().toISOString(), reason: "forged" }],
    ["rotation", name, { workstation: name, id: randomUUID(), keys: ["vault"] }],
    ["revocation", nurseOf(scene.his).id, revoked(nurseOf(scene.his).id)],
  ] as const;
  const forger = await deskOf(scene, { forged: true, number: 99 });
  const elsewhere = await deskOf(scene, { site: "another-hospital", number: 99 });
  const late = await deskOf(scene, { number: 99, now: () => new Date(Date.now() - 40 * DAY) });
  const early = await deskOf(scene, { number: 99, now: () => new Date(Date.now() + DAY) });
  const wanted: [string, string][] = [];
  for (const [kind, subject, body] of bodies) {
    const there = subject === SITE ? "another-hospital" : subject;
    wanted.push(
      [(await forger.issue(kind, subject, body, 30)).jws, "bad-signature"],
      [(await elsewhere.issue(kind, there, body, 30)).jws, "wrong-site"],
      [(await late.issue(kind, subject, body, 30)).jws, "expired"],
      [(await early.issue(kind, subject, body, 30)).jws, "not-yet"],
    );
  }
  wanted.push([closing, "replayed"]);
  for (const [index, [jws]] of wanted.entries()) await offer(scene.his, `bad-${index}`, jws);
  const reasons = Object.fromEntries(
    ["bad-signature", "wrong-site", "expired", "not-yet", "replayed"].map((reason) => [
      reason,
      wanted.filter(([, why]) => why === reason).length,
    ]),
  );
  const { refused, ...after } = await until(
    "all are refused",
    () => client.it.keys(),
    (now) => now.refused.reduce((sum, { count }) => sum + count, 0) >= wanted.length,
  );
  expect(Object.fromEntries(refused.map(({ reason, count }) => [reason, count]))).toEqual(reasons);
  expect({ ...after, offline: null }).toEqual({ ...before, refused: undefined, offline: null });
  const status = await client.status();
  expect(status.session).toMatchObject({ state: "open", obstacle: null });
  expect(status.notices).toEqual([]);
  // On a stick they do no better.
  expect(
    (await client.it.bring({ text: wanted.map(([jws]) => jws).join("\n") })).map(verdictOf),
  ).toEqual(wanted.map(([, why]) => why));
  expect((await client.ward.board({})).rows.length).toBeGreaterThan(0);
  await stop();
  const said = trailOf(dataDir).filter(({ kind }) => kind === "statement-refused");
  expect(said).toHaveLength(wanted.length);
  for (let index = 0; index < wanted.length; index += 1)
    await scene.his.remove("Basic", `bad-${index}`);
});

test("a revocation signs out whoever it names, and her slot goes; withheld by the HIS it has not happened here", async () => {
  const two = await openScene(2);
  try {
    const { client, stop, dataDir } = await two.pc("pc-revoke");
    await openWard(client, two.his);
    const { id, pin } = nurseOf(two.his);
    const desk = await deskOf(two);
    const { jws } = await desk.issue("revocation", id, revoked(id), 30);
    // NOT prevented: an HIS that says nothing of it. She works on, and this PC cannot know.
    await rounds(two, 2);
    expect((await client.status()).session).toMatchObject({ state: "open", clinician: { id } });
    expect((await client.it.keys()).slots).toContainEqual(
      expect.objectContaining({ holder: id, state: "ready" }),
    );
    // IT brings it on foot, past the HIS.
    await client.it.bring({ text: jws });
    expect((await client.status()).session).toMatchObject({ state: "sealed", clinician: null });
    await expect(client.ward.board({})).rejects.toMatchObject({ code: "LOCKED" });
    await expect(client.session.signIn({ clinician: id, pin })).rejects.toMatchObject({
      code: "NOT_READY",
      data: { why: "revoked" },
    });
    await signIn(client, personOf(two, "doctor"));
    await stop();
    expect(trailOf(dataDir)).toContainEqual(
      expect.objectContaining({ kind: "slot-removed", detail: { subject: id } }),
    );
  } finally {
    await two.close();
  }
});

const DAY = 86_400_000;
const inAYear = (): string => new Date(Date.now() + 365 * DAY).toISOString();
const revoked = (clinician: string) => ({
  clinician,
  from: new Date(Date.now() - 1_000).toISOString(),
  reason: "left",
});
const verdictOf = ({ verdict }: { readonly verdict: string }): string => verdict;

function asked(): { clinician: string; pin: string } {
  const { id, pin } = nurseOf(scene.his);
  return { clinician: id, pin };
}

function personOf(of: Scene, role: "nurse" | "doctor"): { id: string; pin: string } {
  const found = of.his.people.find(({ roles }) => roles.includes(role));
  if (found === undefined) throw new Error(`the demo has a ${role}`);
  return found;
}

async function challengeOf(client: ServiceClient): Promise<string> {
  const { itChallenge } = await client.it.keys();
  if (itChallenge === null) throw new Error("a joined PC has a challenge");
  return itChallenge;
}
