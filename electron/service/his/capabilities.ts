import { z } from "zod";

const Statement = z.looseObject({
  resourceType: z.literal("CapabilityStatement"),
  fhirVersion: z.string(),
  software: z.looseObject({ name: z.string(), version: z.string().optional() }).optional(),
  rest: z
    .array(
      z.looseObject({
        mode: z.string(),
        extension: z
          .array(z.looseObject({ url: z.string(), valueUri: z.string().optional() }))
          .optional(),
        interaction: z.array(z.looseObject({ code: z.string() })).optional(),
        resource: z
          .array(
            z.looseObject({
              type: z.string(),
              versioning: z.string().optional(),
              updateCreate: z.boolean().optional(),
              conditionalCreate: z.boolean().optional(),
              interaction: z.array(z.looseObject({ code: z.string() })).optional(),
              searchParam: z.array(z.looseObject({ name: z.string() })).optional(),
              searchRevInclude: z.array(z.string()).optional(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
});

/** What the HIS says it can do with one resource type. */
export interface TypeCapabilities {
  readonly interactions: ReadonlySet<string>;
  /** A PUT to an id it does not know creates. To be believed only until it refuses one. */
  readonly updateCreate: boolean;
  readonly conditionalCreate: boolean;
  readonly versioning: "no-version" | "versioned" | "versioned-update";
  readonly searchParams: ReadonlySet<string>;
  /** `Type:parameter` of what a search can bring with its matches. */
  readonly revIncludes?: ReadonlySet<string>;
}

export interface Capabilities {
  readonly software: string | null;
  readonly fhirVersion: string;
  readonly transaction: boolean;
  /** Takes a Bundle of many questions. To be believed only as far as it has proven itself. */
  readonly batch?: boolean;
  /** The history of everything in one question (`_history` at the base). */
  readonly systemHistory?: boolean;
  /** Where its Subscriptions speak; null or absent: nowhere. */
  readonly websocket?: string | null;
  readonly types: ReadonlyMap<string, TypeCapabilities>;
}

/** R4 extension-capabilitystatement-websocket. */
const WEBSOCKET = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket";

/** Reads a CapabilityStatement (R4 section 2.29). Null when the value is none, or not of R4. */
export function readCapabilities(value: unknown): Capabilities | null {
  const parsed = Statement.safeParse(value);
  if (!parsed.success || !parsed.data.fhirVersion.startsWith("4.")) return null;
  const { software, fhirVersion, rest } = parsed.data;
  const server = rest?.find((entry) => entry.mode === "server");
  return {
    software:
      software === undefined ? null : [software.name, software.version].filter(Boolean).join(" "),
    fhirVersion,
    transaction: server?.interaction?.some((entry) => entry.code === "transaction") ?? false,
    batch: server?.interaction?.some((entry) => entry.code === "batch") ?? false,
    systemHistory: server?.interaction?.some((entry) => entry.code === "history-system") ?? false,
    websocket: server?.extension?.find(({ url }) => url === WEBSOCKET)?.valueUri ?? null,
    types: new Map(
      (server?.resource ?? []).map((entry) => [
        entry.type,
        {
          interactions: new Set((entry.interaction ?? []).map(({ code }) => code)),
          updateCreate: entry.updateCreate ?? false,
          conditionalCreate: entry.conditionalCreate ?? false,
          versioning:
            entry.versioning === "versioned" || entry.versioning === "versioned-update"
              ? entry.versioning
              : "no-version",
          searchParams: new Set((entry.searchParam ?? []).map(({ name }) => name)),
          revIncludes: new Set(entry.searchRevInclude),
        },
      ]),
    ),
  };
}
