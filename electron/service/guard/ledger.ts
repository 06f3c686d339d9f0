import { z } from "zod";
import { HoldReason, Opinions } from "../../../shared/contract/guard.ts";
import { FhirResource } from "../../../shared/fhir/index.ts";
import type { LedgerRow } from "../store/index.ts";
import { ledgerBinding, openRow, sealRow } from "../vault/index.ts";
import type { RowKey } from "../vault/index.ts";
import type { AcceptedFact } from "./fact.ts";

const Removed = z
  .object({ version: z.string().nullable(), at: z.string(), exact: z.boolean() })
  .nullable();
const Fact = z.object({
  v: z.literal(1),
  patient: z.string().min(1),
  resource: FhirResource,
  verdict: z.enum(["apply-verified", "apply-unverified"]),
  firstSeen: z.boolean(),
  // Rows written before the guard's rules were known lack what has a default.
  removed: Removed.default(null),
  signedAt: z.string().nullable().default(null),
  signedBy: z.string().nullable().default(null),
  before: FhirResource.nullable().default(null),
  claims: z.array(
    z.object({
      resource: FhirResource.nullable(),
      removed: Removed.default(null),
      patient: z.string(),
      reasons: z.array(HoldReason),
      bothShown: z.boolean(),
      by: z.string().nullable(),
      opinions: Opinions,
    }),
  ),
  refused: z.array(z.string()).default([]),
});

/** The ledger's row of a fact, sealed under the vault's ledger key and bound to type, id and patient. */
export function sealFact(key: RowKey, fact: AcceptedFact): LedgerRow {
  const { resourceType: type, id } = fact.resource;
  const plain = new TextEncoder().encode(JSON.stringify(fact));
  return {
    type,
    id,
    patient: fact.patient,
    sealed: sealRow(key, ledgerBinding(type, id, fact.patient), plain),
  };
}

/** Opens a ledger row. Throws `SealBroken` when it was changed or moved: never to be read as "no earlier version". */
export function readFact(key: RowKey, row: LedgerRow): AcceptedFact {
  const plain = openRow(key, ledgerBinding(row.type, row.id, row.patient), row.sealed);
  return Fact.parse(JSON.parse(new TextDecoder().decode(plain)));
}
