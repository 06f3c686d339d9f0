import { z } from "zod";
import type { ActProof } from "./act-proof.ts";
import { ACT_SYSTEM } from "../../../shared/trust/index.ts";
import type { Act } from "../../../shared/trust/index.ts";

/**
 * How new resources are created: under our own id and only if there is none (`new`), under our own id, or under one of the
 * HIS's with ours as identifier.
 */
export type CreateWay = "new" | "put" | "post";

/** Where the HIS keeps a resource of an act. */
export interface Stored {
  readonly type: string;
  readonly id: string;
  readonly versionId: string | null;
}
export type StoredMap = Readonly<Record<string, Stored>>;

type Entry = Act["entries"][number];

/** An act as it is sent: with what vouches for it, where the HIS takes that. */
export interface Offered extends Pick<Act, "entries"> {
  readonly proof?: ActProof | null;
}

/**
 * The FHIR transaction of an act, or of several (R4 section 3.1.0.11.2): all of it is done or nothing, so that an act is
 * never at the HIS in part. Create: `PUT` with our UUID, or `POST` with our UUID as identifier and `If-None-Exist`. A `PUT`
 * says `If-None-Match: *`: it came after R4 and nothing rests on it, but a HIS that knows it never writes a create that
 * comes late over what was corrected meanwhile. Update: `PUT` with `If-Match`.
 */
export function actBundle(acts: readonly Offered[], way: CreateWay): object {
  return {
    resourceType: "Bundle",
    type: "transaction",
    entry: acts.flatMap(({ entries, proof }) => [
      ...entries.map((entry) => bundleEntry(entry, way)),
      ...(proof == null ? [] : [bundleEntry({ resource: proof.resource, base: null }, proof.way)]),
    ]),
  };
}

function bundleEntry({ resource, base }: Entry, way: CreateWay): object {
  const { resourceType: type, id } = resource;
  if (base !== null)
    return { resource, request: { method: "PUT", url: `${type}/${id}`, ifMatch: `W/"${base}"` } };
  if (way !== "post") {
    const request = { method: "PUT", url: `${type}/${id}` };
    return { resource, request: way === "new" ? { ...request, ifNoneMatch: "*" } : request };
  }
  const { id: _ours, ...nameless } = resource;
  return {
    fullUrl: `urn:uuid:${id}`,
    resource: nameless,
    request: {
      method: "POST",
      url: type,
      // FHIR R4 gives a Provenance no identifier by which it could be found again.
      ...(type !== "Provenance" && {
        ifNoneExist: `identifier=${encodeURIComponent(`${ACT_SYSTEM}|${id}`)}`,
      }),
    },
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
type Answered = z.infer<typeof Response>["entry"][number];

/**
 * Where the HIS says it stored each resource of each act, or null when the answer does not confirm every entry: then
 * nothing may be taken for sent, and the resources are looked for.
 */
export function confirmedBy(
  acts: readonly Offered[],
  way: CreateWay,
  answer: unknown,
): StoredMap[] | null {
  const parsed = Response.safeParse(answer);
  const count = acts.reduce(
    (sum, { entries, proof }) => sum + entries.length + (proof == null ? 0 : 1),
    0,
  );
  if (!parsed.success || parsed.data.entry.length !== count) return null;
  const answered = parsed.data.entry.values();
  const found: StoredMap[] = [];
  for (const { entries, proof } of acts) {
    const stored: Record<string, Stored> = {};
    for (const entry of entries) {
      const place = placeOf(entry, way, answered.next().value);
      if (place === null) return null;
      stored[entry.resource.id] = place;
    }
    // Whatever became of what vouches for it: the act is there.
    if (proof != null) answered.next();
    found.push(stored);
  }
  return found;
}

function placeOf(
  { resource, base }: Entry,
  way: CreateWay,
  entry: Answered | undefined,
): Stored | null {
  if (entry === undefined || !/^2\d\d\b/u.test(entry.response.status)) return null;
  const { resourceType: type, id: ours } = resource;
  const isOurs = base !== null || way !== "post";
  const [, id, version] = LOCATION.exec(entry.response.location ?? "") ?? [];
  const named = id ?? entry.resource?.id ?? (isOurs ? ours : undefined);
  if (named === undefined) return null;
  if (isOurs && named !== ours) return null;
  const tag = /^(?:W\/)?"([^"]+)"$/u.exec(entry.response.etag ?? "")?.[1];
  return { type, id: named, versionId: version ?? tag ?? entry.resource?.meta?.versionId ?? null };
}

/** Of any type: the entries come in our order, and the id is compared where it must be ours. */
const LOCATION = /(?:^|\/)[A-Z][A-Za-z]+\/([A-Za-z0-9.-]{1,64})(?:\/_history\/([^/]+))?$/u;
