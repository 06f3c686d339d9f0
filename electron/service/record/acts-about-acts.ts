import {
  decided,
  field,
  mergeResource,
  objects,
  type Side,
} from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import { versionKey, type Versions } from "../store/index.ts";

interface About {
  readonly uuid: string;
  readonly author: string;
  readonly workstation: string;
  readonly at: string;
  readonly reason: string;
}

/**
 * Takes an unsent act back. Its entries are the resources as *entered in error*: what is written at the HIS if it turns out
 * to have the act after all. What an update would have changed stays as it is.
 */
export function makeWithdrawalAct(target: Act, input: About): Act {
  return {
    ...frame("withdrawal", target, input),
    entries: target.entries.map(({ resource, base }) =>
      base !== null
        ? { resource, base }
        : { resource: enteredInError(resource, input), base: null },
    ),
  };
}

function enteredInError(resource: FhirResource, { author, at, reason }: About): FhirResource {
  const note = { authorReference: { reference: `Practitioner/${author}` }, time: at, text: reason };
  return {
    ...resource,
    status: "entered-in-error",
    note: [...objects(field(resource, "note")), note],
  };
}

/**
 * What is to stand after a conflict: each resource on the version the HIS holds, signed by who decided. `send` is false when
 * she decided for what is there already. Null when there is nothing to decide between.
 */
export function makeResolutionAct(
  target: Act,
  versions: { readonly bases: Versions; readonly theirs: Versions },
  choice: (resource: string, field: string) => Side,
  input: About,
): { readonly act: Act; readonly send: boolean } | null {
  const entries: Act["entries"] = [];
  let send = false;
  for (const { resource: mine } of target.entries) {
    const name = versionKey(mine);
    const theirs = versions.theirs[name];
    const base = theirs?.meta?.versionId;
    if (theirs === null || theirs === undefined || base === undefined) return null;
    const merge = mergeResource({ base: versions.bases[name] ?? null, mine, theirs });
    const { meta: _theirs, ...resource } = decided(theirs, merge, (part) => choice(name, part));
    send ||= merge.differences.some(
      (one) => JSON.stringify(pick(resource, one.theirs, one.mine)) !== JSON.stringify(one.theirs),
    );
    entries.push({ resource, base });
  }
  return entries.length === 0
    ? null
    : { act: { ...frame("resolution", target, input), entries }, send };
}

/** The keys of a field as they stand in a resource. */
function pick(resource: FhirResource, ...parts: readonly object[]): object {
  const keys = new Set(parts.flatMap((part) => Object.keys(part)));
  return Object.fromEntries(Object.entries(resource).filter(([name]) => keys.has(name)));
}

function frame(kind: Act["kind"], target: Act, input: About): Omit<Act, "entries"> {
  const { uuid, author, workstation, at, reason } = input;
  const about = { act: target.uuid, reason };
  return { v: 1, uuid, kind, patient: target.patient, author, workstation, at, about };
}
