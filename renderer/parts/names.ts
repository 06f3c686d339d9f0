import type { Age, Clinician, Format, PatientName } from "../app/index.ts";
import type { TFunction } from "i18next";

/**
 * FAMILY NAME and given names as the banner guidance asks (NHS CUI: patient banner): the family name in capitals, first.
 * Arabic has no capitals; its name stands when the page is Arabic and the HIS holds one.
 */
export function namesOf(
  name: PatientName,
  language: "en" | "ar",
): { family: string; given: string; script: "en" | "ar"; other: string | null } {
  const latin = { family: name.family.toLocaleUpperCase("en"), given: name.given };
  const arabic = name.ar;
  if (language === "ar" && arabic !== undefined)
    return { ...arabic, script: "ar", other: joined(latin.family, latin.given, "en") };
  return {
    ...latin,
    script: "en",
    other: arabic === undefined ? null : joined(arabic.family, arabic.given, "ar"),
  };
}

function joined(family: string, given: string, script: "en" | "ar"): string {
  if (family === "" || given === "") return family + given;
  return script === "ar" ? `${given} ${family}` : `${family}, ${given}`;
}

/** One line: "FAMILY, Given", or the Arabic name in its spoken order. */
export function nameLine(name: PatientName, language: "en" | "ar"): string {
  const { family, given, script } = namesOf(name, language);
  return joined(family, given, script);
}

export function clinicianName(clinician: Pick<Clinician, "name">, language: "en" | "ar"): string {
  return language === "ar" ? clinician.name.ar : clinician.name.en;
}

export function wardName(
  ward: { readonly name: string; readonly nameAr: string | null },
  language: "en" | "ar",
): string {
  return language === "ar" ? (ward.nameAr ?? ward.name) : ward.name;
}

/** "78 y", "5 mo", "12 d": for a row of the board. */
export function shortAge(age: Age, t: TFunction, format: Format): string {
  const value = format.number(age.value);
  switch (age.unit) {
    case "years":
      return t("time.shortYears", { value });
    case "months":
      return t("time.shortMonths", { value });
    case "days":
      return t("time.shortDays", { value });
  }
}

/** "78 years" with its plural. */
export function longAge(age: Age, t: TFunction): string {
  switch (age.unit) {
    case "years":
      return t("time.years", { count: age.value });
    case "months":
      return t("time.months", { count: age.value });
    case "days":
      return t("time.days", { count: age.value });
  }
}
