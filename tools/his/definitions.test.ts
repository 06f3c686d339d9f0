import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseStructureDefinition } from "@medplum/core";
import type { Bundle, StructureDefinition } from "@medplum/fhirtypes";
import { expect, test } from "vitest";
import { definitions, wholeDefinitions } from "./definitions.ts";

/** What the engine makes of each definition, as JSON; its words for people are not what it decides by. */
function understood(bundles: readonly Bundle[]): Map<string, string> {
  return new Map(
    bundles
      .flatMap(({ entry = [] }) => entry.map(({ resource }) => resource))
      .filter(
        (resource): resource is StructureDefinition =>
          resource?.resourceType === "StructureDefinition" && resource.snapshot !== undefined,
      )
      .map((one) => [
        one.url,
        JSON.stringify(parseStructureDefinition(one), (key, value: unknown) =>
          key === "description" || key === "parentType" ? undefined : value,
        ),
      ]),
  );
}

test("the definitions the demo HIS begins with mean to its engine what FHIR's own mean", () => {
  const folder = mkdtempSync(join(tmpdir(), "amanah-definitions-"));
  try {
    const whole = understood(wholeDefinitions());
    expect(whole.size).toBeGreaterThan(150);
    const first = understood(definitions(folder));
    expect([...whole.keys()].filter((url) => first.get(url) !== whole.get(url))).toEqual([]);
    expect(first.size).toBe(whole.size);
    expect(understood(definitions(folder))).toEqual(first);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
