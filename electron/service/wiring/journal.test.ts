import { expect, test } from "vitest";
import type { JournalThread } from "../sync/index.ts";
import { together } from "./journal.ts";
import type { Thread } from "./threads.ts";

/** A thread that notes what it is asked, and cannot do what is named. */
function thread(name: string, asked: string[], cannot?: string): Thread<JournalThread> {
  return new Proxy({} as Thread<JournalThread>, {
    get: (_, call) => (): Promise<void> => {
      asked.push(`${name}: ${String(call)}`);
      return call === cannot ? Promise.reject(new Error("it cannot")) : Promise.resolve();
    },
  });
}

test("pages of the HIS wait behind no act, and acts behind no page: each call has its thread", async () => {
  const asked: string[] = [];
  const journal = together(thread("people", asked), thread("pages", asked));
  await journal.actCounts();
  await journal.receivePage({} as never);
  await journal.setSealingKey(new Uint8Array(32));
  await journal.canSeal();
  await journal.meta();
  expect(asked).toEqual([
    "people: actCounts",
    "pages: receivePage",
    "pages: setSealingKey",
    "pages: canSeal",
    "people: meta",
  ]);
});

test("both are closed, pages first, also when one of them fails at it", async () => {
  const asked: string[] = [];
  const journal = together(thread("people", asked), thread("pages", asked, "close"));
  await expect(journal.close()).rejects.toThrow("it cannot");
  await journal.terminate();
  expect(asked).toEqual(["pages: close", "people: close", "pages: terminate", "people: terminate"]);
});
