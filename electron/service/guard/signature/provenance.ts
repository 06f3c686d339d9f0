import type { FhirResource } from "../../../../shared/fhir/index.ts";
import { AUTHORS_SIGNATURE, JOSE, type FactClaims } from "../../../../shared/trust/index.ts";

/** v3-DataOperation, which FHIR R4 gives for `Provenance.activity`. */
const OPERATION = "http://terminology.hl7.org/CodeSystem/v3-DataOperation";

/**
 * The FHIR Provenance (R4 section 6.3) that carries a signature over facts. `targets`: the facts as they are called at the
 * HIS, whole references; the patient is named with them, so that his Provenances are found together.
 */
export function provenanceOf(input: {
  readonly id: string;
  readonly claims: Omit<FactClaims, "facts" | "roles">;
  readonly verb: FactClaims["facts"][number]["verb"];
  readonly targets: readonly string[];
  readonly jws: string;
  /** The service that signed for her; null: she signed herself. */
  readonly service: string | null;
}): FhirResource {
  const { claims, jws, verb, service } = input;
  const who = { reference: `Practitioner/${claims.author}` };
  const signer = service === null ? who : { identifier: { value: service }, display: service };
  const patient = `Patient/${claims.patient}`;
  return {
    resourceType: "Provenance",
    id: input.id,
    target: [...new Set([...input.targets, patient])].map((reference) => ({ reference })),
    occurredDateTime: claims.at,
    recorded: claims.at,
    activity: { coding: [{ system: OPERATION, code: verb.toUpperCase() }] },
    agent: [{ who }, ...(service === null ? [] : [{ who: signer }])],
    signature: [signatureElement(jws, claims.at, signer)],
  };
}

/** `Provenance.signature`: the detached JWS in base64, as FHIR's Signature wants its data. */
export function signatureElement(jws: string, when: string, who: object): object {
  return {
    type: [AUTHORS_SIGNATURE],
    when,
    who,
    targetFormat: "application/fhir+json",
    sigFormat: JOSE,
    data: Buffer.from(jws, "utf8").toString("base64"),
  };
}

/** The detached JWSs in a Provenance, as it came; whether they are good is another question. */
export function signaturesIn(provenance: Readonly<Record<string, unknown>>): string[] {
  const { signature } = provenance;
  return listOf(signature).flatMap((one) => {
    const { sigFormat, data } = one;
    return sigFormat === JOSE && typeof data === "string"
      ? [Buffer.from(data, "base64").toString("utf8")]
      : [];
  });
}

/** Whom a Provenance names as the author, and of what; nothing proves it. */
export function saidIn(provenance: Readonly<Record<string, unknown>>): {
  readonly targets: readonly string[];
  readonly by: string | null;
  readonly recorded: string;
} {
  const { target, agent, recorded } = provenance;
  const [first] = listOf(agent);
  const { reference, display } = (first?.["who"] ?? {}) as {
    reference?: unknown;
    display?: unknown;
  };
  return {
    targets: listOf(target).flatMap((one) => nameIn(one["reference"]) ?? []),
    by: typeof reference === "string" ? (nameIn(reference) ?? null) : textOf(display),
    recorded: textOf(recorded) ?? "",
  };
}

/** `Type/id` of a reference, absolute or of a version. */
function nameIn(reference: unknown): string | null {
  const found = /(?:^|\/)([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/u.exec(
    typeof reference === "string" ? reference : "",
  );
  return found?.[1] ?? null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, 128) : null;
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value)
    ? (value as unknown[]).filter((one): one is Record<string, unknown> => isObject(one))
    : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
