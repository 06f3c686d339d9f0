import { HisError } from "../his/index.ts";
import type { HisClient, HisFailure } from "../his/index.ts";
import { ACT_SYSTEM } from "../../../shared/trust/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import type { Stored, StoredMap } from "./act-bundle.ts";
import { bringsDown } from "./link.ts";
import type { Link } from "./link.ts";
import { actIdsOf } from "./act-places.ts";
import { isObject, parsePage, PROVENANCE } from "./page.ts";
import type { PushMemory } from "./push-parts.ts";
import { identifierQuestion, writtenQuestion } from "./questions.ts";
import { holdsContent } from "./same-content.ts";

/** What the HIS holds of an act whose fate is unknown. */
export type Found =
  | { readonly kind: "none" }
  /** All of it, as it was charted. */
  | {
      readonly kind: "all";
      readonly stored: StoredMap;
      readonly copies: ReadonlyMap<string, number>;
    }
  /** Some of it, or another content under the same id. */
  | { readonly kind: "partly"; readonly detail: string };

/** This PC's clock may be so far ahead of the HIS's. */
const AHEAD_MS = 24 * 3_600_000;

/**
 * Looks for every resource of an act, by identifier and by our own id, and compares content; at a HIS that was seen
 * to drop identifiers, by content alone too. Throws `HisError` when the line is down, {@link LookFailed}, or `NotAPage` when a search answers with something else.
 */
export async function lookUp(parts: Looking, act: Act): Promise<Found> {
  return await looking(async () => await find(parts, act));
}

export interface Looking {
  readonly his: HisClient;
  readonly link: Link;
  readonly memory: Pick<PushMemory, "dropsIdentifiers">;
}

/** The HIS does not say what it holds. That is no word about the act that is looked for. */
export class LookFailed extends Error {
  readonly failure: HisFailure;
  constructor(failure: HisFailure) {
    super(failure.detail);
    this.failure = failure;
  }
}

/** Throws {@link LookFailed} for what is not the line's trouble. */
export async function looking<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof HisError) || bringsDown(error.failure)) throw error;
    throw new LookFailed(error.failure);
  }
}

async function find({ his, link, memory }: Looking, act: Act): Promise<Found> {
  const copies = await byIdentifier(his, link, act);
  const nameless = createNameless(his, link, act);
  const stored: Record<string, Stored> = {};
  const missing: string[] = [];
  const different: string[] = [];
  const isAlone = act.entries.every(({ resource }) => resource.resourceType === PROVENANCE);
  for (const { resource, base } of act.entries) {
    const { resourceType: type, id } = resource;
    // It travels with what it is about, and the HIS may have called it otherwise: that tells whether both are there.
    if (type === PROVENANCE && !isAlone) continue;
    const found = [...(copies.get(id) ?? [])];
    if (found.length === 0 || base !== null) {
      const read = await byId(his, link, `${type}/${id}`);
      if (read !== null) found.push(read);
    }
    // CLINICAL: never on suspicion: what somebody else charted in the same words would be taken for hers, and hers never sent.
    if (found.length === 0 && base === null && memory.dropsIdentifiers.has(type))
      found.push(...(await nameless(resource)));
    const { identifier: _ours, ...bare } = resource;
    const same = found.find((each) =>
      holdsContent(actIdsOf(each).length === 0 ? bare : resource, each, his.base),
    );
    if (same !== undefined) stored[id] = placeOf(type, same);
    // An update finds the version it was based on, which of course says something else: it was not done.
    else if (found.length === 0 || base !== null) missing.push(`${type}/${id}`);
    else different.push(`${type}/${id}`);
  }
  const looked = act.entries.filter(
    ({ resource }) => isAlone || resource.resourceType !== PROVENANCE,
  );
  if (missing.length === looked.length) return { kind: "none" };
  if (missing.length === 0 && different.length === 0)
    return {
      kind: "all",
      stored,
      copies: new Map([...copies].map(([id, found]) => [id, found.length])),
    };
  return {
    kind: "partly",
    detail:
      different.length > 0
        ? `the HIS holds something else than was charted under ${different.join(", ")}`
        : `the HIS holds only a part of it; missing: ${missing.join(", ")}`,
  };
}

/**
 * Resources that say what ours says, of the same patient, and bear no identifier of ours: a HIS that gives ids of its own and
 * keeps no identifiers has them so. Each of them is taken for one of ours only.
 */
function createNameless(his: HisClient, link: Link, act: Act) {
  const written = new Map<string, Promise<Record<string, unknown>[]>>();
  const since = new Date(Date.parse(act.at) - AHEAD_MS).toISOString();

  async function ask(type: string): Promise<Record<string, unknown>[]> {
    const found = new Map<string | null, Record<string, unknown>>();
    let target: string | null = writtenQuestion(type, act.patient, since);
    for (let pages = 0; target !== null && pages < 20; pages += 1) {
      const page: string = target;
      const answer = parsePage((await link.run(async () => await his.get(page))).bytes);
      for (const { id, resource } of answer.entries)
        if (actIdsOf(resource).length === 0) found.set(id, resource);
      target = answer.next;
    }
    return [...found.values()];
  }

  return async (ours: FhirResource): Promise<Record<string, unknown>[]> => {
    const type = ours.resourceType;
    const asked = written.get(type) ?? ask(type);
    written.set(type, asked);
    const { identifier: _ours, ...bare } = ours;
    const all = await asked;
    const at = all.findIndex((theirs) => holdsContent(bare, theirs, his.base));
    return at < 0 ? [] : all.splice(at, 1);
  };
}

/** Copies of each new resource of these acts that the HIS holds, by our identifier: more than one is a duplicate. */
export async function countCopies(
  his: HisClient,
  link: Link,
  acts: readonly Act[],
): Promise<ReadonlyMap<string, number>> {
  const found = await byIdentifier(his, link, { entries: acts.flatMap(({ entries }) => entries) });
  return new Map([...found].map(([id, resources]) => [id, resources.length]));
}

async function byIdentifier(
  his: HisClient,
  link: Link,
  act: Pick<Act, "entries">,
): Promise<Map<string, Record<string, unknown>[]>> {
  const found = new Map<string, Record<string, unknown>[]>();
  const types = Map.groupBy(
    // FHIR R4 gives a Provenance no identifier: it is looked for by its id alone.
    act.entries.filter(
      ({ resource, base }) => base === null && resource.resourceType !== PROVENANCE,
    ),
    ({ resource }) => resource.resourceType,
  );
  for (const [type, entries] of types) {
    let target: string | null = identifierQuestion(
      type,
      ACT_SYSTEM,
      entries.map(({ resource }) => resource.id),
    );
    for (let pages = 0; target !== null && pages < 20; pages += 1) {
      const page: string = target;
      const answer = parsePage((await link.run(async () => await his.get(page))).bytes);
      for (const { resource } of answer.entries) {
        for (const id of actIdsOf(resource)) found.set(id, [...(found.get(id) ?? []), resource]);
      }
      target = answer.next;
    }
  }
  return found;
}

/** One resource as the HIS holds it now; null when it does not (any more). Throws `HisError`. */
export async function byId(
  his: HisClient,
  link: Link,
  target: string,
): Promise<Record<string, unknown> | null> {
  try {
    const { bytes } = await link.run(async () => await his.get(target));
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(value) ? value : null;
  } catch (error) {
    if (error instanceof HisError && error.failure.kind === "gone") return null;
    throw error;
  }
}

function placeOf(type: string, resource: Record<string, unknown>): Stored {
  const meta = isObject(resource["meta"]) ? resource["meta"] : {};
  const version = meta["versionId"];
  return {
    type,
    id: String(resource["id"]),
    versionId: typeof version === "string" ? version : null,
  };
}
