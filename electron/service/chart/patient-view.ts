import type { PatientBanner, PatientView, VitalSet } from "../../../shared/contract/index.ts";
import {
  actIdentifier,
  ageAt,
  alerts,
  codeStatus,
  resuscitationInForce,
  doubleDoses,
  field,
  hospitalNumber,
  isDeceased,
  medicineText,
  millis,
  patientName,
  isPregnant,
  pregnancyStatements,
  readAllergies,
  readMedicines,
  readNotes,
  readProblems,
  readResults,
  readVital,
  sexOf,
  spo2ScaleStatement,
  summariseAllergies,
  text,
} from "../../../shared/clinical/index.ts";
import { medicineOf } from "../../../shared/clinical/drug-allergy/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { orderedOtherwise, ordersSignedHere } from "./ordered-otherwise.ts";
import { claimedAllergies, GUARD_MARK, guardFacts, isVerified, readMarks } from "./holds.ts";
import { versionOf } from "./giving.ts";
import { medicineChecks } from "./medicine-checks.ts";
import { withOwnAdministrations } from "./own-administrations.ts";
import { actIn, mergedSets, MOST_ACTS, standing, withChanges } from "./overlay.ts";
import type { ActRow } from "../store/index.ts";
import { orderedHere } from "./ordered-here.ts";
import { namer } from "./people.ts";
import { placeName, readPlaces } from "./places.ts";
import { latestScale, scorer } from "./scoring.ts";
import { halfOf, mergedWith, together } from "./merged.ts";
import { oldest, sectionStates } from "./sections.ts";
import type { Sources } from "./sources.ts";

/** What nobody gives any more is not checked either. */
const OVER: ReadonlySet<string> = new Set(["stopped", "completed", "cancelled"]);
/** A dose given twice is an alarm for this long. */
const DOUBLED_FOR_MS = 48 * 3_600_000;
/** Sets shown at most; what was charted here and is not yet in the record is shown beyond it. */
const MOST_SETS = 60;

/**
 * One patient whole: the pulled record with this PC's own acts laid over it. Null when the patient is not in this PC's
 * cache. Sections that are not loaded say so; what is already here of them is given all the same.
 */
export function patientView(sources: Sources, patient: string): PatientView | null {
  const { chart, now } = sources;
  const placement = chart.placement(patient);
  const own = chart.patient(patient);
  const ownRows = chart.sections(patient);
  if (placement === null && own.size === 0 && ownRows.length === 0) return null;
  const merged = mergedWith(chart, patient);
  // CLINICAL: of a merged record both halves are shown, and it is as complete as the less complete of the two.
  const halves = merged.from.map((other) => other.patient);
  const whole = together([own, ...halves.map((other) => halfOf(chart, patient, other))]);
  const rows = [ownRows, ...halves.map((other) => chart.sections(other))];

  const of = (type: string): readonly FhirResource[] => whole.get(type)?.resources ?? [];
  const lost = new Set([...whole].filter(([, list]) => list.damaged > 0).map(([type]) => type));
  const unreadable = [patient, ...halves].flatMap((each) => chart.unreadable(each));
  const section = (...types: string[]): PatientView["vitalsSection"] =>
    sectionStates(rows, unreadable, types, lost);
  const nameOf = namer(chart);
  const places = readPlaces(chart);

  const person = of("Patient")[0];
  const birthDate = text(field(person, "birthDate"));
  const allergies = readAllergies(of("AllergyIntolerance"));
  const statements = [...of("Flag"), ...of("ServiceRequest")];
  const medicinesSection = section("MedicationRequest", "MedicationAdministration");
  const spo2Scale = latestScale(
    spo2ScaleStatement(of("Flag")),
    spo2ScaleStatement(of("Observation")),
  );
  const pregnancy = pregnancyStatements([...of("Condition"), ...of("Observation")]);
  const score = scorer({
    birthDate,
    pregnancy,
    scale: spo2Scale,
    now,
  });

  const marks = readMarks(of(GUARD_MARK));
  const signedHere = ordersSignedHere(sources.acts);
  const banner: PatientBanner = {
    patient,
    // Without a name the id stands in for it: a banner is never blank.
    name: patientName(person) ?? { family: patient, given: "" },
    birthDate,
    age: ageAt(birthDate, now),
    sex: sexOf(person),
    identifier: hospitalNumber(person),
    bed:
      placement === null || placement.location === null
        ? null
        : placeName(places, placement.location),
    ward: placement === null ? null : placeName(places, placement.ward),
    deceased: isDeceased(person),
    allergies: summariseAllergies(allergies, section("AllergyIntolerance")),
    codeStatus: codeStatus(statements, now),
    codeStatusVerified: resuscitationInForce(statements, now).every((one) =>
      isVerified(marks, one),
    ),
    alerts: alerts(statements, now),
    statusSection: section("Flag", "ServiceRequest"),
    asOf: oldest(rows.flat().flatMap((row) => row.asOf ?? [])),
    merged,
  };

  const patientOrders = (): Pick<PatientView, "medicines" | "orderedHere"> => {
    const charted = sources.acts.newestActs(patient, MOST_ACTS);
    const administrations = withOwnAdministrations(of("MedicationAdministration"), charted);
    const orders = new Map(of("MedicationRequest").map((order) => [order.id, order]));
    const check = medicineChecks({
      allergies: of("AllergyIntolerance"),
      claimed: claimedAllergies(of(GUARD_MARK)),
      section: banner.allergies.section,
      administrations,
      knowledge: sources.knowledge ?? null,
      now,
    });
    const medicines = readMedicines([...orders.values()], administrations, {
      now,
      answersKnown: medicinesSection.loaded,
      nameOf,
    }).map((read) => {
      const order = orders.get(read.id);
      const over = OVER.has(read.status) || order === undefined;
      return Object.assign(read, {
        version: order === undefined ? null : versionOf(order),
        check: over ? null : check(medicineOf(order)),
      });
    });
    const { asOf } = section("MedicationRequest");
    const mine = [patient, ...halves].flatMap((each) => sources.acts.newestActs(each, MOST_ACTS));
    const here = orderedHere([...orders.values()], mine, { now, asOf, nameOf, check });
    return { medicines, orderedHere: here };
  };

  return {
    banner,
    access: "remit",
    problems: readProblems(of("Condition")),
    problemsSection: section("Condition"),
    allergies: allergies.map(({ allergy }) => allergy),
    ...patientOrders(),
    medicinesSection,
    doubleDoses: doubledOf(sources, patient, of, nameOf),
    vitals: vitalSets(sources, [patient, ...halves], of("Observation"), nameOf, score),
    vitalsSection: section("Observation"),
    pregnant: isPregnant(pregnancy, now),
    spo2Scale,
    results: readResults(of("Observation"), of("DiagnosticReport")),
    resultsSection: section("Observation", "DiagnosticReport"),
    notes: readNotes(of("DocumentReference"), nameOf),
    notesSection: section("DocumentReference"),
    ...guardFacts(
      patient,
      marks,
      of("MedicationRequest"),
      (order) => orderedOtherwise(signedHere, marks, order),
      sources.twoFor,
    ),
  };
}

/** CLINICAL: what was charted here and is still unsent counts too: the other PC's entry may have come before it. */
function doubledOf(
  { acts, now }: Sources,
  patient: string,
  of: (type: string) => readonly FhirResource[],
  nameOf: (reference: unknown) => string | null,
): PatientView["doubleDoses"] {
  const pulled = of("MedicationAdministration");
  const held = new Set(pulled.flatMap((one) => [one.id, actIdentifier(one) ?? one.id]));
  const own = standing(acts.newestActs(patient, MOST_ACTS))
    .filter(({ kind }) => kind !== "vitals")
    .flatMap((row) => actIn(row)?.entries ?? [])
    .map(({ resource }) => resource)
    .filter(({ id, resourceType }) => resourceType === "MedicationAdministration" && !held.has(id));
  const mine = new Set(own.map(({ id }) => id));
  const since = (millis(now) ?? 0) - DOUBLED_FOR_MS;
  const orders = of("MedicationRequest");
  return doubleDoses([...pulled, ...own], orders, nameOf)
    .filter(({ doses }) => doses.some(({ at }) => (millis(at) ?? 0) >= since))
    .map(({ order, due, doses }) => ({
      medicine: medicineText(orders.find(({ id }) => id === order) ?? { id: order }),
      due,
      doses: doses.map(({ id, at, by }) => ({ at, by, here: mine.has(id) })),
    }));
}

function correctionOf([row]: readonly ActRow[]): VitalSet["act"] {
  return row === undefined ? null : { uuid: row.uuid, state: row.state };
}

function vitalSets(
  sources: Sources,
  patients: readonly string[],
  observations: readonly FhirResource[],
  nameOf: (reference: unknown) => string | null,
  score: (values: VitalSet["values"]) => VitalSet["news2"],
): VitalSet[] {
  const rows = patients.flatMap((patient) => sources.acts.newestActs(patient, MOST_ACTS));
  const { resources, changed } = withChanges(observations, rows);
  const shown = mergedSets(
    resources.flatMap((one) => readVital(one) ?? []),
    rows,
  );
  return shown
    .filter(({ act }, index) => index < MOST_SETS || act !== null)
    .map(({ set, act }) => ({
      at: set.at,
      values: set.values,
      news2: score(set.values),
      author: nameOf({ reference: set.performer, display: set.performerText }),
      act,
      ids: act === null ? [...set.ids] : [],
      correction: correctionOf(set.ids.flatMap((id) => changed.get(id) ?? [])),
    }));
}
