import { expect, test } from "vitest";
import { createFirstTry } from "./first-try.ts";

/** A page whose clock goes on between the tries. */
function page() {
  const firstTry = createFirstTry<{ uuid: string; at: string }>();
  let tries = 0;
  return {
    save: (words: string) => {
      tries += 1;
      return firstTry.of(words, () => ({ uuid: `act ${tries}`, at: `10:0${tries}` }));
    },
    refused: firstTry.refused,
  };
}

test("what is saved again because its answer was lost keeps the number and the time of the first try", () => {
  const { save } = page();
  const first = save("pulse 88");
  expect(first).toEqual({ uuid: "act 1", at: "10:01" });
  expect(save("pulse 88")).toEqual(first);
  expect(save("pulse 88")).toEqual(first);
});

test("other values are another act, with a time of their own, even if the answer about the first was lost", () => {
  const { save } = page();
  save("pulse 88");
  expect(save("pulse 98")).toEqual({ uuid: "act 2", at: "10:02" });
  // Typed back: what is saved now is saved now.
  expect(save("pulse 88")).toEqual({ uuid: "act 3", at: "10:03" });
});

test("what was refused was not saved: the next try has the time it is made at", () => {
  const { save, refused } = page();
  save("given");
  refused();
  expect(save("given")).toEqual({ uuid: "act 2", at: "10:02" });
});
