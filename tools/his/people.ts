import type { Practitioner } from "@medplum/fhirtypes";
import type { Badge, ClinicianRole } from "../../shared/trust/index.ts";

/** A demo clinician. The PIN is public on purpose: everybody here is invented. */
export interface Person {
  readonly id: string;
  readonly name: { readonly en: string; readonly ar: string };
  readonly family: { readonly en: string; readonly ar: string };
  readonly given: { readonly en: string; readonly ar: string };
  readonly gender: "female" | "male";
  readonly roles: readonly ClinicianRole[];
  readonly pin: string;
  /** `MM-DD`, as the staff list knows it. */
  readonly birthday: string;
  /** A card without a certificate: it names, and proves nothing. */
  readonly badges: readonly Badge[];
}

function person(
  id: string,
  roles: readonly ClinicianRole[],
  gender: Person["gender"],
  pin: string,
  birthday: string,
  uid: string,
  given: [string, string],
  family: [string, string],
): Person {
  return {
    id,
    roles,
    gender,
    pin,
    birthday,
    badges: [{ uid }],
    given: { en: given[0], ar: given[1] },
    family: { en: family[0], ar: family[1] },
    name: { en: `${given[0]} ${family[0]}`, ar: `${given[1]} ${family[1]}` },
  };
}

/** Three nurses, two doctors and a privacy officer; each works on every ward of the demo hospital. */
export const PEOPLE: readonly Person[] = [
  person(
    "nurse-salma",
    ["nurse"],
    "female",
    "482915",
    "03-17",
    "04a1b2c3d4e501",
    ["Salma", "سلمى"],
    ["Al-Harbi", "الحربي"],
  ),
  person(
    "nurse-grace",
    ["nurse"],
    "female",
    "730164",
    "11-02",
    "04a1b2c3d4e502",
    ["Grace", "غريس"],
    ["Mendoza", "ميندوزا"],
  ),
  person(
    "nurse-yusuf",
    ["nurse"],
    "male",
    "259038",
    "07-30",
    "04a1b2c3d4e503",
    ["Yusuf", "يوسف"],
    ["Darwish", "درويش"],
  ),
  person(
    "doctor-layla",
    ["doctor"],
    "female",
    "618472",
    "01-25",
    "04a1b2c3d4e504",
    ["Layla", "ليلى"],
    ["Nasser", "ناصر"],
  ),
  person(
    "doctor-omar",
    ["doctor"],
    "male",
    "905317",
    "09-08",
    "04a1b2c3d4e505",
    ["Omar", "عمر"],
    ["Haddad", "حداد"],
  ),
  person(
    "officer-noura",
    ["privacy-officer"],
    "female",
    "571936",
    "05-14",
    "04a1b2c3d4e506",
    ["Noura", "نورة"],
    ["Al-Qahtani", "القحطاني"],
  ),
];

const LANGUAGE = "http://hl7.org/fhir/StructureDefinition/language";

/** A HumanName in both scripts: the official one in Latin letters, the usual one in Arabic. */
export function bilingualName(
  given: { en: string; ar: string },
  family: { en: string; ar: string },
) {
  return [
    {
      use: "official" as const,
      text: `${given.en} ${family.en}`,
      family: family.en,
      given: [given.en],
    },
    {
      use: "usual" as const,
      text: `${given.ar} ${family.ar}`,
      family: family.ar,
      given: [given.ar],
      extension: [{ url: LANGUAGE, valueCode: "ar" }],
    },
  ];
}

export function practitionerOf(who: Omit<Person, "pin" | "badges">): Practitioner & { id: string } {
  const doctor = who.roles.includes("doctor");
  const qualified = doctor || who.roles.includes("nurse");
  return {
    resourceType: "Practitioner",
    id: who.id,
    identifier: [{ system: "urn:demo:staff", value: who.id }],
    active: true,
    name: bilingualName(who.given, who.family),
    gender: who.gender,
    ...(qualified && {
      qualification: [
        {
          code: {
            coding: [
              {
                system: "http://terminology.hl7.org/CodeSystem/v2-0360",
                ...(doctor
                  ? { code: "MD", display: "Doctor of Medicine" }
                  : { code: "RN", display: "Registered Nurse" }),
              },
            ],
          },
        },
      ],
    }),
  };
}
