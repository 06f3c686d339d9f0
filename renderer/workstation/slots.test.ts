import { expect, test } from "vitest";
import { endsSoon, envelopeName, sortSlots } from "./slots.ts";
import { fate, knownKind, knownVerdict } from "./statements.ts";
import type { Slot } from "./types.ts";

const slot = (holder: string, state: Slot["state"], name: string | null = null): Slot => ({
  holder,
  name: name === null ? null : { en: name, ar: name },
  roles: [],
  state,
  validTo: "2026-03-20T00:00:00Z",
  badges: 0,
  wrongPins: 0,
});

test("IT sees people and envelopes apart, those who can sign in first", () => {
  const { people, envelopes } = sortSlots([
    slot("n-3", "revoked", "Amal"),
    slot("envelope:ward-4-2", "used"),
    slot("n-2", "ready", "Sara"),
    slot("n-1", "ready", "Huda"),
    slot("envelope:ward-4-1", "ready"),
    slot("n-4", "pending", "Basma"),
  ]);
  expect(people.map(({ holder }) => holder)).toEqual(["n-1", "n-2", "n-4", "n-3"]);
  expect(envelopes.map(({ holder }) => envelopeName(holder))).toEqual(["ward-4-1", "ward-4-2"]);
});

test("A slot that ends within two weeks is pointed out, one that has ended or was withdrawn is not", () => {
  const soon = (state: Slot["state"], day: string) =>
    endsSoon(slot("n-1", state), Date.parse(`2026-03-${day}T00:00:00Z`));
  expect([
    soon("ready", "05"),
    soon("ready", "06"),
    soon("pending", "19"),
    soon("ready", "20"),
    soon("revoked", "19"),
  ]).toEqual([false, true, true, false, false]);
});

test("A verdict this page has no words for counts as refused and is shown as it came", () => {
  expect(["accepted", "known", "elsewhere", "replayed", "moon-phase"].map(fate)).toEqual([
    "accepted",
    "unchanged",
    "unchanged",
    "refused",
    "refused",
  ]);
  expect([knownVerdict("moon-phase"), knownVerdict("replayed"), knownKind("wipe")]).toEqual([
    null,
    "replayed",
    "wipe",
  ]);
});
