import { expect, test } from "vitest";
import { CLASS_SYSTEM, INGREDIENTS_URL } from "../../../shared/clinical/drug-allergy/index.ts";
import { packBody } from "../vault/index.ts";
import { createHeldKnowledge } from "./held-knowledge.ts";

const EMPTY = {
  entry: [
    { resource: { resourceType: "CodeSystem", url: CLASS_SYSTEM } },
    { resource: { resourceType: "ValueSet", url: INGREDIENTS_URL } },
  ],
};

/** A pack of this title, and how often it was read. */
function pack(title: string, validTo: string) {
  const body = packBody(EMPTY, { version: "1", title });
  let reads = 0;
  return {
    ...body,
    validTo,
    // Asked for last, once it was unfolded and understood.
    get title() {
      reads += 1;
      return body.title;
    },
    reads: () => reads,
  };
}

test("a pack is read when it is first needed, or when the sign-in is over: not while somebody waits for her board", () => {
  const later: (() => void)[] = [];
  const knowledge = createHeldKnowledge((call) => later.push(call));
  expect(knowledge.now()).toBeNull();

  const first = pack("first", "2099-01-01T00:00:00Z");
  knowledge.use(first);
  expect(first.reads()).toBe(0);
  expect(knowledge.now()).toMatchObject({ title: "first" });
  expect(knowledge.now()).toBe(knowledge.now());

  const second = pack("second", "2099-01-02T00:00:00Z");
  knowledge.use(second);
  expect(second.reads()).toBe(0);
  for (const call of later.splice(0)) call();
  const { length } = later;
  expect(second.reads()).toBe(1);
  knowledge.use(second);
  expect(later).toHaveLength(length);
  expect(knowledge.now()).toMatchObject({ title: "second" });
  expect(second.reads()).toBe(1);
});

test("an unusable pack is none, and another after it is used", () => {
  const knowledge = createHeldKnowledge(() => undefined);
  knowledge.use({ version: "1", title: "bad", deflated: "AA", validTo: "2099-01-01T00:00:00Z" });
  expect(knowledge.now()).toBeNull();
  knowledge.use(pack("good", "2099-01-01T00:00:00Z"));
  expect(knowledge.now()).toMatchObject({ title: "good" });
  knowledge.use(null);
  expect(knowledge.now()).toBeNull();
});
