import type { CapabilityStatement, CapabilityStatementRestResource } from "@medplum/fhirtypes";
import { resourceTypes, searchParameters } from "./engine.ts";

/** What this server can do (R4 CapabilityStatement). `clientIds` false: a PUT to a new id is refused. */
export function capabilityStatement(options: {
  readonly base: string;
  readonly tokenUrl: string;
  readonly clientIds: boolean;
}): CapabilityStatement {
  const resource = resourceTypes().map((type): CapabilityStatementRestResource => ({
    type: type as CapabilityStatementRestResource["type"],
    versioning: "versioned-update",
    readHistory: true,
    updateCreate: options.clientIds,
    conditionalCreate: true,
    conditionalUpdate: true,
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
  }));
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
