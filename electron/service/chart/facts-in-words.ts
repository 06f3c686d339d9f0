import type { FactSide } from "../../../shared/contract/guard.ts";
import type { HowOften } from "../../../shared/contract/how-often.ts";
import {
  codeStatus,
  codings,
  field,
  hospitalNumber,
  howOftenSigns,
  isDeceased,
  medicineText,
  objects,
  patientName,
  readAllergies,
  readMedicines,
  referenceText,
  sexOf,
  text,
} from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";

type Line = {
  readonly label: string;
  readonly value: string;
  readonly frequency?: HowOften[];
};
type Said = readonly [label: string, value: string | null, frequency?: HowOften[] | undefined];

/** What one version of a safety-critical fact says, in the words a clinician knows it by. */
export function inWords(resource: FhirResource): Line[] {
  return linesOf(resource).flatMap(([label, value, frequency]) =>
    value === null || value === ""
      ? []
      : [{ label, value, ...(frequency !== undefined && { frequency }) }],
  );
}

/** Both sides, what differs marked on either; null for a side that is gone. */
export function sideBySide(
  a: FhirResource | null,
  b: FhirResource | null,
): readonly [FactSide["lines"], FactSide["lines"]] {
  const [left, right] = [a === null ? null : inWords(a), b === null ? null : inWords(b)];
  const said = (lines: readonly Line[] | null, one: Line): boolean =>
    lines?.some(({ label, value }) => label === one.label && value === one.value) ?? true;
  const marked = (lines: Line[] | null, others: Line[] | null): FactSide["lines"] =>
    lines?.map((one) => ({ ...one, changed: !said(others, one) })) ?? null;
  return [marked(left, right), marked(right, left)];
}

/** The name a hold goes by. */
export function nameOfFact(resource: FhirResource): string {
  return inWords(resource)[0]?.value ?? `${resource.resourceType}/${resource.id}`;
}

function linesOf(resource: FhirResource): Said[] {
  switch (resource.resourceType) {
    case "AllergyIntolerance":
      return allergyLines(resource);
    case "MedicationRequest":
      return orderLines(resource);
    case "Patient":
      return identityLines(resource);
    default:
      return statementLines(resource);
  }
}

function allergyLines(resource: FhirResource): [string, string | null][] {
  const [read] = readAllergies([resource]);
  if (read === undefined) return [];
  const { allergy } = read;
  return [
    ["substance", allergy.substance],
    ["code", allergy.code === null ? null : `${allergy.code.code} (${allergy.code.system})`],
    ["criticality", allergy.criticality],
    ["clinicalStatus", allergy.clinicalStatus],
    ["verificationStatus", allergy.verificationStatus],
    ...allergy.reactions.map(({ manifestations, severity }): [string, string] => [
      "reaction",
      [manifestations.join(", "), severity].filter(Boolean).join(" · "),
    ]),
    ["category", allergy.category.join(", ")],
    ...notes(resource),
    ["recorded", allergy.recordedDate],
    ["patient", referenceText(field(resource, "patient"))],
    ...hidden(resource),
  ];
}

function orderLines(resource: FhirResource): Said[] {
  const [order] = readMedicines([resource], [], { now: "", answersKnown: false });
  return [
    ["medicine", medicineText(resource)],
    ["code", codesOf(field(resource, "medicationCodeableConcept"))],
    ["status", text(field(resource, "status"))],
    ["intent", text(field(resource, "intent"))],
    ["dose", order?.dose ?? null],
    ["route", order?.route ?? null],
    ["frequency", howOftenSigns(order?.frequency ?? []), order?.frequency],
    ["end", endOf(resource)],
    ["instructions", order?.instructions ?? null],
    ["patient", referenceText(field(resource, "subject"))],
    ...hidden(resource),
  ];
}

function codesOf(concept: unknown): string {
  return codings(concept)
    .map(({ system, code }) => `${code} (${system})`)
    .join(", ");
}

/** When its lines end, each once. */
function endOf(order: FhirResource): string {
  const ends = objects(field(order, "dosageInstruction")).flatMap((line) => {
    const bounds = field(field(field(line, "timing"), "repeat"), "boundsPeriod");
    return text(field(bounds, "end")) ?? [];
  });
  return [...new Set(ends)].join(", ");
}

function identityLines(resource: FhirResource): [string, string | null][] {
  const name = patientName(resource);
  return [
    ["name", name === null ? null : `${name.family}, ${name.given}`],
    ["nameAr", name?.ar === undefined ? null : `${name.ar.family}، ${name.ar.given}`],
    ["birthDate", text(field(resource, "birthDate"))],
    ["sex", sexOf(resource)],
    ["identifier", hospitalNumber(resource)],
    ["deceased", isDeceased(resource) ? "yes" : null],
    ["active", field(resource, "active") === false ? "no" : null],
    ...objects(field(resource, "link")).map((link): [string, string | null] => [
      "link",
      [text(field(link, "type")), referenceText(field(link, "other"))].filter(Boolean).join(" "),
    ]),
    ...hidden(resource),
  ];
}

function statementLines(resource: FhirResource): [string, string | null][] {
  const inForce = { ...resource, status: "active", period: undefined };
  const said = codeStatus([inForce], "") ?? nameOfConcept(resource);
  return [
    ["statement", said],
    ["status", text(field(resource, "status"))],
    ["end", text(field(field(resource, "period"), "end"))],
    ["patient", referenceText(field(resource, "subject"))],
    ...hidden(resource),
  ];
}

function nameOfConcept(resource: FhirResource): string | null {
  const code = field(resource, "code");
  return (
    text(field(code, "text")) ??
    objects(field(code, "coding"))
      .map((one) => text(field(one, "display")) ?? text(field(one, "code")))
      .find((one) => one !== null) ??
    null
  );
}

function notes(resource: FhirResource): [string, string | null][] {
  return objects(field(resource, "note")).map((note) => ["note", text(field(note, "text"))]);
}

/** What no screen shows and may yet turn the meaning round. */
function hidden(resource: FhirResource): [string, string | null][] {
  const names = Object.keys(resource).filter(
    (name) =>
      ["modifierExtension", "implicitRules", "contained"].includes(name) || name.startsWith("_"),
  );
  return names.length === 0 ? [] : [["hidden", names.join(", ")]];
}
