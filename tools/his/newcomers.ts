import type { Person } from "./people.ts";
import { practitionerOf } from "./people.ts";
import type { ResourceFile, Stored } from "./resource-file.ts";

/** Staff of the HIS with a sign-in there, and not on the workstations' roster yet: they enrol at a PC first. */
export type Newcomer = Omit<Person, "pin" | "badges">;

export const NEWCOMERS: readonly Newcomer[] = [
  {
    id: "nurse-huda",
    roles: ["nurse"],
    gender: "female",
    birthday: "08-29",
    given: { en: "Huda", ar: "هدى" },
    family: { en: "Salem", ar: "سالم" },
    name: { en: "Huda Salem", ar: "هدى سالم" },
  },
  {
    id: "doctor-adam",
    roles: ["doctor"],
    gender: "male",
    birthday: "01-13",
    given: { en: "Adam", ar: "آدم" },
    family: { en: "Rahman", ar: "رحمن" },
    name: { en: "Adam Rahman", ar: "آدم رحمن" },
  },
];

/** Puts them among the HIS's Practitioners, once. */
export async function seedNewcomers(file: ResourceFile, now: number): Promise<void> {
  const missing = NEWCOMERS.map(practitionerOf).filter(
    ({ id }) => file.reader.current("Practitioner", id) === null,
  );
  if (missing.length === 0) return;
  await file.exclusively(async (writer) => {
    for (const practitioner of missing)
      writer.put(practitioner as unknown as Stored, "PUT", now - 1);
  });
}
