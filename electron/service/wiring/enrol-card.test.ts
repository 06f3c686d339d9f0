import { expect, test } from "vitest";
import type { FromBadge, ToBadge } from "../../../shared/badge.ts";
import { createEnrolCard } from "./enrol-card.ts";

function desk(piv: boolean, holds = true) {
  const asked: ToBadge[] = [];
  const world = { card: { presence: 7, uid: "04a1", piv } as ReturnType<Card> };
  type Card = Parameters<typeof createEnrolCard>[0]["cardThere"];
  const card = createEnrolCard({
    cardThere: () => world.card,
    ask: (message) => asked.push(message),
    verify: () => holds,
    random: () => new Uint8Array(32),
    now: () => new Date(0),
    onChange: () => undefined,
  });
  const answer = (change: Partial<FromBadge> = {}): FromBadge => {
    const [question] = asked;
    return {
      kind: "proof",
      id: question?.kind === "prove" ? question.id : 0,
      presence: 7,
      certificate: "Y2VydA==",
      signature: "c2ln",
      algorithm: "ES256",
      ...change,
    } as FromBadge;
  };
  return { asked, card, answer, world };
}

test("a plain card is taken by its UID; one that can prove itself is asked once, and taken with its certificate", () => {
  const plain = desk(false);
  expect(plain.card.there()).toEqual({ uid: "04a1" });
  expect(plain.asked).toEqual([]);

  const { asked, card, answer } = desk(true);
  expect(card.there()).toBeNull();
  expect(card.there()).toBeNull();
  expect(asked).toHaveLength(1);
  expect(card.hears(answer())).toBe(true);
  expect(card.there()).toEqual({ uid: "04a1", certificate: "Y2VydA==" });
});

test("a clone that holds another key is taken by its UID only, and the session's own answers are left to it", () => {
  const { card, answer } = desk(true, false);
  card.there();
  expect(card.hears(answer({ id: 3 }))).toBe(false);
  expect(card.hears(answer())).toBe(true);
  expect(card.there()).toEqual({ uid: "04a1" });
});

test("another card is another question; without a card there is none", () => {
  const { asked, card, answer, world } = desk(true);
  card.there();
  card.hears(answer());
  world.card = { presence: 8, uid: "04b2", piv: true };
  expect(card.there()).toBeNull();
  expect(asked).toHaveLength(2);
  world.card = null;
  expect(card.there()).toBeNull();
});
