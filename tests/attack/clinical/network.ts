import { isObject } from "../../../electron/service/sync/page.ts";

/** Somebody between the HIS and the workstation, TLS broken: what passes can be changed, left out and made up. */
export interface Network {
  readonly fetch: typeof globalThis.fetch;
  /** From now on entries about this resource are changed; null: left out of every answer, and of every history. */
  forge(type: string, id: string, change: (entry: Entry) => Entry | null): void;
  /** From now on this resource is something else when it reaches the HIS than the workstation sent. */
  alter(id: string, change: (resource: Entry) => Entry): void;
  /** Puts an entry of their own in every answer about changes of this type from now on. */
  slip(type: string, entry: (path: URL) => Entry | null): void;
}

export type Entry = Record<string, unknown>;

export function createNetwork(
  base: string,
  ask: (path: string, init?: RequestInit) => Promise<Response>,
): Network {
  const forged = new Map<string, (entry: Entry) => Entry | null>();
  const altered = new Map<string, (resource: Entry) => Entry>();
  const slipped: { type: string; entry: (path: URL) => Entry | null }[] = [];

  function keyOf(entry: Entry): string {
    const { resource, request } = entry;
    if (isObject(resource)) return `${String(resource["resourceType"])}/${String(resource["id"])}`;
    return isObject(request) ? String(request["url"]) : "";
  }
  function changed(bundle: Record<string, unknown>, url: URL): Record<string, unknown> {
    const asked = url.pathname.slice(new URL(base).pathname.length + 1).split("/")[0];
    const passed = partsOf(bundle).flatMap((entry) => {
      const change = forged.get(keyOf(entry));
      return change === undefined ? [entry] : (change(entry) ?? []);
    });
    const own = slipped.flatMap(({ type, entry }) => (type === asked ? (entry(url) ?? []) : []));
    return { ...bundle, entry: [...passed, ...own] };
  }

  /** A round's questions may travel together; each part is an answer like any other. */
  function inBatch(asked: Entry, told: Entry): Entry {
    const urls = partsOf(asked).map(({ request }) => String(isObject(request) && request["url"]));
    const entry = partsOf(told).map((part, at) =>
      isObject(part["resource"]) && part["resource"]["resourceType"] === "Bundle"
        ? Object.assign(part, {
            resource: changed(part["resource"], new URL(`${base}/${urls[at]}`)),
          })
        : part,
    );
    return { ...told, entry };
  }
  function sent(body: string): string {
    const bundle: unknown = JSON.parse(body);
    if (!isObject(bundle) || altered.size === 0) return body;
    const entry = partsOf(bundle).map((one) => {
      const { resource } = one;
      const change = isObject(resource) ? altered.get(String(resource["id"])) : undefined;
      return isObject(resource) && change !== undefined
        ? Object.assign(one, { resource: change(resource) })
        : one;
    });
    return JSON.stringify({ ...bundle, entry });
  }

  return {
    async fetch(input, init) {
      const url = new URL(input instanceof Request ? input.url : input);
      const altering =
        init?.method === "POST" && typeof init.body === "string" ? sent(init.body) : null;
      const answer = await ask(url.href, altering === null ? init : { ...init, body: altering });
      const asked: unknown = altering === null ? null : JSON.parse(altering);
      const isBatch = isObject(asked) && asked["type"] === "batch";
      if (forged.size + slipped.length === 0 || (init?.method === "POST" && !isBatch))
        return answer;
      const body: unknown = await answer.json();
      if (!isObject(body) || body["resourceType"] !== "Bundle")
        return new Response(JSON.stringify(body), answer);
      const headers = new Headers(answer.headers);
      headers.delete("content-length");
      headers.delete("content-encoding");
      const told = isBatch ? inBatch(asked, body) : changed(body, url);
      return new Response(JSON.stringify(told), { status: answer.status, headers });
    },
    forge: (type, id, change) => void forged.set(`${type}/${id}`, change),
    alter: (id, change) => void altered.set(id, change),
    slip: (type, entry) => void slipped.push({ type, entry }),
  };
}

function partsOf({ entry }: Entry): Entry[] {
  return Array.isArray(entry) ? entry.filter(isObject) : [];
}
