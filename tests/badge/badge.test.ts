import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { FromBadge } from "../../shared/badge.ts";
import { verifyBadgeProof } from "../../electron/service/session/badge-proof.ts";
import { forkBadge } from "./badge-process.ts";
import { noCardReader, startCardReader, type CardReader } from "./pcscd.ts";
import { makePivIdentity, newKey, type PivKind } from "./piv-identity.ts";
import { makeVirtualCard } from "./virtual-card.ts";

/** The badge process as the shells fork it, against a real pcscd with a virtual reader. */
const obstacle = noCardReader();
if (obstacle !== null) console.warn(`Skipped: badges on a card reader (${obstacle}).`);
const skipped = obstacle === null ? "" : `(skipped: ${obstacle})`;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 240_000 });

const UID = "04a23b7ac15e80";
const plain = makeVirtualCard({ uid: UID });

describe.skipIf(obstacle !== null)(`badges on a card reader ${skipped}`, () => {
  let reader: CardReader;
  let badge: ReturnType<typeof forkBadge>;
  beforeAll(async () => {
    reader = await startCardReader();
  });
  afterAll(async () => {
    await reader.stop();
  });
  beforeEach(async () => {
    await reader.restart();
    badge = forkBadge();
  });
  afterEach(async () => {
    await badge.stop();
  });

  test("a badge on the reader names its holder, and a badge taken is told at once", async () => {
    expect(await badge.next("watch")).toEqual({
      kind: "watch",
      state: "watching",
      readers: reader.names,
    });
    const card = await reader.insert(plain);
    const cardIn = await badge.next("card-in");
    expect(cardIn).toMatchObject({ reader: reader.names[0], uid: UID, piv: false });
    await card.remove();
    const cardOut = await badge.next("card-out");
    expect(cardOut).toMatchObject({ presence: cardIn.presence, why: "removed" });
    expect(cardOut.at).toBeGreaterThan(0);
  });

  test("a badge that lay there before the PC looked is seen too", async () => {
    await badge.stop();
    await reader.insert(plain, 1);
    badge = forkBadge();
    expect(await badge.next("card-in")).toMatchObject({ reader: reader.names[1], uid: UID });
  });

  test("a badge without a UID names nobody", async () => {
    await reader.insert(makeVirtualCard({ uid: null }));
    expect(await badge.next("card-in")).toMatchObject({ uid: null, piv: false });
  });

  test.each<{ kind: PivKind; zipped: boolean }>([
    { kind: "P-256", zipped: false },
    { kind: "P-256", zipped: true },
    { kind: "P-384", zipped: false },
    { kind: "RSA-2048", zipped: false },
  ])(
    "a PIV badge proves itself, for this challenge alone ($kind, zipped $zipped)",
    async (like) => {
      const piv = makePivIdentity({ ...like, name: "Huda" });
      await reader.insert(makeVirtualCard({ uid: UID, piv, zipped: like.zipped }));
      const { presence, piv: canProve, uid } = await badge.next("card-in");
      expect({ canProve, uid }).toEqual({ canProve: true, uid: UID });
      const challenge = randomBytes(32);
      const proof = await badge.prove(presence, challenge);
      if (proof.kind !== "proof") throw new Error(proof.why);
      const trusted = [piv.certificate.toString("base64")];
      const now = new Date();
      expect(verifyBadgeProof({ ...proof, challenge, trusted, now })).toBe(true);
      expect(verifyBadgeProof({ ...proof, challenge: randomBytes(32), trusted, now })).toBe(false);
    },
  );

  test("a clone of UID and certificate, without the key, does not prove itself", async () => {
    const piv = makePivIdentity({ kind: "P-256", name: "Huda" });
    const clone = { ...piv, privateKey: newKey("P-256") };
    await reader.insert(makeVirtualCard({ uid: UID, piv: clone }));
    const { presence, uid } = await badge.next("card-in");
    expect(uid).toBe(UID);
    const challenge = randomBytes(32);
    const proof = await badge.prove(presence, challenge);
    if (proof.kind !== "proof") throw new Error(proof.why);
    const trusted = [piv.certificate.toString("base64")];
    expect(verifyBadgeProof({ ...proof, challenge, trusted, now: new Date() })).toBe(false);
  });

  test("who asks a badge that cannot prove, or is gone, is told so", async () => {
    const card = await reader.insert(plain);
    const { presence } = await badge.next("card-in");
    expect(await badge.prove(presence)).toMatchObject({ kind: "no-proof", why: "not-piv" });
    expect(await badge.prove(presence + 1)).toMatchObject({ kind: "no-proof", why: "gone" });
    await card.remove();
    await badge.next("card-out");
    expect(await badge.prove(presence)).toMatchObject({ kind: "no-proof", why: "gone" });
  });

  test("a badge that refuses to sign is told as that and stays", async () => {
    const piv = makePivIdentity({ kind: "P-256", name: "Huda" });
    const whole = makeVirtualCard({ uid: UID, piv });
    const answer = (command: Buffer) =>
      command[1] === 0x87 ? Buffer.from("6982", "hex") : whole.answer(command);
    await reader.insert({ ...whole, answer });
    const { presence } = await badge.next("card-in");
    expect(await badge.prove(presence)).toMatchObject({ kind: "no-proof", why: "refused" });
    expect(badge.said.some(({ kind }) => kind === "card-out")).toBe(false);
  });

  test("a badge that falls silent while it signs counts as gone, and the next is seen", async () => {
    const piv = makePivIdentity({ kind: "P-256", name: "Huda" });
    const silentAt = (command: Buffer) => command[1] === 0x87;
    const card = await reader.insert(makeVirtualCard({ uid: UID, piv, silentAt }));
    const { presence } = await badge.next("card-in");
    expect(await badge.prove(presence)).toMatchObject({ kind: "no-proof", why: "timeout" });
    expect(await badge.next("card-out")).toMatchObject({ presence, why: "hung" });
    await card.remove();
    expect(badge.said.filter(({ kind }) => kind === "card-out")).toHaveLength(1);
    // This driver can miss a card that comes right after a command it gave up: a person then taps again.
    const seen = () => badge.said.some((one) => one.kind === "card-in" && one.presence > presence);
    for (let taps = 0; taps < 5 && !seen(); taps += 1) {
      const next = await reader.insert(plain);
      for (let waits = 0; waits < 30 && !seen(); waits += 1) await sleep(100);
      if (!seen()) await next.remove();
    }
    expect(seen()).toBe(true);
  });

  test("a badge taken while it signs is gone at once", async () => {
    const piv = makePivIdentity({ kind: "P-256", name: "Huda" });
    const asked = Promise.withResolvers<void>();
    const silentAt = (command: Buffer) => {
      if (command[1] !== 0x87) return false;
      asked.resolve();
      return true;
    };
    const card = await reader.insert(makeVirtualCard({ uid: UID, piv, silentAt }));
    const { presence } = await badge.next("card-in");
    const answer = badge.prove(presence);
    await asked.promise;
    await card.remove();
    // This driver breaks the conversation off before it says that the card went.
    expect((await badge.next("card-out")).presence).toBe(presence);
    expect(await answer).toMatchObject({ kind: "no-proof", why: "gone" });
    expect(badge.said.at(-1)).toEqual(await answer);
  });

  test("a badge that never answers names nobody, holds nothing up, and is seen to go", async () => {
    const card = await reader.insert(makeVirtualCard({ uid: UID, silentAt: () => true }));
    const { presence, ...cardIn } = await badge.next("card-in");
    expect(cardIn).toMatchObject({ uid: null, piv: false });
    // The other slot works on meanwhile.
    await reader.insert(plain, 1);
    expect(await badge.next("card-in")).toMatchObject({ reader: reader.names[1], uid: UID });
    await card.remove();
    expect(await badge.next("card-out")).toMatchObject({ presence });
  });

  test("a reader service that is killed counts as a badge taken, and comes back by itself", async () => {
    await reader.insert(plain);
    const { presence } = await badge.next("card-in");
    await reader.kill();
    expect(await badge.next("card-out")).toMatchObject({ presence, why: "service-lost" });
    expect(await badge.next("watch")).toMatchObject({ state: "no-service" });
    await reader.restart();
    expect(await badge.next("watch")).toMatchObject({ state: "watching" });
    await reader.insert(plain);
    expect((await badge.next("card-in")).presence).toBeGreaterThan(presence);
  });

  test("a reader service that is not there yet, or has no reader, is said so and waited for", async () => {
    await badge.stop();
    await reader.kill();
    badge = forkBadge();
    expect(await badge.next("watch")).toMatchObject({ state: "no-service" });
    await reader.restart({ withoutReader: true });
    expect(await badge.next("watch")).toEqual({ kind: "watch", state: "no-reader", readers: [] });
    await reader.restart();
    expect(await badge.next("watch")).toMatchObject({ state: "no-service" });
    expect(await badge.next("watch")).toMatchObject({ state: "watching" });
  });

  test("a reader service that hangs counts as a badge taken, and the process makes way for a new one", async () => {
    await reader.insert(plain);
    const { presence } = await badge.next("card-in");
    reader.freeze();
    expect(await badge.next("card-out")).toMatchObject({ presence, why: "hung" });
    expect(await badge.next("watch")).toMatchObject({ state: "no-service" });
    await badge.exit;
    reader.thaw();
    badge = forkBadge();
    expect(await badge.next("card-in")).toMatchObject({ uid: UID });
  });

  test("two dozen badges swapped as fast as can be: each one that came went, and none counts for another", async () => {
    const swapIn = async (slot: 0 | 1) => {
      for (let swap = slot; swap < 24; swap += 2) {
        const uid = (0x04_00_00_00 + swap).toString(16).padStart(8, "0");
        const card = await reader.insert(makeVirtualCard({ uid }), slot);
        // One is seen and read, the next may or may not be: the driver looks every 400 ms.
        if (swap % 4 < 2) await badge.cardIn(uid);
        else await sleep((swap * 37) % 500);
        await card.remove();
      }
      const last = `04ffffff0${slot}`;
      await reader.insert(makeVirtualCard({ uid: last }), slot);
      await badge.cardIn(last);
    };
    await Promise.all([swapIn(0), swapIn(1)]);

    expect(outOfTurn(badge.said)).toEqual([]);
    expect(badge.said.filter(({ kind }) => kind === "card-out").length).toBeGreaterThanOrEqual(12);
  });

  test("the process ends when it is told to, card or no card, and when its shell is gone", async () => {
    await reader.insert(plain);
    await badge.next("card-in");
    badge.post({ kind: "stop" });
    await badge.exit;
    expect(badge.said.some(({ kind }) => kind === "card-out")).toBe(false);
    badge = forkBadge();
    await badge.next("card-in");
    badge.abandon();
    await badge.exit;
  });
});

/** Cards told as in where one lay already or with a number that was used, and as out where that one did not lie. */
function outOfTurn(said: readonly FromBadge[]): readonly FromBadge[] {
  const there = new Map<string, number>();
  const last = new Map<string, number>();
  return said.filter((message) => {
    if (message.kind !== "card-in" && message.kind !== "card-out") return false;
    const { kind, reader: name, presence } = message;
    if (kind === "card-out") {
      const lay = there.get(name) === presence;
      there.delete(name);
      return !lay;
    }
    const inTurn = !there.has(name) && presence > (last.get(name) ?? 0);
    there.set(name, presence);
    last.set(name, presence);
    return !inTurn;
  });
}
