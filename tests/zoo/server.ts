import { z } from "zod";

/** A FHIR server as the zoo reaches it: open, or with a bearer token. */
export interface Server {
  readonly name: string;
  /** With a closing slash. */
  readonly base: string;
  readonly fetch: typeof globalThis.fetch;
  /** So much of the server's time passes: really, or by its clock where that obeys a test. */
  later(seconds: number): Promise<void>;
}

/** `token` gives the bearer token for the next request; null for an open server. */
export function serverAt(
  name: string,
  baseUrl: string,
  token: () => Promise<string | null>,
  later: Server["later"],
): Server {
  return {
    name,
    base: baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`,
    later,
    async fetch(input, init) {
      const headers = new Headers(init?.headers);
      const bearer = await token();
      if (bearer !== null) headers.set("authorization", `Bearer ${bearer}`);
      return await fetch(input, { ...init, headers });
    },
  };
}

const Held = z.looseObject({
  resourceType: z.string(),
  id: z.string(),
  meta: z.looseObject({ versionId: z.string() }),
});
export type Held = z.infer<typeof Held>;
const Page = z.looseObject({
  entry: z.array(z.looseObject({ resource: Held })).default([]),
  link: z.array(z.object({ relation: z.string(), url: z.string() })).default([]),
});

/** Another system of the hospital, writing plain FHIR past the workstation; it takes whatever id the server gives. */
export function otherSystem({ base, fetch }: Server) {
  async function send(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(new URL(path, base), {
      method,
      headers: { "content-type": "application/fhir+json", accept: "application/fhir+json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return text === "" ? null : (JSON.parse(text) as unknown);
  }
  const create = async (resource: { resourceType: string }): Promise<Held> =>
    Held.parse(await send("POST", resource.resourceType, resource));
  /** A search to its last page, each resource once. */
  async function all(search: string): Promise<Held[]> {
    const found = new Map<string, Held>();
    let next: string | undefined = search;
    while (next !== undefined) {
      const page = Page.parse(await send("GET", next));
      for (const { resource } of page.entry) found.set(resource.id, resource);
      next = page.link.find(({ relation }) => relation === "next")?.url;
    }
    return [...found.values()];
  }
  return {
    create,
    all,
    read: async (path: string): Promise<Held> => Held.parse(await send("GET", path)),
    update: async (resource: Held): Promise<Held> =>
      Held.parse(await send("PUT", `${resource.resourceType}/${resource.id}`, resource)),
    remove: async ({ resourceType, id }: Held): Promise<void> =>
      void (await send("DELETE", `${resourceType}/${id}`)),
    async transaction(resources: readonly { resourceType: string }[]): Promise<void> {
      const entry = resources.map((resource) => ({
        resource,
        request: { method: "POST", url: resource.resourceType },
      }));
      await send("POST", "", { resourceType: "Bundle", type: "transaction", entry });
    },
  };
}
export type OtherSystem = ReturnType<typeof otherSystem>;
