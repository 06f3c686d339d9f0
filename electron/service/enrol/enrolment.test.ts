import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { EnrolmentView } from "../../../shared/contract/index.ts";
import { pinProblem } from "../../../shared/trust/pin-rules.ts";
import { EnrolmentRequest, RosterEntry } from "../../../shared/trust/index.ts";
import { AppLaunchFailed } from "../his/index.ts";
import type { SignedIn } from "../his/index.ts";
import { makeHospital, NOW, SITE, WORKSTATION } from "../testing/index.ts";
import {
  enrolmentNonce,
  makeFreshKeys,
  makePinChange,
  PinRefused,
  verifyStatement,
} from "../vault/index.ts";
import type { Desk, DeskAnswer } from "./desk.ts";
import { DeskUnreachable } from "./desk.ts";
import { createEnrolment, NoBadge, PinUnfit } from "./enrolment.ts";
import type { EnrolmentParts } from "./enrolment.ts";

const KDF = { name: "argon2id", memoryKib: 19_456, passes: 1, lanes: 1 } as const;
const PIN = "582914";
const BADGE = { uid: "04a1b2c3" };

/** A PC, its hospital's desk and the HIS's sign-in, all in the hands of the test. */
async function ward(change: Partial<EnrolmentParts> = {}) {
  const hospital = await makeHospital();
  const roster = new Map<string, RosterEntry>();
  const sent: EnrolmentRequest[] = [];
  const nonces: string[] = [];
  let signedIn = Promise.withResolvers<SignedIn>();
  let cancelled = 0;
  let answers: (DeskAnswer | Error)[] = [];

  const approve = async (request: EnrolmentRequest): Promise<string> => {
    const { clinician, keys, wrapped, badges } = request;
    const entry = {
      clinician,
      name: { en: "Huda Salem", ar: "هدى سالم" },
      roles: ["nurse"],
      wards: ["ward-a"],
      keys,
      wrapped,
      badges,
      validFrom: "2026-01-01T00:00:00Z",
      validTo: "2027-01-01T00:00:00Z",
    };
    return await hospital.statement("roster-entry", clinician, entry, { number: roster.size + 1 });
  };
  const next = async (): Promise<DeskAnswer> => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    const request = sent.at(-1);
    if (answer !== undefined || request === undefined) return answer ?? { state: "unknown" };
    return { state: "approved", statement: await approve(request) };
  };
  const desk: Desk = {
    async send(request) {
      sent.push(EnrolmentRequest.parse(JSON.parse(JSON.stringify(request))));
      return await next();
    },
    ask: next,
  };
  const wait = async (phase: EnrolmentView["phase"]): Promise<EnrolmentView> => {
    // Signing and key derivation take as long as they take; Vitest's own limit ends a wait for ever.
    while (enrolment.view().phase !== phase) {
      if (enrolment.view().phase === "failed")
        throw new Error(`failed: ${enrolment.view().detail}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return enrolment.view();
  };
  const accept = async (jws: readonly string[]): Promise<void> => {
    for (const one of jws) {
      const read = await verifyStatement(one, {
        controlKey: hospital.controlKey,
        site: SITE,
        now: NOW,
      }).catch(() => null);
      if (read?.kind === "roster-entry") roster.set(read.subject, RosterEntry.parse(read.body));
    }
  };
  const parts: EnrolmentParts = {
    site: SITE,
    workstation: WORKSTATION,
    joined: () => true,
    async appLaunch(nonce) {
      nonces.push(nonce);
      return {
        url: "https://his.example/sign-in",
        result: signedIn.promise,
        cancel: () => (cancelled += 1),
      };
    },
    openBrowser: () => undefined,
    makeKeys: () => makeFreshKeys(randomBytes),
    wrap: (keys, pin, clinician) =>
      keys.wrap({ pin, clinician, pepper: hospital.pepper, site: SITE, kdf: KDF }),
    known: (clinician) => roster.get(clinician) ?? null,
    badgeThere: () => BADGE,
    pinProblem: (pin, known) => pinProblem(pin, known),
    uuid: () => crypto.randomUUID(),
    now: () => NOW,
    desk,
    accept,
    enrolled: (clinician, box) => roster.get(clinician)?.keys.box === box,
    // Short waits pass at once; the long one, for who has left, only when a test says so.
    sleep: (milliseconds) =>
      milliseconds > 60_000
        ? new Promise(() => undefined)
        : new Promise((resolve) => setImmediate(resolve)),
    random: () => 0,
    onChange: () => undefined,
    ...change,
  };
  const enrolment = createEnrolment(parts);
  const signIn = async (practitioner = "nurse-huda"): Promise<void> => {
    await enrolment.start();
    const name = { en: "Huda Salem", ar: "هدى سالم" };
    signedIn.resolve({ practitioner, name, idToken: "her.id.token" });
    await wait("identified");
  };
  /** Whether this PIN opens the keys that the roster holds for her. */
  const opens = async (pin: string): Promise<boolean> => {
    const entry = roster.get("nurse-huda");
    if (entry === undefined) return false;
    const { wrapped } = entry;
    const of = { entry, wrapped, pin, wanted: "904713", pepper: hospital.pepper, site: SITE };
    return await makePinChange({ ...of, number: 1, at: NOW }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof PinRefused) return false;
        throw error;
      },
    );
  };
  return {
    hospital,
    enrolment,
    roster,
    sent,
    nonces,
    approve,
    accept,
    signIn,
    wait,
    opens,
    answer: (...list: (DeskAnswer | Error)[]) => (answers = list),
    refuse: (error: Error) => signedIn.reject(error),
    again: () => (signedIn = Promise.withResolvers<SignedIn>()),
    cancelled: () => cancelled,
  };
}

const WAITING = { state: "waiting" } as const;

test("a nurse signs in at the HIS, chooses a PIN, and can sign in here once the desk has said yes", async () => {
  const { enrolment, signIn, answer, wait, sent, roster, opens } = await ward();
  answer(WAITING, WAITING);
  expect(enrolment.view().phase).toBe("idle");
  await signIn();
  expect(enrolment.view()).toMatchObject({
    person: { id: "nurse-huda", name: { en: "Huda Salem", ar: "هدى سالم" }, roles: [] },
    badge: BADGE,
  });
  await enrolment.finish({ pin: PIN, badge: true });
  expect((await wait("waiting")).confirmation).toMatch(/^\d{6}$/u);
  await wait("done");
  expect(roster.get("nurse-huda")?.badges).toEqual([BADGE]);
  expect(await opens(PIN)).toBe(true);
  expect(await opens("111213")).toBe(false);
  expect(sent).toHaveLength(1);
});

test("the HIS's sign-in is bound to the very keys that are enrolled by it", async () => {
  const { enrolment, signIn, sent, nonces, wait } = await ward();
  await signIn();
  await enrolment.finish({ pin: PIN, badge: false });
  await wait("done");
  const [request] = sent;
  expect(request?.idToken).toBe("her.id.token");
  expect(nonces).toEqual([request && enrolmentNonce(request.keys)]);
});

test("neither the PIN nor a private key is in what leaves the PC", async () => {
  const { enrolment, signIn, sent, wait } = await ward();
  await signIn();
  await enrolment.finish({ pin: PIN, badge: true });
  await wait("done");
  const text = JSON.stringify(sent);
  expect(text).not.toContain(PIN);
  expect(text).not.toContain('"d"');
  expect(JSON.stringify(enrolment.view())).not.toContain("token");
});

test.each(["123456", "5829", "abcdef", "112233"])(
  "the PIN %s is refused and she may choose another",
  async (pin) => {
    const { enrolment, signIn, sent, wait } = await ward();
    await signIn();
    await expect(enrolment.finish({ pin, badge: false })).rejects.toBeInstanceOf(PinUnfit);
    expect(enrolment.view().phase).toBe("identified");
    expect(sent).toEqual([]);
    await enrolment.finish({ pin: PIN, badge: false });
    await wait("done");
  },
);

test("her own birthday, as the roster knows it, is no PIN", async () => {
  const { enrolment, signIn, accept, hospital } = await ward();
  const { jws } = await hospital.enrol("nurse-huda", PIN, { entry: { birthday: "11-25" } });
  await accept([jws]);
  await signIn();
  await expect(enrolment.finish({ pin: "112587", badge: false })).rejects.toMatchObject({
    problem: "birthday",
  });
});

test("with no card on the reader nothing is sent: she is told, and her badge is not forgotten", async () => {
  const { enrolment, signIn, sent } = await ward({ badgeThere: () => null });
  await signIn();
  const view = await enrolment.finish({ pin: PIN, badge: true });
  expect(view).toMatchObject({ phase: "identified", badge: null });
  expect(view.detail).toContain("badge");
  expect(sent).toEqual([]);
});

test("a forgotten PIN is replaced: the badge she had stays hers, and only the new PIN opens", async () => {
  const { enrolment, signIn, accept, hospital, roster, opens, wait } = await ward();
  const had = { uid: "99aa" };
  const { jws } = await hospital.enrol("nurse-huda", "730164", { entry: { badges: [had] } });
  await accept([jws]);
  await signIn();
  await enrolment.finish({ pin: PIN, badge: true });
  await wait("done");
  expect(roster.get("nurse-huda")?.badges).toEqual([had, BADGE]);
  expect([await opens(PIN), await opens("730164")]).toEqual([true, false]);
});

test.each([
  ["sign-in-refused", "sign-in-refused"],
  ["sign-in-timeout", "sign-in-timeout"],
  ["not-a-practitioner", "not-a-practitioner"],
  ["his-unreachable", "his-unreachable"],
] as const)(
  "a sign-in that fails with %s is said, and can be begun again",
  async (problem, shown) => {
    const { enrolment, refuse, again, signIn, wait } = await ward();
    await enrolment.start();
    refuse(new AppLaunchFailed(problem, "in words"));
    expect(await wait("failed")).toMatchObject({ problem: shown, detail: "in words", url: null });
    again();
    await signIn();
  },
);

test("a HIS that is down is said at once", async () => {
  const { enrolment } = await ward({
    appLaunch: () => Promise.reject(new AppLaunchFailed("his-unreachable", "no way to it")),
  });
  expect(await enrolment.start()).toMatchObject({ phase: "failed", problem: "his-unreachable" });
});

test("a PC that has not joined, or whose policy names no desk, says so", async () => {
  for (const change of [{ joined: () => false }, { appLaunch: null }]) {
    const { enrolment } = await ward(change);
    expect(await enrolment.start()).toMatchObject({ phase: "failed", problem: "not-joined" });
  }
});

test("who begins anew ends the sign-in of the one before: a late answer names nobody", async () => {
  const { enrolment, again, signIn, cancelled, wait } = await ward();
  await enrolment.start();
  again();
  await signIn("doctor-omar");
  expect(cancelled()).toBe(1);
  expect((await wait("identified")).person?.id).toBe("doctor-omar");
});

test("cancelled while the desk thinks about it, nothing changes here when it says yes", async () => {
  const gate = Promise.withResolvers<void>();
  const { enrolment, signIn, answer, wait, roster } = await ward({ sleep: () => gate.promise });
  answer(WAITING);
  await signIn();
  await enrolment.finish({ pin: PIN, badge: false });
  await wait("waiting");
  expect(enrolment.cancel().phase).toBe("idle");
  gate.resolve();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(enrolment.view().phase).toBe("idle");
  expect(roster.size).toBe(0);
});

test("the desk's no is shown in its words", async () => {
  const { enrolment, signIn, answer, wait } = await ward();
  answer(WAITING, { state: "refused", detail: "not on this ward" });
  await signIn();
  await enrolment.finish({ pin: PIN, badge: false });
  expect(await wait("failed")).toMatchObject({
    problem: "desk-refused",
    detail: "not on this ward",
  });
});

test("a desk that is out of reach is tried again, then given up with its reason", async () => {
  const { enrolment, signIn, answer, again, wait, sent } = await ward();
  const down = new DeskUnreachable("the cable is out");
  answer(down, down);
  await signIn();
  await enrolment.finish({ pin: PIN, badge: false });
  await wait("done");
  expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
  answer(...Array.from({ length: 50 }, () => down));
  again();
  await signIn();
  await enrolment.finish({ pin: PIN, badge: false });
  expect(await wait("failed")).toMatchObject({
    problem: "desk-unreachable",
    detail: "the cable is out",
  });
});

test("a desk that was started anew gets the same request again", async () => {
  const { enrolment, signIn, answer, wait, sent } = await ward();
  answer(WAITING, { state: "unknown" }, WAITING);
  await signIn();
  await enrolment.finish({ pin: PIN, badge: false });
  await wait("done");
  expect(sent).toHaveLength(2);
  expect(sent[0]).toEqual(sent[1]);
});

test("an approval that the control key did not sign enrols nobody", async () => {
  const stranger = await ward();
  const { enrolment, signIn, answer, wait, roster } = await ward();
  const forged = await stranger.approve(await madeElsewhere());
  answer(WAITING, { state: "approved", statement: forged });
  await signIn();
  await enrolment.finish({ pin: PIN, badge: false });
  expect(await wait("failed")).toMatchObject({ problem: "desk-refused" });
  expect(roster.size).toBe(0);
});

test("an entry that comes through the HIS before the desk's answer is enough", async () => {
  const { enrolment, signIn, answer, wait, accept, approve, sent } = await ward();
  answer(...Array.from({ length: 500 }, () => WAITING));
  await signIn();
  await enrolment.finish({ pin: PIN, badge: false });
  await wait("waiting");
  const [request] = sent;
  if (request !== undefined) await accept([await approve(request)]);
  expect((await wait("done")).problem).toBe(null);
});

test("in an outage the same request is made as text for IT, without the HIS's word", async () => {
  const { enrolment, accept, approve, opens, sent } = await ward();
  const { text, confirmation } = await enrolment.request({
    clinician: "nurse-huda",
    pin: PIN,
    badge: true,
  });
  expect(confirmation).toMatch(/^\d{6}$/u);
  expect(text).not.toContain(PIN);
  const request = EnrolmentRequest.parse(JSON.parse(text));
  expect(request).toMatchObject({ clinician: "nurse-huda", idToken: null, badges: [BADGE] });
  expect(sent).toEqual([]);
  expect(enrolment.view().phase).toBe("idle");
  await accept([await approve(request)]);
  expect(await opens(PIN)).toBe(true);
  await expect(
    enrolment.request({ clinician: "nurse-huda", pin: "123456", badge: false }),
  ).rejects.toBeInstanceOf(PinUnfit);
});

// ---------------------------------------------------------------- a kill at every step

const steps = ["appLaunch", "makeKeys", "wrap", "send", "ask", "accept", "after accept"] as const;

test.each(steps)(
  "killed at %s: her old PIN opens until the new entry is here, then the new one; never neither",
  async (step) => {
    /** From the kill on nothing of this process happens any more. */
    const dead = new Promise<never>(() => undefined);
    let killed = false;
    const until =
      <A extends unknown[], T>(name: string, work: (...given: A) => Promise<T>) =>
      async (...given: A): Promise<T> => {
        if (step === name) killed = true;
        return killed ? await dead : await work(...given);
      };
    const world = await ward();
    const old = await world.hospital.enrol("nurse-huda", "730164");
    await world.accept([old.jws]);
    const desk: Desk = {
      send: until("send", async (request) => {
        world.sent.push(request);
        return WAITING;
      }),
      ask: until("ask", async () => {
        const [request] = world.sent;
        if (request === undefined) return { state: "unknown" };
        return { state: "approved", statement: await world.approve(request) };
      }),
    };
    const launched = {
      url: "https://his.example/sign-in",
      result: Promise.resolve({ practitioner: "nurse-huda", name: null, idToken: "t" }),
      cancel: () => undefined,
    };
    const dying = createEnrolment({
      ...(await partsOf(world)),
      appLaunch: until("appLaunch", async () => launched),
      makeKeys: () => {
        if (step === "makeKeys") throw new Error("killed");
        return makeFreshKeys(randomBytes);
      },
      wrap: until("wrap", (keys, pin, clinician) =>
        keys.wrap({ pin, clinician, pepper: world.hospital.pepper, site: SITE, kdf: KDF }),
      ),
      desk,
      accept: until("accept", async (jws: readonly string[]) => {
        await world.accept(jws);
        if (step === "after accept") await dead;
      }),
    });
    void dying.start().catch(() => undefined);
    for (let turn = 0; turn < 50; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (dying.view().phase === "identified")
        void dying.finish({ pin: PIN, badge: false }).catch(() => undefined);
    }
    const arrived = step === "after accept";
    expect([await world.opens("730164"), await world.opens(PIN)]).toEqual([!arrived, arrived]);
    // What the desk had already taken still arrives, through the HIS, at a PC that knows nothing of it any more.
    const [request] = world.sent;
    if (request === undefined) return;
    await world.accept([await world.approve(request)]);
    expect([await world.opens("730164"), await world.opens(PIN)]).toEqual([false, true]);
  },
);

async function madeElsewhere(): Promise<EnrolmentRequest> {
  const { enrolment } = await ward();
  const wish = { clinician: "nurse-huda", pin: PIN, badge: false };
  return EnrolmentRequest.parse(JSON.parse((await enrolment.request(wish)).text));
}

async function partsOf(world: Awaited<ReturnType<typeof ward>>): Promise<EnrolmentParts> {
  return {
    site: SITE,
    workstation: WORKSTATION,
    joined: () => true,
    appLaunch: null,
    openBrowser: () => undefined,
    makeKeys: () => makeFreshKeys(randomBytes),
    wrap: () => Promise.reject(new Error("not here")),
    known: (clinician) => world.roster.get(clinician) ?? null,
    badgeThere: () => null,
    pinProblem: (pin, known) => pinProblem(pin, known),
    uuid: () => crypto.randomUUID(),
    now: () => NOW,
    desk: null,
    accept: world.accept,
    enrolled: (clinician, box) => world.roster.get(clinician)?.keys.box === box,
    // Short waits pass at once; the long one, for who has left, only when a test says so.
    sleep: (milliseconds) =>
      milliseconds > 60_000
        ? new Promise(() => undefined)
        : new Promise((resolve) => setImmediate(resolve)),
    random: () => 0,
    onChange: () => undefined,
  };
}

test("whoever signs in at the HIS and walks away leaves neither her name nor her keys", async () => {
  const left = Promise.withResolvers<void>();
  const { enrolment, signIn } = await ward({
    sleep: (milliseconds) =>
      milliseconds > 60_000 ? left.promise : new Promise((resolve) => setImmediate(resolve)),
  });
  await signIn();
  expect(enrolment.view().phase).toBe("identified");
  left.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  expect(enrolment.view()).toMatchObject({ phase: "failed", problem: "sign-in-timeout" });
  expect(await enrolment.finish({ pin: PIN, badge: false })).toMatchObject({ phase: "failed" });
});

test("a request with a badge that is not there makes none without it", async () => {
  const { enrolment } = await ward({ badgeThere: () => null });
  await expect(
    enrolment.request({ clinician: "nurse-huda", pin: PIN, badge: true }),
  ).rejects.toBeInstanceOf(NoBadge);
});
