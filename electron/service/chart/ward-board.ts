import type { BoardRow, WardBoard } from "../../../shared/contract/index.ts";
import {
  ageAt,
  dueOf,
  millis,
  patientName,
  readAnswers,
  trend,
} from "../../../shared/clinical/index.ts";
import { WARD_PATIENT } from "../store/index.ts";
import type { ActRow, ChartReader, PlacementRow } from "../store/index.ts";
import { CARD_SETS, joinCards, makeCard, parseCard } from "./card.ts";
import type { Card } from "./card.ts";
import { withOwnAdministrations } from "./own-administrations.ts";
import { changedReadings, mergedSets, MOST_ACTS } from "./overlay.ts";
import { bedsOf, chooseWard, natural, placeName, readPlaces } from "./places.ts";
import { latestScale, scorer } from "./scoring.ts";
import { oldest, sectionState, sectionStates, whollyLoaded } from "./sections.ts";
import { identityOnly } from "./remit.ts";
import type { Sources } from "./sources.ts";

/** CLINICAL: "due" on the board looks this far ahead. */
const DUE_WITHIN_MS = 3_600_000;

/**
 * The ward board: a row for every bed, empty ones too, and for every patient of the ward, those without a bed last.
 * Without `ward` it is the first ward that has patients.
 */
export function wardBoard(
  sources: Sources,
  ward: string | undefined,
  isOutside: (patient: string) => boolean = () => false,
): WardBoard {
  const { chart } = sources;
  const places = readPlaces(chart);
  const chosen = chooseWard(
    places,
    ward === undefined ? chart.placements().map((one) => one.ward) : [],
    ward,
  );
  const placements = chart.placements(chosen.id);
  const unsent = sources.acts.unsentByPatient();
  const cards = chart.cards(placements.map((one) => one.patient));
  const seen: (string | null)[] = [];
  const rows = placements.map((placement): BoardRow => {
    const card = parseCard(cards.get(placement.patient)) ?? cardFromChart(chart, placement.patient);
    const own = {
      rows: sources.acts.newestActs(placement.patient, MOST_ACTS),
      unsent: unsent.get(placement.patient) ?? 0,
    };
    const bed = placement.location === null ? "" : placeName(places, placement.location);
    const { row, asOf } = patientRow(sources, placement, card, own);
    seen.push(asOf);
    return { ...(isOutside(placement.patient) ? identityOnly(row) : row), bed };
  });
  const taken = new Set(placements.map((one) => one.location));
  // Who lies where is asked of the stays, after the tree of Locations has come.
  const stays = chart.sections(WARD_PATIENT).find(({ type }) => type === "Encounter");
  const bedsAsOf = stays?.loaded === true ? stays.asOf : null;
  // CLINICAL: "empty" is a statement; until that answer has come a bed without a patient is left out, not called empty.
  const empty = (bedsAsOf === null ? [] : bedsOf(places, chosen.id))
    .filter((bed) => !taken.has(bed))
    .map((bed) => emptyRow(placeName(places, bed)));
  return {
    ward: chosen,
    rows: [...rows, ...empty].toSorted(byBed),
    asOf: oldest(seen.filter((one) => one !== null)),
    bedsAsOf,
    loading: rows.filter((one) => !one.loaded).length,
  };
}

function byBed(a: BoardRow, b: BoardRow): number {
  if ((a.bed === "") !== (b.bed === "")) return a.bed === "" ? 1 : -1;
  return (
    natural(a.bed, b.bed) ||
    natural(a.name?.family ?? "", b.name?.family ?? "") ||
    natural(a.patient ?? "", b.patient ?? "")
  );
}

/** A card of an older version, or a lost one, is made again from the record for this one reading. */
export function cardFromChart(chart: ChartReader, patient: string): Card | null {
  return parseCard(
    makeCard(
      null,
      { upserts: [], removed: [] },
      (type) => chart.resources(patient, type).resources,
    ),
  );
}

function emptyRow(bed: string): BoardRow {
  return {
    patient: null,
    merged: [],
    bed,
    name: null,
    age: null,
    sex: null,
    identifier: null,
    news2: null,
    allergies: "not-recorded",
    unreadable: 0,
    due: 0,
    overdue: 0,
    unsent: 0,
    doubleDoses: 0,
    holds: 0,
    loaded: true,
    damaged: false,
    asOf: null,
    arrived: { vitals: true, medicines: true },
    outside: false,
  };
}

function patientRow(
  sources: Sources,
  placement: PlacementRow,
  alone: Card | null,
  own: { readonly rows: readonly ActRow[]; readonly unsent: number },
): { readonly row: BoardRow; readonly asOf: string | null } {
  const { chart, now } = sources;
  // CLINICAL: an allergy of either half of a merged record is his.
  const halves = alone?.replaces ?? [];
  const card = halves.reduce<Card | null>((whole, half) => {
    const other = parseCard(chart.card(half));
    return whole === null || other === null ? whole : joinCards(whole, other);
  }, alone);
  const everybody = [placement.patient, ...halves];
  const records = everybody.map((each) => chart.sections(each));
  const sections = records.flat();
  const unreadable = everybody.flatMap((each) => chart.unreadable(each));
  const allergies = sectionStates(records, unreadable, ["AllergyIntolerance"]);
  const medicines = sectionStates(records, unreadable, [
    "MedicationRequest",
    "MedicationAdministration",
  ]);
  const vitals = sectionState(sections, unreadable, ["Observation"]);
  const asOf = oldest(sections.flatMap((one) => one.asOf ?? []));
  const patient = card?.patient ?? null;
  const row: BoardRow = {
    patient: placement.patient,
    merged: [...halves],
    bed: "",
    name: patient?.name ?? null,
    age: ageAt(patient?.birthDate ?? null, now),
    sex: patient?.sex ?? null,
    identifier: patient?.identifier ?? null,
    news2: card === null ? null : boardNews2(card, own.rows, now),
    allergies: allergyState(card, allergies),
    unreadable: allergies.unreadable.length,
    ...dueCounts(card, own.rows, medicines.loaded, now),
    unsent: own.unsent,
    doubleDoses: card === null ? 0 : recentDoubles(card.doubled, now).length,
    holds: card?.holds ?? 0,
    loaded: records.every(whollyLoaded),
    damaged: sections.some((one) => one.damaged),
    asOf,
    arrived: { vitals: vitals.loaded, medicines: medicines.loaded },
    outside: false,
  };
  return { row, asOf };
}

/** CLINICAL: the same rules as the banner's (`summariseAllergies`): what is not loaded or not readable is never "none". */
function allergyState(
  card: Card | null,
  section: ReturnType<typeof sectionState>,
): BoardRow["allergies"] {
  if (card === null || !section.loaded) return "not-loaded";
  if (card.allergies.harmful > 0) return card.allergies.high ? "listed-high" : "listed";
  if (section.damaged || section.unreadable.length > 0) return "not-loaded";
  return card.allergies.noneKnown ? "none-known" : "not-recorded";
}

function boardNews2(card: Card, own: readonly ActRow[], now: string): BoardRow["news2"] {
  const kept = Math.min(...card.readings.map((one) => millis(one.at) ?? Number.POSITIVE_INFINITY));
  // Only acts that can be among the latest sets are opened; older ones cannot show here.
  const recent = own
    .filter((row) => !card.older || (millis(row.at) ?? 0) >= kept)
    .toSorted((a, b) => (millis(b.at) ?? 0) - (millis(a.at) ?? 0))
    .slice(0, CARD_SETS);
  const sets = mergedSets(changedReadings(card.readings, own), recent);
  const score = scorer({
    birthDate: card.patient?.birthDate ?? null,
    pregnancy: [...card.pregnantByCondition, ...card.pregnantByObservation],
    scale: latestScale(card.scaleByFlag, card.scaleByObservation),
    now,
  });
  const scored = sets.map(({ set }) => ({ at: set.at, score: score(set.values) }));
  const [latest, ...earlier] = scored;
  if (latest === undefined) return null;
  const lastTotal = earlier.find((one) => one.score.total !== null);
  return {
    score: latest.score,
    at: latest.at,
    trend: trend(latest.score, lastTotal?.score),
    ...(latest.score.without === "incomplete" && lastTotal !== undefined && { lastTotal }),
  };
}

function dueCounts(
  card: Card | null,
  own: readonly ActRow[],
  answersKnown: boolean,
  now: string,
): { due: number; overdue: number } {
  let [due, overdue] = [0, 0];
  // CLINICAL: while administrations are not loaded nothing can be called due or overdue.
  if (card === null || !answersKnown) return { due, overdue };
  const charted = readAnswers(withOwnAdministrations([], own)).filter(
    (one) =>
      !card.answers.some((held) => held.order === one.order && millis(held.at) === millis(one.at)),
  );
  const answers = Map.groupBy([...card.answers, ...charted], (one) => one.order);
  const horizon = (millis(now) ?? 0) + DUE_WITHIN_MS;
  for (const order of card.orders) {
    const next = dueOf(order, answers.get(order.id) ?? [], now);
    if (next.overdue) overdue += 1;
    else if (next.nextDue !== null && (millis(next.nextDue) ?? Infinity) <= horizon) due += 1;
  }
  return { due, overdue };
}

/** CLINICAL: an alarm about a dose given twice stands for a day; then it is history. */
function recentDoubles(moments: readonly string[], now: string): string[] {
  const since = (millis(now) ?? 0) - 24 * 3_600_000;
  return moments.filter((moment) => (millis(moment) ?? 0) >= since);
}

/** The name and bed of a patient as the outbox shows them. */
export function whoAndWhere(
  chart: ChartReader,
  patient: string,
): { readonly name: ReturnType<typeof patientName>; readonly location: string | null } {
  const card = parseCard(chart.card(patient)) ?? cardFromChart(chart, patient);
  return {
    name: card?.patient?.name ?? null,
    location: chart.placement(patient)?.location ?? null,
  };
}
