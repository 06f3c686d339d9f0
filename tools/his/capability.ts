import type { CapabilityStatement, CapabilityStatementRestResource } from "@medplum/fhirtypes";
import { resourceTypes, searchParameters } from "./engine.ts";

const EVERYTHING = {
  name: "everything",
  definition: "http://hl7.org/fhir/OperationDefinition/Patient-everything",
};

/** What this server can do (R4 CapabilityStatement). `clientIds` false: a PUT to a new id is refused. */
export function capabilityStatement(options: {
  readonly base: string;
  readonly tokenUrl: string;
  readonly websocketUrl: string;
  readonly clientIds: boolean;
}): CapabilityStatement {
  const resource = resourceTypes().map((type) => abilitiesOf(type, options.clientIds));
  return {
    resourceType: "CapabilityStatement",
    status: "active",
    date: "2026-11-01",
    kind: "instance",
    software: { name: "Amanah demo HIS" },
    implementation: {
      description: "Amanah's demo hospital information system: invented patients only",
      url: options.base,
    },
    fhirVersion: "4.0.1",
    format: ["json"],
    patchFormat: ["application/json-patch+json"],
    rest: [
      {
        mode: "server",
        extension: [
          {
            url: "http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket",
            valueUri: options.websocketUrl,
          },
        ],
        security: {
          service: [
            {
              coding: [
                {
                  system: "http://terminology.hl7.org/CodeSystem/restful-security-service",
                  code: "SMART-on-FHIR",
                },
              ],
            },
          ],
          extension: [
            {
              url: "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
              extension: [{ url: "token", valueUri: options.tokenUrl }],
            },
          ],
        },
        interaction: [{ code: "transaction" }, { code: "batch" }, { code: "history-system" }],
        resource,
      },
    ],
  };
}

/** References from a type that `_include` follows. */
function includes(type: string): string[] {
  return Object.values(searchParameters(type)).flatMap(({ code, type: kind }) =>
    kind === "reference" ? [`${type}:${code}`] : [],
  );
}

function abilitiesOf(type: string, clientIds: boolean): CapabilityStatementRestResource {
  return {
    type: type as CapabilityStatementRestResource["type"],
    versioning: "versioned-update",
    readHistory: true,
    updateCreate: clientIds,
    conditionalCreate: true,
    conditionalUpdate: true,
    conditionalRead: "not-match",
    interaction: (
      [
        "read",
        "vread",
        "update",
        "patch",
        "delete",
        "history-instance",
        "history-type",
        "create",
        "search-type",
      ] as const
    ).map((code) => ({ code })),
    searchParam: Object.values(searchParameters(type)).map(({ code, type: kind }) => ({
      name: code,
      type: kind,
    })),
    searchInclude: includes(type),
    // Others work too; a list of every reference from anywhere would make this statement a megabyte.
    searchRevInclude: ["Provenance:target"],
    ...(type === "Patient" && { operation: [EVERYTHING] }),
  };
}
