import { z } from "zod";
import type { EnrolmentRequest } from "../../../shared/trust/index.ts";
import { exchange, HisError, isOutage, jsonOf } from "../his/index.ts";
import type { HisFailure } from "../his/index.ts";

/** What the hospital's enrolment desk says to a request. */
export type DeskAnswer =
  | { readonly state: "waiting" }
  | { readonly state: "approved"; readonly statement: string }
  | { readonly state: "refused"; readonly detail: string }
  /** It knows nothing of it (it was started anew): the request goes again. */
  | { readonly state: "unknown" };

/** The desk cannot be asked now; the request may or may not have reached it, and may be sent again. */
export class DeskUnreachable extends Error {
  override readonly name = "DeskUnreachable";
}

export interface Desk {
  /** `POST <enrolUrl>`; the same request may be sent any number of times. @throws {@link DeskUnreachable} */
  send(request: EnrolmentRequest): Promise<DeskAnswer>;
  /** `GET <enrolUrl>/<id>`. @throws {@link DeskUnreachable} */
  ask(id: string): Promise<DeskAnswer>;
}

const DEADLINE_MS = 15_000;
/** A roster entry's statement and little else. */
const MAX_BYTES = 128 * 1024;

const Said = z.discriminatedUnion("state", [
  z.looseObject({ state: z.literal("waiting") }),
  z.looseObject({ state: z.literal("approved"), statement: z.string().min(1) }),
  z.looseObject({ state: z.literal("refused"), detail: z.string().max(500).optional() }),
]);
const Denied = z.looseObject({ error: z.string().max(500) });

/** The desk over HTTP, over the same trust in the hospital's CA as everything else. */
export function createDesk(options: {
  readonly enrolUrl: string;
  readonly fetch: typeof globalThis.fetch;
}): Desk {
  const url = new URL(options.enrolUrl);
  const http = { fetch: options.fetch, deadlineMs: DEADLINE_MS, maxBytes: MAX_BYTES };
  const call = async (target: URL, init: RequestInit): Promise<DeskAnswer> => {
    try {
      const { status, bytes } = await exchange(target, init, http);
      return answerOf(status, jsonOf(bytes));
    } catch (error) {
      if (error instanceof HisError) throw new DeskUnreachable(wordsOf(error.failure));
      throw error;
    }
  };
  const headers = { accept: "application/json" };
  return {
    send: async (request) =>
      await call(url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(request),
      }),
    ask: async (id) =>
      await call(new URL(`${url.pathname.replace(/\/$/u, "")}/${id}`, url), { headers }),
  };
}

function answerOf(status: number, said: unknown): DeskAnswer {
  if (status === 404) return { state: "unknown" };
  const parsed = Said.safeParse(said);
  if (status === 200 && parsed.success) {
    if (parsed.data.state !== "refused") return parsed.data;
    return { state: "refused", detail: parsed.data.detail ?? "The desk refused." };
  }
  const denied = Denied.safeParse(said);
  // Its "no" in its own words; a proxy's page or a fault of the server's is no word of the desk.
  if (status >= 400 && status < 500 && status !== 429 && denied.success)
    return { state: "refused", detail: denied.data.error };
  throw new DeskUnreachable(`the desk answered ${status}`);
}

function wordsOf(failure: HisFailure): string {
  return isOutage(failure) ? `the desk cannot be reached: ${failure.detail}` : failure.detail;
}
