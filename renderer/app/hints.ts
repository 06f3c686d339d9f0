import type { ServiceClient } from "../port/index.ts";
import type { Hint, StatusView } from "./types.ts";

const AGAIN_MS = 1000;

/**
 * Reads the status and then every hint until `signal` aborts. A stream that ends or fails is opened again, with a fresh
 * status first, so that nothing that changed in between is missed.
 */
export async function listen(
  client: Pick<ServiceClient, "status" | "hints">,
  on: { readonly status: (status: StatusView) => void; readonly hint: (hint: Hint) => void },
  signal: AbortSignal,
  pause: (ms: number) => Promise<void> = wait,
): Promise<void> {
  let first = true;
  while (!signal.aborted) {
    try {
      const hints = await client.hints(undefined, { signal });
      on.status(await client.status(undefined, { signal }));
      if (!first) on.hint({ kind: "records", patients: null, beds: true });
      first = false;
      for await (const hint of hints) {
        if (signal.aborted) return;
        if (hint.kind === "status") on.status(hint.status);
        else on.hint(hint);
      }
    } catch {
      // The port's own close listener tells a dead port from a stream that merely ended.
    }
    if (!signal.aborted) await pause(AGAIN_MS);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
