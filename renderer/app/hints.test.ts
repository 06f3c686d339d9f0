import { expect, test } from "vitest";
import { listen } from "./hints.ts";
import type { Hint, StatusView } from "./types.ts";

const status = { unsent: { waiting: 0, parked: 0, oldest: null } } as StatusView;

/** A client whose streams are given one after the other. */
function serving(streams: readonly (readonly Hint[])[], stop: AbortController) {
  let turn = 0;
  return {
    status: async () => status,
    hints: async () => {
      const hints = streams[turn];
      turn += 1;
      if (hints === undefined) {
        stop.abort();
        throw new Error("No stream.");
      }
      return (async function* stream() {
        yield* hints;
      })();
    },
  } as unknown as Parameters<typeof listen>[0];
}

test("When the live stream breaks off, it is opened again and everything shown is asked for anew", async () => {
  const stop = new AbortController();
  const heard: string[] = [];
  const outbox: Hint = { kind: "outbox" };
  await listen(
    serving([[outbox], [outbox]], stop),
    { status: () => heard.push("status"), hint: (hint) => heard.push(hint.kind) },
    stop.signal,
    async () => undefined,
  );
  expect(heard).toEqual(["status", "outbox", "status", "records", "outbox"]);
});
