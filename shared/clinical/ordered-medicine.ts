/** A medicine as it is ordered: named by the knowledge pack, or in words alone. */
export type OrderedMedicine =
  | {
      readonly kind: "coded";
      readonly system: string;
      readonly code: string;
      /** The pack's. */
      readonly name: string;
    }
  | { readonly kind: "words"; readonly words: string };

/** As FHIR's CodeableConcept. CLINICAL: words alone are no code: nobody downstream may take them for one. */
export function conceptOf(medicine: OrderedMedicine): object {
  if (medicine.kind === "words") return { text: medicine.words };
  const { system, code, name } = medicine;
  return { coding: [{ system, code, display: name }], text: name };
}
