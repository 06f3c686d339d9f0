import { expect, test } from "vitest";
import { createDraftKeeper } from "./draft-keeper.ts";

/** A service that answers only when it is let. */
function slowService() {
  const sent: (string | null)[] = [];
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const call = (text: string | null): Promise<void> => {
    sent.push(text);
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
    });
  };
  return {
    sent,
    answer: () => waiting.shift()?.resolve(),
    fail: () => waiting.shift()?.reject(new Error("disk full")),
    service: { put: call, discard: () => call(null) },
  };
}
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 0);
  });

test("While one change is on its way only the newest of the others follows, never out of order", async () => {
  const { sent, answer, service } = slowService();
  const keeper = createDraftKeeper(service, () => undefined);
  for (const text of ["1", "12", "120"]) keeper.keep(text);
  expect(sent).toEqual(["1"]);
  answer();
  await turn();
  expect(sent).toEqual(["1", "120"]);
  answer();
  await keeper.settled();
});

test("A saved form discards its draft only after the last change has arrived", async () => {
  const { sent, answer, service } = slowService();
  const keeper = createDraftKeeper(service, () => undefined);
  keeper.keep("120");
  keeper.keep(null);
  answer();
  await turn();
  answer();
  await keeper.settled();
  expect(sent).toEqual(["120", null]);
});

test("A change that could not be kept is said, and the next one is tried all the same", async () => {
  const { answer, fail, service } = slowService();
  const told: boolean[] = [];
  const keeper = createDraftKeeper(service, (kept) => told.push(kept));
  keeper.keep("1");
  fail();
  await keeper.settled();
  keeper.keep("12");
  answer();
  await keeper.settled();
  expect(told).toEqual([false, true]);
});
