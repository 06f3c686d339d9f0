import type { Basic } from "@medplum/fhirtypes";
import { IMPORTED_WARD, bundleFiles, importedStays, resourcesOf } from "./bundles.ts";
import { PEOPLE, practitionerOf } from "./people.ts";
import type { ResourceFile, Stored, Writer } from "./resource-file.ts";
import { HOSPITAL, makeHospital, makeWards } from "./ward/index.ts";
import type { Made, Ward } from "./ward/index.ts";

const WARDS = "wards";
const LOADED = "loaded";

/** Fills an empty file with wards and their patients; a file that has been filled is left as it is. */
export async function seedWards(
  file: ResourceFile,
  options: { beds: number; wards?: number | undefined; seed: string; now: number },
): Promise<void> {
  if (file.reader.fact(WARDS) !== null) return;
  const wards = makeWards(options.beds, options.wards);
  await file.exclusively(async (writer) => {
    for (const person of PEOPLE)
      store(writer, { resource: practitionerOf(person), at: options.now - 1 });
    const nurses = idsOf("nurse");
    const doctors = idsOf("doctor");
    for (const made of makeHospital({
      wards,
      seed: options.seed,
      now: options.now,
      nurses,
      doctors,
    }))
      store(writer, made);
    writer.setFact(WARDS, JSON.stringify(wards));
  });
}

/** Loads the bundles of the folders that were not loaded yet, and puts their patients into the ward "Imported". */
export async function loadFolders(
  file: ResourceFile,
  folders: readonly string[],
  now: number,
): Promise<void> {
  const known = JSON.parse(file.reader.fact(LOADED) ?? "{}") as Record<string, string[]>;
  const fresh = folders.flatMap(bundleFiles).filter(({ hash }) => known[hash] === undefined);
  if (fresh.length === 0) return;
  await file.exclusively(async (writer) => {
    for (const bundle of fresh) {
      const resources = resourcesOf(bundle, now);
      for (const made of resources) store(writer, made);
      known[bundle.hash] = resources
        .filter(({ resource }) => resource.resourceType === "Patient")
        .map(({ resource }) => resource.id);
    }
    const patients = [...new Set(Object.values(known).flat())];
    const { ward, made } = importedStays(patients, now);
    for (const one of made) store(writer, one);
    const wards = knownWards(file).filter(({ id }) => id !== IMPORTED_WARD);
    writer.setFact(WARDS, JSON.stringify([...wards, ward]));
    writer.setFact(LOADED, JSON.stringify(known));
  });
}

/** Puts resources that carry signed statements where workstations look for them. */
export async function storeStatements(
  file: ResourceFile,
  carriers: readonly (Basic & { id: string })[],
): Promise<void> {
  await file.exclusively(async (writer) => {
    for (const carrier of carriers) writer.put(carrier as unknown as Stored, "PUT");
  });
}

export function knownWards(file: ResourceFile): Ward[] {
  return JSON.parse(file.reader.fact(WARDS) ?? "[]") as Ward[];
}

function store(writer: Writer, made: Made): void {
  const { resource } = made;
  // A hospital location made by two sources stays one.
  if (resource.id === HOSPITAL && writer.current(resource.resourceType, resource.id) !== null)
    return;
  writer.put(resource as unknown as Stored, "PUT", made.at);
}

function idsOf(role: "nurse" | "doctor"): string[] {
  return PEOPLE.filter((person) => person.roles.includes(role)).map(({ id }) => id);
}
