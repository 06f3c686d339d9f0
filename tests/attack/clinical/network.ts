import { isObject } from "../../../electron/service/sync/page.ts";

/** Somebody between the HIS and the workstation, TLS broken: what passes can be changed, left out and made up. */
export interface Network {
  readonly fetch: typeof globalThis.fetch;
  /** From now on entries about this resource are changed; null: left out of every answer, and of every history. */
  forge(type: string, id: string, change: (entry: Entry) => Entry | null): void;
  /** Puts an entry of their own in every answer about changes of this type from now on. */
  slip(type: string, entry: (path: URL) => Entry | null): void;
}

export type Entry = Record<string, unknown>;

export function createNetwork(
  base: string,
  ask: (path: string, init?: RequestInit) => Promise<Response>,
): Network {
  const forged = new Map<string, (entry: Entry) => Entry | null>();
  const slipped: { type: string; entry: (path: URL) => Entry | null }[] = [];

  function keyOf(entry: Entry): string {
    const { resource, request } = entry;
    if (isObject(resource)) return `${String(resource["resourceType"])}/${String(resource["id"])}`;
    return isObject(request) ? String(request["url"]) : "";
  }
  function changed(bundle: Record<string, unknown>, url: URL): Record<string, unknown> {
    const asked = url.pathname.slice(new URL(base).pathname.length + 1).split("/")[0];
    const entries = Array.isArray(bundle["entry"]) ? bundle["entry"].filter(isObject) : [];
    const passed = entries.flatMap((entry) => {
      const change = forged.get(keyOf(entry));
      return change === undefined ? [entry] : (change(entry) ?? []);
    });
    const own = slipped.flatMap(({ type, entry }) => (type === asked ? (entry(url) ?? []) : []));
    return { ...bundle, entry: [...passed, ...own] };
  }

  return {
    async fetch(input, init) {
      const url = new URL(input instanceof Request ? input.url : input);
      const answer = await ask(url.href, init);
      if (forged.size + slipped.length === 0 || init?.method === "POST") return answer;
      const body: unknown = await answer.json();
      if (!isObject(body) || body["resourceType"] !== "Bundle")
        return new Response(JSON.stringify(body), answer);
      const headers = new Headers(answer.headers);
      headers.delete("content-length");
      headers.delete("content-encoding");
      return new Response(JSON.stringify(changed(body, url)), { status: answer.status, headers });
    },
    forge: (type, id, change) => void forged.set(`${type}/${id}`, change),
    slip: (type, entry) => void slipped.push({ type, entry }),
  };
}
