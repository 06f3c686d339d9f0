import { z } from "zod";
import type { AllergyIntolerance } from "@medplum/fhirtypes";
import type { Reader, ResourceFile, Stored, VersionRow } from "./resource-file.ts";

/** What somebody with access to the HIS's network could do to an allergy. */
export const AllergyChange = z.enum([
  "remove",
  "refute",
  "lower",
  "re-code",
  "re-point",
  "invalid",
]);
export type AllergyChange = z.infer<typeof AllergyChange>;

const VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";

/**
 * Changes an allergy beneath the API, without validation, author or audit: the attack the product exists for.
 * `re-point` gives it to `toPatient`. Gives the new version; throws when the allergy is not there.
 */
export async function changeAllergy(
  file: ResourceFile,
  input: { readonly id: string; readonly change: AllergyChange; readonly toPatient?: string },
): Promise<{ id: string; version: number }> {
  return file.exclusively(async (writer) => {
    const row = writer.current("AllergyIntolerance", input.id);
    if (row === null || row.json === null) throw new Error(`No allergy ${input.id}`);
    if (input.change === "remove") writer.remove(row.type, row.id);
    else writer.put(changed(row, input.change, input.toPatient), "PUT");
    return { id: input.id, version: row.version + 1 };
  });
}

/** The same change as somebody would make it at the HIS's own screen; throws when the allergy is not there. */
export function changedAllergy(
  reader: Reader,
  input: {
    readonly id: string;
    readonly change: AllergyChange;
    readonly toPatient?: string | undefined;
  },
): Stored | { readonly type: string; readonly id: string } {
  const row = reader.current("AllergyIntolerance", input.id);
  if (row === null || row.json === null) throw new Error(`No allergy ${input.id}`);
  if (input.change === "remove") return { type: row.type, id: row.id };
  return changed(row, input.change, input.toPatient);
}

function changed(
  row: VersionRow,
  change: Exclude<AllergyChange, "remove">,
  toPatient: string | undefined,
): Stored {
  const allergy = JSON.parse(row.json ?? "") as AllergyIntolerance & Stored;
  switch (change) {
    case "refute":
      return {
        ...allergy,
        verificationStatus: { coding: [{ system: VERIFICATION, code: "refuted" }] },
      };
    case "lower":
      return { ...allergy, criticality: "low" };
    case "re-code":
      return { ...allergy, code: { text: "Dust" } };
    case "re-point": {
      if (toPatient === undefined) throw new Error("Re-pointing needs the other patient");
      return { ...allergy, patient: { reference: `Patient/${toPatient}` } };
    }
    case "invalid": {
      // No patient's allergy could be read from this: an unknown status, a code that is no CodeableConcept.
      const broken: Record<string, unknown> = {
        ...allergy,
        criticality: 7,
        code: allergy.code?.text ?? "?",
        reaction: "rash",
      };
      return broken as Stored;
    }
  }
}
