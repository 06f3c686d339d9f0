import { z } from "zod";

/** FHIR's `id` (R4 section 2.24.0.1). */
export const FhirId = z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/u);

/**
 * Any FHIR R4 resource, as far as the store and the sync need to know it. Everything else is kept as it came:
 * what we do not understand we still hand back unchanged.
 */
export const FhirResource = z.looseObject({
  resourceType: z.string().regex(/^[A-Z][A-Za-z]+$/u),
  id: FhirId,
  meta: z
    .looseObject({ versionId: z.string().optional(), lastUpdated: z.string().optional() })
    .optional(),
});
export type FhirResource = z.infer<typeof FhirResource>;

export interface Coding {
  readonly system?: string;
  readonly code?: string;
  readonly display?: string;
}
export interface CodeableConcept {
  readonly coding?: readonly Coding[];
  readonly text?: string;
}
export interface Reference {
  readonly reference?: string;
  readonly display?: string;
}
export interface Quantity {
  readonly value?: number;
  readonly unit?: string;
  readonly system?: string;
  readonly code?: string;
}
