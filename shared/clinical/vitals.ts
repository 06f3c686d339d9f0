import type { VitalSet, VitalValues } from "../contract/parts.ts";
import { LOINC, VITAL_CODES } from "../fhir/codes.ts";
import { ACT_IDENTIFIER } from "./codes.ts";
import { consciousnessOf } from "./consciousness.ts";
import type { Level } from "./consciousness.ts";
import type { MeasuredVital } from "./limits.ts";
import { field, hasCode, idOf, objects, referenceId, text, typeOf } from "./read.ts";
import { effectiveInstant, lastUpdated, millis } from "./time.ts";
import { vitalQuantity } from "./units.ts";

/** One vital sign read from one Observation. Small and plain, so that the ward board's card can keep it. */
export interface VitalReading {
  /** The Observation's id. */
  readonly id: string;
  /** Our own UUID, where this product charted it ({@link ACT_IDENTIFIER}); the HIS may have given another id. */
  readonly ours: string | null;
  readonly at: string;
  readonly encounter: string | null;
  /** Who took it: `performer` as a reference id and as text. */
  readonly performer: string | null;
  readonly performerText: string | null;
  /** Decides between two readings of one vital sign in one set. */
  readonly updated: number | null;
  readonly values: { readonly [K in keyof VitalValues]?: VitalValues[K] | undefined };
}

export interface GroupedSet {
  readonly at: string;
  readonly encounter: string | null;
  readonly values: VitalValues;
  readonly performer: string | null;
  readonly performerText: string | null;
  /** Ids of the Observations it was made of. */
  readonly ids: readonly string[];
}

export const NO_VALUES: VitalValues = {
  respiratoryRate: null,
  spo2: null,
  oxygenFlow: null,
  systolic: null,
  diastolic: null,
  pulse: null,
  consciousness: null,
  temperature: null,
};

const SIMPLE = [
  "respiratoryRate",
  "spo2",
  "oxygenFlow",
  "systolic",
  "diastolic",
  "pulse",
  "temperature",
] as const;
/** CLINICAL: FHIR R4 Observation.status: these are not (or not any more) anybody's finding. */
const NOT_FINDINGS = new Set(["entered-in-error", "cancelled", "registered"]);

/** The vital signs of an Observation; null when it has none that count or no moment in time. */
export function readVital(observation: unknown): VitalReading | null {
  if (typeOf(observation) !== "Observation") return null;
  if (NOT_FINDINGS.has(text(field(observation, "status")) ?? "")) return null;
  const values = vitalValues(observation);
  const at = effectiveInstant(observation);
  const id = idOf(observation);
  if (at === null || id === null || Object.keys(values).length === 0) return null;
  const performer = objects(field(observation, "performer"))[0];
  const updated = lastUpdated(observation);
  return {
    id,
    ours: actIdentifier(observation),
    at,
    encounter: referenceId(field(observation, "encounter")),
    performer: referenceId(performer),
    performerText: text(field(performer, "display")),
    updated: Number.isFinite(updated) ? updated : null,
    values,
  };
}

/** The UUID under which this product charted a resource; null for what came from elsewhere. */
export function actIdentifier(resource: unknown): string | null {
  const own = objects(field(resource, "identifier")).find(
    (one) => text(field(one, "system")) === ACT_IDENTIFIER,
  );
  return own === undefined ? null : text(field(own, "value"));
}

/** Whether an Observation carries a code of the vital signs (so that it is no laboratory result). */
export function isVitalCode(code: unknown): boolean {
  return Object.values(VITAL_CODES).some((codes) => hasCode(code, LOINC, codes));
}

function vitalValues(observation: unknown): Partial<VitalValues> {
  const found: { -readonly [K in keyof VitalValues]?: VitalValues[K] } = {};
  const take = (name: MeasuredVital, holder: unknown): void => {
    const value = vitalQuantity(name, field(holder, "valueQuantity"));
    if (value !== null) found[name] ??= value;
  };
  const holders = [observation, ...objects(field(observation, "component"))];
  for (const holder of holders) {
    const code = field(holder, "code");
    for (const name of SIMPLE) if (hasCode(code, LOINC, VITAL_CODES[name])) take(name, holder);
    if (hasCode(code, LOINC, VITAL_CODES.consciousness)) {
      const level: Level | null = consciousnessOf(holder);
      if (level !== null) found.consciousness ??= level;
    }
  }
  return found;
}

/** Groups readings taken in the same minute of the same encounter into sets, newest first. */
export function groupVitals(readings: readonly VitalReading[]): GroupedSet[] {
  const groups = new Map<string, VitalReading[]>();
  for (const reading of readings) {
    const minute = Math.floor((millis(reading.at) ?? 0) / 60_000);
    const key = `${minute} ${reading.encounter ?? ""}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [reading]);
    else group.push(reading);
  }
  return [...groups.values()]
    .map(asSet)
    .toSorted(
      (a, b) => (millis(b.at) ?? 0) - (millis(a.at) ?? 0) || (a.ids.join() < b.ids.join() ? -1 : 1),
    );
}

/** CLINICAL: of two readings of one vital sign in a set the later measured counts, then the later recorded. */
function asSet(group: readonly VitalReading[]): GroupedSet {
  const ordered = group.toSorted(
    (a, b) =>
      (millis(a.at) ?? 0) - (millis(b.at) ?? 0) ||
      (a.updated ?? 0) - (b.updated ?? 0) ||
      (a.id < b.id ? -1 : 1),
  );
  const first = ordered[0];
  const named = ordered.find((one) => one.performerText !== null || one.performer !== null);
  return {
    at: first?.at ?? "",
    encounter: first?.encounter ?? null,
    values: Object.assign({ ...NO_VALUES }, ...ordered.map((one) => one.values)),
    performer: named?.performer ?? null,
    performerText: named?.performerText ?? null,
    ids: ordered.map((one) => one.id),
  };
}

/** The vital signs among the resources as sets, newest first. */
export function readVitals(resources: readonly unknown[]): GroupedSet[] {
  return groupVitals(resources.map(readVital).filter((one) => one !== null));
}

/** How the total moved from the set before; null unless both have one. */
export function trend(
  latest: VitalSet["news2"],
  before: VitalSet["news2"] | undefined,
): "up" | "down" | "same" | null {
  if (latest.total === null || before === undefined || before.total === null) return null;
  if (latest.total === before.total) return "same";
  return latest.total > before.total ? "up" : "down";
}
