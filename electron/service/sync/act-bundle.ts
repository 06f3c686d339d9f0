import { z } from "zod";
import { ACT_SYSTEM } from "../../../shared/trust/index.ts";
import type { Act } from "../../../shared/trust/index.ts";

/** How new resources are created: under our own id, or under one of the HIS's with ours as identifier. */
export type CreateWay = "put" | "post";

/** Where the HIS keeps a resource of an act. */
export interface Stored {
  readonly type: string;
  readonly id: string;
  readonly versionId: string | null;
}
export type StoredMap = Readonly<Record<string, Stored>>;

/**
 * The FHIR transaction of an act (R4 section 3.1.0.11.2). Create: `PUT` with our UUID, or `POST` with our UUID as
 * identifier and `If-None-Exist`; never `If-None-Match: *`, which came after R4. Update: `PUT` with `If-Match`.
 */
export function actBundle(act: Act, way: CreateWay): object {
  return {
    resourceType: "Bundle",
    type: "transaction",
    entry: act.entries.map(({ resource, base }) => {
      const { resourceType: type, id } = resource;
      if (base !== null)
        return {
          resource,
          request: { method: "PUT", url: `${type}/${id}`, ifMatch: `W/"${base}"` },
        };
      if (way === "put") return { resource, request: { method: "PUT", url: `${type}/${id}` } };
      const { id: _ours, ...nameless } = resource;
      return {
        fullUrl: `urn:uuid:${id}`,
        resource: nameless,
        request: {
          method: "POST",
          url: type,
          ifNoneExist: `identifier=${encodeURIComponent(`${ACT_SYSTEM}|${id}`)}`,
        },
      };
    }),
  };
}

const Response = z.looseObject({
  resourceType: z.literal("Bundle"),
  type: z.literal("transaction-response"),
  entry: z.array(
    z.looseObject({
      resource: z
        .looseObject({
          id: z.string().optional(),
          meta: z.looseObject({ versionId: z.string().optional() }).optional(),
        })
        .optional(),
      response: z.looseObject({
        status: z.string(),
        location: z.string().optional(),
        etag: z.string().optional(),
      }),
    }),
  ),
});

/**
 * Where the HIS says it stored each resource, or null when the answer does not confirm every entry: then nothing may be
 * taken for sent, and the resources are looked for.
 */
export function confirmedBy(act: Act, way: CreateWay, answer: unknown): StoredMap | null {
  const parsed = Response.safeParse(answer);
  if (!parsed.success || parsed.data.entry.length !== act.entries.length) return null;
  const stored: Record<string, Stored> = {};
  for (const [index, { resource, base }] of act.entries.entries()) {
    const entry = parsed.data.entry[index];
    if (entry === undefined || !/^2\d\d\b/u.test(entry.response.status)) return null;
    const { resourceType: type, id: ours } = resource;
    const [, id, version] =
      new RegExp(`(?:^|/)${type}/([A-Za-z0-9.-]{1,64})(?:/_history/([^/]+))?$`, "u").exec(
        entry.response.location ?? "",
      ) ?? [];
    const named = id ?? entry.resource?.id ?? (base !== null || way === "put" ? ours : undefined);
    if (named === undefined) return null;
    if ((base !== null || way === "put") && named !== ours) return null;
    const tag = /^(?:W\/)?"([^"]+)"$/u.exec(entry.response.etag ?? "")?.[1];
    stored[ours] = {
      type,
      id: named,
      versionId: version ?? tag ?? entry.resource?.meta?.versionId ?? null,
    };
  }
  return stored;
}
