import type { AcceptedFact, SignedWith, Yielded } from "./fact.ts";

/** Kept of one fact. What is older is told as one. */
const KEPT = 12;

/** What is remembered of a fact once it has given way to these signatures. */
export function remembering(
  { yielded, ...fact }: AcceptedFact,
  to: readonly SignedWith[],
): readonly Yielded[] {
  const { patient, resource, verdict, firstSeen, removed, before } = fact;
  const { signedAt, signedBy, signedWith, signedOver } = fact;
  const stood = { patient, resource, verdict, firstSeen, removed, before };
  const all = [...yielded, { to, stood: { ...stood, signedAt, signedBy, signedWith, signedOver } }];
  const [first, second, ...others] = all;
  if (all.length <= KEPT || first === undefined || second === undefined) return all;
  // SECURITY: a thief who changes a fact over and over must not push out what stood before him. Two are told as the older one.
  return [{ to: latest([...first.to, ...second.to]), stood: first.stood }, ...others];
}

/** Of each key and author the latest is enough to know whether it still counts. */
function latest(all: readonly SignedWith[]): readonly SignedWith[] {
  const found = new Map<string, SignedWith>();
  for (const one of all) {
    const name = JSON.stringify([one.kid, one.by]);
    const known = found.get(name);
    if (known === undefined || Date.parse(known.at) < Date.parse(one.at)) found.set(name, one);
  }
  return [...found.values()];
}
