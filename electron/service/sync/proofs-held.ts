import { createProver, identifiersOf, isGuarded, saidIn, signaturesIn } from "../guard/index.ts";
import type { Proof, SigningTrust } from "../guard/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";

/** Signatures kept in memory; about 1.5 KB each. What is forgotten comes again with the next page that has need of it. */
const KEPT = 20_000;

/** What the Provenances that came have proven, while the chart is open: for facts that come, that came before, or that go. */
export interface HeldProofs {
  /** Whose signatures count from now on: all are looked at again. */
  trust(next: SigningTrust): void;
  /** Takes in what came, and verifies what is new. Answers the facts (`Type/id`) of which something new was proven. */
  add(provenances: readonly Readonly<Record<string, unknown>>[]): ReadonlySet<string>;
  /** What is proven of a resource under its id and its identifiers. */
  of(resource: FhirResource): readonly Proof[];
  /** Whom the newest Provenance names as the author of what was done to `Type/id`; nothing proves it. */
  author(name: string): string | null;
}

interface Kept {
  readonly jws: string;
  readonly targets: readonly string[];
}

export function createHeldProofs(now: () => number): HeldProofs {
  let prover = createProver({ site: "", keys: [], revoked: [] });
  let kept = new Map<string, Kept>();
  const proven = new Map<string, Proof[]>();
  const authors = new Map<string, { readonly by: string; readonly recorded: string }>();
  let again: Kept[] = [];

  function note(name: string, proof: Proof): void {
    const known = proven.get(name);
    if (known === undefined) proven.set(name, [proof]);
    else known.push(proof);
  }

  function verify({ jws, targets }: Kept): readonly string[] {
    const proofs = prover.prove(jws, now());
    for (const proof of proofs) {
      const { type, id, identifier } = proof.fact;
      if (!isGuarded(type)) continue;
      if (id !== null) note(`${type}/${id}`, proof);
      else if (identifier !== null) note(`${type}|${identifier}`, proof);
    }
    return proofs.length === 0 ? [] : targets;
  }

  return {
    trust(next) {
      prover = createProver(next);
      proven.clear();
      again = [...kept.values()];
    },
    add(provenances) {
      const fresh = again;
      again = [];
      for (const provenance of provenances) {
        const { targets, by, recorded } = saidIn(provenance);
        const named = targets.filter((name) => isGuarded(name.split("/")[0] ?? ""));
        for (const name of by === null ? [] : named)
          if ((authors.get(name)?.recorded ?? "") <= recorded)
            authors.set(name, { by: by ?? "", recorded });
        for (const jws of signaturesIn(provenance)) {
          if (kept.has(jws)) continue;
          const one = { jws, targets: named };
          kept.set(jws, one);
          fresh.push(one);
        }
      }
      const found = fresh.flatMap(verify);
      if (kept.size > KEPT) {
        kept = new Map();
        proven.clear();
        authors.clear();
        // Of what just came everything is needed at once.
        for (const one of fresh) kept.set(one.jws, one);
        fresh.forEach(verify);
      }
      return new Set(found);
    },
    of(resource) {
      const { resourceType: type, id } = resource;
      const own = proven.get(`${type}/${id}`) ?? [];
      if (resource["identifier"] === undefined) return own;
      return [
        ...own,
        ...[...identifiersOf(resource)].flatMap((name) => proven.get(`${type}|${name}`) ?? []),
      ];
    },
    author: (name) => authors.get(name)?.by ?? null,
  };
}
