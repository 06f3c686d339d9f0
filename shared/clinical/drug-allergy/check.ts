import { readAllergies } from "../allergies.ts";
import { millis } from "../time.ts";
import { byWeight, isKnown, strongest } from "./match.ts";
import type { Match } from "./match.ts";
import { recogniseAllergy, recogniseMedicine } from "./recognise.ts";
import type { Recognised, RecognisedAllergy } from "./recognise.ts";
import { isMildIntolerance, isSevere } from "./severity.ts";
import { recordedOf, shares, toleranceOf } from "./tolerance.ts";
import type { PreparedDose, Recorded, Tolerance } from "./tolerance.ts";
import type { AllergyEntry, GivenDose, Knowledge, Medicine, NotChecked } from "./types.ts";

type ReadAllergy = ReturnType<typeof readAllergies>[number];

/** One allergy record that speaks against a medicine. */
export interface Reason {
  readonly allergy: ReadAllergy["allergy"];
  /** Which versions of the record say so: the one in force, a claimed one that is held, or both. */
  readonly provenance: readonly AllergyEntry["provenance"][];
  readonly severe: boolean;
  readonly match: Match;
  readonly action: "stop" | "inform";
  readonly tolerance: readonly Tolerance[];
}

export interface Check {
  /** CLINICAL: `stop` on definite or severe only; the rest informs. `none` is no promise: see `notChecked`. */
  readonly action: "stop" | "inform" | "none";
  /** What stops comes first, and of those the severe. */
  readonly reasons: readonly Reason[];
  readonly notChecked: readonly NotChecked[];
}

export interface CheckInput {
  /** Every version that counts: the check uses the union. */
  readonly allergies: readonly AllergyEntry[];
  readonly section: {
    readonly loaded: boolean;
    readonly damaged: boolean;
    readonly unreadable: readonly unknown[];
  };
  readonly given: readonly GivenDose[];
  readonly knowledge: Knowledge | null;
  /** Instant. */
  readonly now: string;
}

interface PreparedAllergy {
  readonly read: ReadAllergy;
  /** Of this version alone. */
  readonly provenance: Reason["provenance"];
  readonly recorded: Recorded | null;
  readonly recognised: RecognisedAllergy;
  readonly severe: boolean;
  readonly mild: boolean;
}

/**
 * Makes ready one patient's side of the check; what it gives judges a medicine. Pure: the same facts give the same answer.
 */
export function drugAllergyCheck(input: CheckInput): (medicine: Medicine) => Check {
  const { knowledge } = input;
  const all = input.allergies.flatMap((entry) => prepare(entry, knowledge));
  const inForce = all.filter(({ read }) => read.inForce);
  // SECURITY: a refutation that is only claimed reassures nobody.
  const refuted = all.filter(
    ({ read, provenance }) =>
      provenance.includes("effective") && read.allergy.verificationStatus === "refuted",
  );
  // Doses are mostly of the orders that are checked: within one check each medicine is recognised once.
  const recogniseOnce = remembering(knowledge);
  const doses = prepareDoses(input.given, recogniseOnce);
  const given = [...new Set(doses.map(({ recognised }) => recognised))];
  const gaps = gapsOf(input, inForce);

  return (medicine) => {
    const recognised = recogniseOnce(medicine);
    const same = dosesOf(recognised, doses, given);
    const found: Reason[] = [];
    // A loop: of thirty allergies most say nothing of one medicine, and forty medicines are asked about.
    for (const one of inForce) {
      const match = strongest(one.recognised, recognised, knowledge);
      if (match === null) continue;
      found.push({
        allergy: one.read.allergy,
        provenance: one.provenance,
        severe: one.severe,
        match,
        action: actionOf(match, one),
        tolerance: toleranceOf(one.recorded, match, same, doses),
      });
    }
    const wasRefuted = refuted
      .filter((one) => strongest(one.recognised, recognised, knowledge) !== null)
      .map(({ read: { allergy } }): Tolerance => {
        return { kind: "refuted", what: allergy.substance, at: allergy.recordedDate };
      });
    const merged = mergeVersions(found);
    const reasons =
      wasRefuted.length === 0
        ? merged
        : merged.map((reason): Reason => {
            return Object.assign(reason, { tolerance: [...reason.tolerance, ...wasRefuted] });
          });
    return {
      action: reasons[0]?.action ?? "none",
      reasons,
      notChecked: isKnown(recognised) ? gaps : [...gaps, { kind: "medicine-unknown" }],
    };
  };
}

/** SECURITY: what it remembers are a patient's words: it goes with the check, and a sealed PC holds none of them. */
function remembering(knowledge: Knowledge | null): (medicine: Medicine) => Recognised {
  const known = new Map<string, Recognised>();
  return (medicine) => {
    const key = JSON.stringify([medicine.words, medicine.concept]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const recognised = recogniseMedicine(medicine, knowledge);
    known.set(key, recognised);
    return recognised;
  };
}

/** Latest first. */
function prepareDoses(
  given: readonly GivenDose[],
  recogniseOnce: (medicine: Medicine) => Recognised,
): PreparedDose[] {
  return given
    .map((dose): PreparedDose => {
      const { medicine, at } = dose;
      return { medicine, at, recognised: recogniseOnce(medicine), millis: millis(at) ?? 0 };
    })
    .toSorted((a, b) => b.millis - a.millis);
}

/** Those that share a substance with a medicine. Many doses are of one order, and looked at once. */
function dosesOf(
  medicine: Recognised,
  doses: readonly PreparedDose[],
  given: readonly Recognised[],
): readonly PreparedDose[] {
  const same = given.filter((recognised) => shares(recognised, medicine));
  return same.length === 0 ? [] : doses.filter(({ recognised }) => same.includes(recognised));
}

function prepare(entry: AllergyEntry, knowledge: Knowledge | null): PreparedAllergy[] {
  const [read] = readAllergies([entry.resource]);
  if (read === undefined || read.kind !== "allergy") return [];
  return [
    {
      read,
      provenance: [entry.provenance],
      recorded: recordedOf(read.allergy.recordedDate),
      recognised: recogniseAllergy(entry.resource, knowledge),
      severe: isSevere(entry.resource),
      mild: isMildIntolerance(entry.resource),
    },
  ];
}

/** CLINICAL: definite stops, severe stops if the medicine may do it again; everything else informs. */
function actionOf(match: Match, { severe, mild }: PreparedAllergy): Reason["action"] {
  if (match.strength === "definite") return mild ? "inform" : "stop";
  return match.strength === "possible" && severe ? "stop" : "inform";
}

/** Versions of one record are one reason, the gravest of them, with both named. */
function mergeVersions(reasons: readonly Reason[]): readonly Reason[] {
  const isOfAnother = ({ allergy }: Reason, at: number): boolean =>
    reasons.findIndex((one) => one.allergy.id === allergy.id) === at;
  // As nearly always: one version of each.
  if (reasons.every(isOfAnother)) return reasons.length < 2 ? reasons : reasons.toSorted(byGravity);
  const byRecord = Map.groupBy(reasons, ({ allergy }) => allergy.id);
  return [...byRecord.values()]
    .flatMap((versions) => {
      if (versions.length === 1) return versions;
      const [gravest] = versions.toSorted(byGravity);
      if (gravest === undefined) return [];
      const provenance = [...new Set(versions.flatMap((one) => one.provenance))].toSorted();
      return [{ ...gravest, provenance: provenance.toReversed() }];
    })
    .toSorted(byGravity);
}

function byGravity(a: Reason, b: Reason): number {
  return (
    Number(b.action === "stop") - Number(a.action === "stop") ||
    Number(b.severe) - Number(a.severe) ||
    byWeight(a.match, b.match)
  );
}

function gapsOf(
  { section, knowledge, now }: CheckInput,
  inForce: readonly PreparedAllergy[],
): NotChecked[] {
  const gaps: NotChecked[] = [];
  if (!section.loaded) gaps.push({ kind: "allergies-not-loaded" });
  if (section.damaged) gaps.push({ kind: "allergies-damaged" });
  const count = section.unreadable.length;
  if (count > 0) gaps.push({ kind: "allergies-unreadable", count });
  if (knowledge === null) gaps.push({ kind: "no-pack" });
  // CLINICAL: an old pack still knows what it knows. Its matches stand; that it may miss some is said.
  else if ((millis(knowledge.validTo) ?? 0) < (millis(now) ?? 0))
    gaps.push({ kind: "pack-expired", since: knowledge.validTo });
  const unknown = inForce.filter(({ read, recognised }) => {
    const { category } = read.allergy;
    const noMedicine =
      category.length > 0 && category.every((one) => one === "food" || one === "environment");
    return !isKnown(recognised) && !noMedicine;
  });
  for (const substance of new Set(unknown.map(({ read }) => read.allergy.substance)))
    gaps.push({ kind: "allergy-unknown", substance });
  return gaps;
}
