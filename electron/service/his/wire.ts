import { request } from "undici";
import type { Dispatcher } from "undici";

/** As much of a fetch's `Response` as an exchange needs. */
export interface WireAnswer {
  readonly type: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** A GET whose answer is given as it came over the wire: compressed, if the HIS compressed it. */
export type Wire = (url: URL, init: RequestInit) => Promise<WireAnswer>;

/**
 * Pages by the thousand are sealed as they came: to decompress them here only to compress them again before they are
 * sealed would cost more than all else that is done with them. `fetch` cannot leave them as they are.
 */
export function createWire(dispatcher: Dispatcher): Wire {
  return async (url, init) => {
    const headers = new Headers(init.headers);
    // Nothing else is asked for, so that nothing else need be understood.
    headers.set("accept-encoding", "gzip");
    const answer = await request(url, {
      dispatcher,
      method: "GET",
      headers: Object.fromEntries(headers),
      ...(init.signal && { signal: init.signal }),
    });
    return {
      type: "default",
      status: answer.statusCode,
      headers: headersOf(answer.headers),
      body: answer.body,
    };
  };
}

function headersOf(found: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(found))
    for (const one of [value ?? []].flat()) headers.append(name, one);
  return headers;
}
