import { NOTHING_SAID } from "../../../shared/contract/guard.ts";
import type { ChangedLine, Hold, Standing } from "../../../shared/contract/guard.ts";
import { claimKey, GUARD_MARK, GuardMark, needsTwo } from "../guard/index.ts";
import type { Claim, TwoFor } from "../guard/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { nameOfFact, sideBySide } from "./facts-in-words.ts";

/** What the guard knows of a patient's facts beside the records themselves. */
export interface GuardFacts {
  readonly holds: Hold[];
  /** By `Type/id`; a fact that is not named was taken as it came, with nothing to compare it with. */
  readonly standings: Record<string, Standing>;
  /** What an order was before it was changed unsigned, and what it is, by its id. */
  readonly changedOrders: Record<string, ChangedLine[]>;
  /** Orders that the HIS holds otherwise than they were signed here. */
  readonly orderedOtherwise: string[];
}

/** Reads marks; one that does not read is left out: its records stand as the ledger left them. */
export function readMarks(resources: readonly FhirResource[]): GuardMark[] {
  return resources.flatMap((one) => {
    const read = GuardMark.safeParse(one);
    return read.success ? [read.data] : [];
  });
}

/** SECURITY: only what somebody entitled has signed, and nobody claims otherwise; no mark means that it came as it came. */
export function isVerified(
  marks: readonly GuardMark[],
  { resourceType, id }: FhirResource,
): boolean {
  return marks.some(
    ({ of, verdict, claims }) =>
      of.type === resourceType &&
      of.id === id &&
      verdict === "apply-verified" &&
      claims.length === 0,
  );
}

/**
 * `orders`: the MedicationRequests as they are, to be shown beside what they were; `signed`: what a doctor signed here of one
 * that the HIS holds otherwise.
 */
export function guardFacts(
  patient: string,
  marks: readonly GuardMark[],
  orders: readonly FhirResource[],
  signed: (order: FhirResource) => FhirResource | null,
  twoFor: readonly TwoFor[] = [],
): GuardFacts {
  const own = marks.filter(({ of }) => of.patient === patient);
  const signedAs = new Map(orders.map((now) => [now.id, signed(now)]));
  return {
    orderedOtherwise: orders.flatMap(({ id }) => (signedAs.get(id) == null ? [] : [id])),
    holds: marks.flatMap((mark) =>
      mark.claims.flatMap((claim) => holdOf(mark, claim, twoFor) ?? []),
    ),
    standings: Object.fromEntries(
      own.map((mark) => [`${mark.of.type}/${mark.of.id}`, standingOf(mark)]),
    ),
    changedOrders: Object.fromEntries(
      orders.flatMap((now) => {
        const mark = own.find(({ of }) => of.type === now.resourceType && of.id === now.id);
        const otherwise = signedAs.get(now.id) ?? null;
        const before = otherwise ?? mark?.before ?? null;
        if (before === null) return [];
        const was = whatItWas(before, now);
        if (was.some(({ changed }) => changed)) return [[now.id, was]];
        // What differs is not in words (the code of a unit): all of it is in doubt.
        return otherwise === null
          ? []
          : [[now.id, was.map((line) => Object.assign(line, { changed: true }))]];
      }),
    ),
  };
}

/** CLINICAL: what was not said before and is now, is a change too: `NOTHING_SAID` stands for it. */
function whatItWas(before: FhirResource, now: FhirResource): ChangedLine[] {
  const [was, is] = sideBySide(before, now);
  const said = new Map(is?.map(({ label, changed: _differs, ...line }) => [label, line]));
  const labels = new Set(was?.map(({ label }) => label));
  const added = is?.filter(({ label, changed }) => changed && !labels.has(label)) ?? [];
  return [
    ...(was ?? []),
    ...added.map(({ label }) => ({ label, value: NOTHING_SAID, changed: true })),
  ].map((line) => Object.assign(line, { now: said.get(line.label) ?? null }));
}

function standingOf({ verdict, firstSeen }: GuardMark): Standing {
  if (verdict === "apply-verified") return "verified";
  return firstSeen ? "first-seen" : "unverified";
}

function holdOf(mark: GuardMark, claim: Claim, twoFor: readonly TwoFor[]): Hold | null {
  const { inForce, of, suspended, signedBy } = mark;
  if (inForce === null) return null;
  const [kept, claimed] = sideBySide(inForce, claim.resource);
  return {
    ...of,
    claim: claimKey(claim),
    what: nameOfFact(inForce),
    reasons: [...claim.reasons],
    bothShown: claim.bothShown,
    suspended,
    inForce: {
      lines: kept,
      author: signedBy,
      at: inForce.meta?.lastUpdated ?? null,
      signed: mark.verdict === "apply-verified",
    },
    claimed: {
      lines: claimed,
      author: claim.by,
      at: claim.removed?.at ?? claim.resource?.meta?.lastUpdated ?? null,
      signed: false,
    },
    claimedFor: claim.patient === of.patient ? null : claim.patient,
    two: needsTwo(twoFor, inForce, claim),
    opinions: claim.opinions,
    since: claim.removed?.at ?? claim.resource?.meta?.lastUpdated ?? null,
  };
}

/** How many changes wait for a clinician, as the board counts them. */
export function countHolds(marks: readonly FhirResource[]): number {
  return readMarks(marks).reduce((sum, { claims }) => sum + claims.length, 0);
}

/**
 * CLINICAL: what drug checks use beside the allergies in force: every held claim that names something, whatever it is said to be
 * now. A re-coded allergy warns of both substances, one re-pointed here warns here too.
 */
export function claimedAllergies(resources: readonly FhirResource[]): FhirResource[] {
  return readMarks(resources).flatMap(({ of, inForce, claims }) => {
    if (of.type !== "AllergyIntolerance" || claims.length === 0) return [];
    const sides = [inForce, ...claims.map(({ resource }) => resource)];
    return sides.flatMap((side) => (side === null ? [] : [inForceAgain(side)]));
  });
}

function inForceAgain(allergy: FhirResource): FhirResource {
  const { clinicalStatus: _over, verificationStatus: _doubted, ...rest } = allergy;
  return rest;
}

export { GUARD_MARK };
