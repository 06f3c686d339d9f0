import { z } from "zod";
import { HoldReason, Opinions } from "../../../shared/contract/guard.ts";
import { FhirResource } from "../../../shared/fhir/index.ts";
import { packText, unpackText } from "../store/index.ts";
import type { LedgerPage, LedgerRow } from "../store/index.ts";
import { ledgerBinding, ledgerPageBinding, openRow, sealRow } from "../vault/index.ts";
import type { RowKey } from "../vault/index.ts";
import type { AcceptedFact } from "./fact.ts";

const Removed = z
  .object({ version: z.string().nullable(), at: z.string(), exact: z.boolean() })
  .nullable();
const Version = z.object({
  patient: z.string().min(1),
  resource: FhirResource,
  verdict: z.enum(["apply-verified", "apply-unverified"]),
  firstSeen: z.boolean(),
  // Rows written before the guard's rules were known lack what has a default.
  removed: Removed.default(null),
  signedAt: z.string().nullable().default(null),
  signedBy: z.string().nullable().default(null),
  signedWith: z.string().nullable().default(null),
  signedOver: z.string().nullable().default(null),
  before: FhirResource.nullable().default(null),
});
const SignedWith = z.object({ kid: z.string().nullable(), by: z.string(), at: z.string() });
const Fact = Version.extend({
  v: z.literal(1),
  yielded: z.array(z.object({ to: z.array(SignedWith), stood: Version })).default([]),
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

/** A page of the ledger opened: the JSON of its facts by their ids. Throws `SealBroken` when it was changed or moved. */
export function openLedgerPage(
  key: RowKey,
  { type, patient, sealed }: Pick<LedgerPage, "type" | "patient" | "sealed">,
): Map<string, string> {
  const text = unpackText(openRow(key, ledgerPageBinding(type, patient), sealed));
  // JSON has no line breaks of its own (RFC 8259 section 7): a fact that is not asked for need not be parsed.
  const [head = "", ...facts] = text.split("\n");
  const ids = Ids.parse(JSON.parse(head));
  if (ids.length !== facts.length) throw new Error("a page of the ledger is not whole");
  return new Map(ids.map((id, index) => [id, facts[index] ?? ""]));
}

const Ids = z.array(z.string());

/** The same sealed under the vault's ledger key, and bound to type and patient. */
export function sealLedgerPage(
  key: RowKey,
  { type, patient }: Pick<LedgerPage, "type" | "patient">,
  facts: ReadonlyMap<string, string>,
): Uint8Array {
  const text = [JSON.stringify([...facts.keys()]), ...facts.values()].join("\n");
  return sealRow(key, ledgerPageBinding(type, patient), packText(text));
}

/** Reads a fact of a page. Throws for what is none: never to be read as "no earlier version". */
export function readFact(json: string): AcceptedFact {
  return Fact.parse(JSON.parse(json));
}

/** Opens a row of the older form. Throws `SealBroken` when it was changed or moved. */
export function readRow(key: RowKey, row: LedgerRow): AcceptedFact {
  const plain = openRow(key, ledgerBinding(row.type, row.id, row.patient), row.sealed);
  return readFact(new TextDecoder().decode(plain));
}
