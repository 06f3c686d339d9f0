import type { FhirResource } from "../../shared/fhir/index.ts";
import type { Recovered, Recovery } from "./recover.ts";

/** What was recovered, in lines a person reads: the values are patients' data, so they go to who asked and nowhere else. */
export function report(recovery: Recovery): string[] {
  const { acts, damaged, missing, unopened, unreadable } = recovery;
  const unsent = acts.filter(({ sent }) => !sent);
  return [
    `Escrow of workstation ${recovery.workstation ?? "(unknown: its header is damaged)"}, site ${recovery.site ?? "(unknown)"}`,
    `${acts.length} acts opened: ${unsent.length} were never sent, ${acts.length - unsent.length} are marked as sent.`,
    ...(unopened.length > 0
      ? [`${unopened.length} entries do not open with this key: number ${unopened.join(", ")}.`]
      : []),
    ...(unreadable.length > 0
      ? [`${unreadable.length} entries hold no readable act: number ${unreadable.join(", ")}.`]
      : []),
    ...(damaged.length > 0
      ? [
          `${damaged.length} damaged stretches: ${damaged.map(({ offset, bytes }) => `${bytes} bytes at ${offset}`).join("; ")}.`,
        ]
      : []),
    ...(missing.length > 0
      ? [`Numbers lost with them: ${missing.join(", ")}. Ask the ward what was charted then.`]
      : []),
    "",
    ...acts.flatMap(linesOf),
  ];
}

const SIGNATURES = {
  valid: "signature valid",
  broken: "SIGNATURE BROKEN: changed after it was signed; do not enter it",
  "unknown-author": "signature not checked: no roster entry of the author was given",
} as const;

function linesOf({ number, uuid, sent, signature, act }: Recovered): string[] {
  return [
    `${number}. ${act.kind} of patient ${act.patient}, ${act.at}, by ${act.author} (${uuid})`,
    `   ${sent ? "marked as sent: look at the HIS" : "NEVER SENT"}; ${SIGNATURES[signature]}`,
    ...act.entries.map(({ resource }) => `   ${inWords(resource)}`),
    "",
  ];
}

/** An Observation as "code: value unit"; anything else by its type, whole. */
function inWords(resource: FhirResource): string {
  const { resourceType, code, valueQuantity, valueCodeableConcept, component } = resource as {
    resourceType: string;
    code?: Coded;
    valueQuantity?: Quantity;
    valueCodeableConcept?: Coded;
    component?: { code?: Coded; valueQuantity?: Quantity }[];
  };
  if (resourceType !== "Observation") return JSON.stringify(resource);
  const value = valueQuantity === undefined ? coded(valueCodeableConcept) : amount(valueQuantity);
  const parts = (component ?? []).map(
    (one) =>
      `${coded(one.code)} ${one.valueQuantity === undefined ? "" : amount(one.valueQuantity)}`,
  );
  return `${coded(code)}: ${[value, ...parts].filter((part) => part !== "").join(", ")}`;
}

type Coded = { text?: string; coding?: { display?: string; code?: string }[] };
type Quantity = { value?: number; unit?: string };

const amount = ({ value, unit }: Quantity): string => `${value ?? "?"} ${unit ?? ""}`.trim();

function coded(concept: Coded | undefined): string {
  const [first] = concept?.coding ?? [];
  return concept?.text ?? first?.display ?? first?.code ?? "";
}
