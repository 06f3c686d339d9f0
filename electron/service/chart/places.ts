import {
  firstCode,
  locationName,
  objects,
  referenceId,
  text,
  field,
} from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { WardBoard } from "../../../shared/contract/index.ts";
import { WARD_PATIENT } from "../store/index.ts";
import type { ChartReader } from "../store/index.ts";

interface Place {
  readonly id: string;
  readonly name: string | null;
  readonly nameAr: string | null;
  /** FHIR location-physical-type: `wa` ward, `ro` room, `bd` bed. */
  readonly kind: string | null;
  readonly partOf: string | null;
  readonly inUse: boolean;
}

/** The ward's Locations as a tree. */
export interface Places {
  readonly all: ReadonlyMap<string, Place>;
}

export function readPlaces(chart: ChartReader): Places {
  const { resources } = chart.resources(WARD_PATIENT, "Location");
  return { all: new Map(resources.map((one) => [one.id, place(one)])) };
}

function place(location: FhirResource): Place {
  const named = locationName(location);
  return {
    id: location.id,
    name: named.name ?? text(field(objects(field(location, "identifier"))[0], "value")),
    nameAr: named.nameAr,
    kind: firstCode(field(location, "physicalType")),
    partOf: referenceId(field(location, "partOf")),
    inUse: text(field(location, "status")) !== "inactive",
  };
}

/** What a place is called; its id where the Location is not known here. */
export function placeName(places: Places, id: string): string {
  return places.all.get(id)?.name ?? id;
}

/** The ward asked for, or the first one that has patients, or the first one known. */
export function chooseWard(
  places: Places,
  placed: readonly string[],
  asked: string | undefined,
): WardBoard["ward"] {
  const wards = [...places.all.values()].filter((one) => one.kind === "wa").map((one) => one.id);
  const inName = (a: string, b: string): number =>
    natural(placeName(places, a), placeName(places, b));
  const id =
    asked ??
    wards.filter((one) => placed.includes(one)).toSorted(inName)[0] ??
    [...placed].toSorted(inName)[0] ??
    wards.toSorted(inName)[0] ??
    "";
  return { id, name: placeName(places, id), nameAr: places.all.get(id)?.nameAr ?? null };
}

/** Ids of the beds below a ward: Locations of type bed, or of no type with nothing below them. */
export function bedsOf(places: Places, ward: string): string[] {
  const parents = new Set([...places.all.values()].map((one) => one.partOf));
  return [...places.all.values()]
    .filter((one) => one.inUse && isBelow(places, one, ward))
    .filter((one) => one.kind === "bd" || (one.kind === null && !parents.has(one.id)))
    .map((one) => one.id);
}

/** A tree that bites its own tail ends at its depth. */
const DEEPEST = 12;

function isBelow(places: Places, start: Place, ward: string): boolean {
  let at: string | null = start.partOf;
  for (let depth = 0; depth < DEEPEST && at !== null; depth += 1) {
    if (at === ward) return true;
    at = places.all.get(at)?.partOf ?? null;
  }
  return false;
}

/** "Bed 2" before "Bed 10". */
export function natural(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true, sensitivity: "base" });
}
