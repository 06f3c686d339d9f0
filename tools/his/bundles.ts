import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Encounter } from "@medplum/fhirtypes";
import { z } from "zod";
import { newestDate, shiftDates } from "./date-shift.ts";
import type { Stored } from "./resource-file.ts";
import { makeWard, wardLocations } from "./ward/index.ts";
import type { Made, Ward } from "./ward/index.ts";

const DAY = 24 * 60 * 60 * 1000;
/** What really happened to a patient; bills, goals and reports name dates far ahead. */
const CLINICAL = new Set([
  "AllergyIntolerance",
  "Condition",
  "DiagnosticReport",
  "Encounter",
  "Immunization",
  "MedicationAdministration",
  "MedicationRequest",
  "Observation",
  "Procedure",
]);
export const IMPORTED_WARD = "ward-imported";

const LoadedResource = z.looseObject({ resourceType: z.string(), id: z.string().optional() });
const LoadedBundle = z.object({
  resourceType: z.literal("Bundle"),
  entry: z.array(z.object({ fullUrl: z.string().optional(), resource: LoadedResource.optional() })),
});

/** A file of a folder of bundles; `hash` tells whether it was loaded before. */
export interface BundleFile {
  readonly name: string;
  readonly hash: string;
  readonly text: string;
}

/** The `.json` and `.json.gz` files of a folder, by name. */
export function bundleFiles(folder: string): BundleFile[] {
  return readdirSync(folder)
    .filter((name) => /\.json(\.gz)?$/u.test(name))
    .toSorted()
    .map((name) => {
      const bytes = readFileSync(join(folder, name));
      const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
      return { name, text, hash: createHash("sha256").update(bytes).digest("hex") };
    });
}

/**
 * The resources of one bundle, ready to be stored: references literal, dates moved by whole days so that the newest is
 * of the last 24 hours (birth dates too, so that everyone keeps his age). Throws when the file is not a FHIR Bundle.
 */
export function resourcesOf(file: BundleFile, now: number): Made[] {
  const parsed = LoadedBundle.safeParse(JSON.parse(file.text));
  if (!parsed.success) throw new Error(`${file.name} is not a FHIR Bundle`);
  const resources: Stored[] = [];
  const literal = new Map<string, string>();
  for (const [index, { fullUrl, resource }] of parsed.data.entry.entries()) {
    if (resource === undefined) continue;
    const id =
      resource.id ??
      createHash("sha256").update(`${file.hash}:${index}`).digest("hex").slice(0, 32);
    resources.push({ ...resource, id });
    if (fullUrl !== undefined) literal.set(fullUrl, `${resource.resourceType}/${id}`);
  }
  const happened = resources.filter(({ resourceType }) => CLINICAL.has(resourceType));
  const newest = Math.max(...happened.map((resource) => newestDate(resource) ?? 0));
  const shift = newest > 0 ? Math.floor((now - newest) / DAY) * DAY : 0;
  return resources.map((resource) => {
    const moved = shiftDates(resolve(resource, literal), shift) as Stored & Made["resource"];
    return { resource: moved, at: Math.min(newestDate(moved) ?? now, now - 1) };
  });
}

function resolve(value: unknown, literal: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, literal));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "reference" && typeof inner === "string"
        ? (literal.get(inner) ?? inner)
        : resolve(inner, literal),
    ]),
  );
}

/** The ward "Imported" with a bed for each patient, and the open inpatient stay that puts him there. */
export function importedStays(
  patients: readonly string[],
  now: number,
): { ward: Ward; made: Made[] } {
  const ward = makeWard(IMPORTED_WARD, "Imported", "سجلات مستوردة", patients.length);
  const stays = patients.map((patient, index): Encounter & { id: string } => {
    const bed = ward.beds[index];
    const start = new Date(now - 2 * DAY).toISOString();
    return {
      resourceType: "Encounter",
      id: `imported-${patient}`.slice(0, 64),
      status: "in-progress",
      class: {
        system: "http://terminology.hl7.org/CodeSystem/v3-ActCode",
        code: "IMP",
        display: "inpatient encounter",
      },
      subject: { reference: `Patient/${patient}` },
      period: { start },
      location: [
        {
          location: { reference: `Location/${bed?.id}`, display: `${ward.name}, bed ${bed?.name}` },
          status: "active",
          period: { start },
        },
      ],
    };
  });
  return {
    ward,
    made: [...wardLocations(ward), ...stays].map((resource) => ({ resource, at: now })),
  };
}
