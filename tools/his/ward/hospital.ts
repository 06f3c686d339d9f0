import type { Location } from "@medplum/fhirtypes";

export interface Bed {
  readonly id: string;
  readonly name: string;
}
export interface Ward {
  readonly id: string;
  readonly name: string;
  readonly nameAr: string;
  readonly beds: readonly Bed[];
}

export const HOSPITAL = "hospital";
const KINDS: readonly (readonly [string, string])[] = [
  ["Medical Ward", "جناح الباطنية"],
  ["Surgical Ward", "جناح الجراحة"],
  ["Cardiology Ward", "جناح القلب"],
  ["Respiratory Ward", "جناح الصدرية"],
];
const WARD_SIZE = 36;
const PHYSICAL_TYPE = "http://terminology.hl7.org/CodeSystem/location-physical-type";
const TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation";

/** Wards for so many beds: as many as `wanted`; else one up to 40 beds and several of much the same size (28 to 40) beyond. */
export function makeWards(beds: number, wanted?: number): Ward[] {
  const count = wanted ?? (beds <= 40 ? 1 : Math.ceil(beds / WARD_SIZE));
  return Array.from({ length: count }, (_, index) => {
    const size = Math.floor(beds / count) + (index < beds % count ? 1 : 0);
    const [kind, kindAr] = KINDS[index % KINDS.length] ?? ["Ward", "جناح"];
    const round = Math.floor(index / KINDS.length) + 1;
    return makeWard(`ward-${index + 1}`, `${kind} ${round}`, `${kindAr} ${round}`, size);
  });
}

export function makeWard(id: string, name: string, nameAr: string, size: number): Ward {
  const beds = Array.from({ length: size }, (_, bed) => {
    const number = String(bed + 1).padStart(2, "0");
    return { id: `${id}-bed-${number}`, name: number };
  });
  return { id, name, nameAr, beds };
}

/** The Locations of a ward: itself and its beds, part of the hospital. */
export function wardLocations(ward: Ward): (Location & { id: string })[] {
  return [
    location(ward.id, ward.name, ward.nameAr, "wa", "Ward", HOSPITAL),
    ...ward.beds.map((bed) => location(bed.id, bed.name, null, "bd", "Bed", ward.id)),
  ];
}

export function hospitalLocation(): Location & { id: string } {
  return location(
    HOSPITAL,
    "Amanah Demo Hospital",
    "مستشفى أمانة التجريبي",
    "bu",
    "Building",
    null,
  );
}

function location(
  id: string,
  name: string,
  ar: string | null,
  code: string,
  display: string,
  partOf: string | null,
) {
  const translated = {
    alias: [ar ?? name],
    _name: {
      extension: [
        {
          url: TRANSLATION,
          extension: [
            { url: "lang", valueCode: "ar" },
            { url: "content", valueString: ar ?? name },
          ],
        },
      ],
    },
  };
  return {
    resourceType: "Location" as const,
    id,
    status: "active" as const,
    name,
    ...(ar !== null && translated),
    mode: "instance" as const,
    physicalType: { coding: [{ system: PHYSICAL_TYPE, code, display }] },
    ...(partOf !== null && { partOf: { reference: `Location/${partOf}` } }),
  };
}
