import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleFiles, resourcesOf } from "./bundles.ts";
import { newestDate, shiftDates } from "./date-shift.ts";
import { startHis } from "./his.ts";
import { QUICK_KDF, joinWorkstation } from "./test-workstation.ts";

const NOW = new Date("2026-11-23T10:00:00.000Z");
const DAY = 24 * 60 * 60 * 1000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bundles-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function bundle(person: string, born: string): string {
  const patient = `urn:uuid:${person}`;
  return JSON.stringify({
    resourceType: "Bundle",
    type: "transaction",
    entry: [
      {
        fullUrl: patient,
        resource: {
          resourceType: "Patient",
          id: person,
          birthDate: born,
          name: [{ family: "Toy", given: ["Alexis"] }],
        },
        request: { method: "POST", url: "Patient" },
      },
      {
        fullUrl: "urn:uuid:a1",
        resource: {
          resourceType: "AllergyIntolerance",
          id: `allergy-${person}`,
          patient: { reference: patient },
          code: { text: "Peanut" },
          recordedDate: "2019-09-20T03:19:07+00:00",
        },
      },
      {
        resource: {
          resourceType: "Observation",
          status: "final",
          code: { coding: [{ system: "http://loinc.org", code: "2019-1" }] },
          subject: { reference: patient },
          effectiveDateTime: "2019-09-21T03:19:07+00:00",
          valueString: "2019-09-21",
        },
      },
    ],
  });
}

test("an old record is moved by whole days so that its newest entry is of the last day, and age stays right", () => {
  writeFileSync(join(folder, "a.json"), bundle("alexis", "2010-05-01"));
  const [file] = bundleFiles(folder);
  if (file === undefined) throw new Error("The file was not found");
  const made = resourcesOf(file, NOW.getTime()).map(
    ({ resource }) => resource as unknown as Record<string, unknown>,
  );
  const newest = Math.max(...made.map((resource) => newestDate(resource) ?? 0));
  expect(NOW.getTime() - newest).toBeGreaterThanOrEqual(0);
  expect(NOW.getTime() - newest).toBeLessThan(DAY);
  expect(made[2]).toMatchObject({
    effectiveDateTime: "2026-11-23T03:19:07+00:00",
    valueString: "2019-09-21",
    subject: { reference: "Patient/alexis" },
    code: { coding: [{ code: "2019-1" }] },
  });
  const moved = Date.parse("2026-11-23") - Date.parse("2019-09-21");
  expect(Date.parse(String(made[0]?.["birthDate"])) - Date.parse("2010-05-01")).toBe(moved);
});

test("dates keep the precision they were written with", () => {
  const shifted = shiftDates(
    {
      onsetDateTime: "2019",
      recordedDate: "2019-03",
      period: { start: "2019-03-04" },
      value: "2019",
    },
    366 * DAY,
  );
  expect(shifted).toEqual({
    onsetDateTime: "2020",
    recordedDate: "2020-03",
    period: { start: "2020-03-04" },
    value: "2019",
  });
});

test("imported patients lie in beds of a ward of their own, found like any other, and are loaded once", async () => {
  writeFileSync(join(folder, "a.json"), bundle("alexis", "2010-05-01"));
  writeFileSync(join(folder, "b.json.gz"), gzipSync(bundle("ardith", "1950")));
  writeFileSync(join(folder, "note.txt"), "not a bundle");
  const data = mkdtempSync(join(tmpdir(), "his-load-"));
  const options = { dataDir: data, beds: 1, load: [folder], now: () => NOW, kdf: QUICK_KDF };
  const first = await startHis(options);
  const ward = first.wards.find(({ id }) => id === "ward-imported");
  expect(ward?.beds).toHaveLength(2);
  const pc = await joinWorkstation(first);
  const beds = ward?.beds.map(({ id }) => id).join(",");
  const found = (await pc.json(`Encounter?location=${beds}&status=in-progress`)).body["entry"];
  expect(found).toHaveLength(2);
  expect((await pc.json("AllergyIntolerance?patient=ardith")).body["entry"]).toHaveLength(1);
  expect((first.policyFor("x") as { wards: { id: string }[] }).wards.map(({ id }) => id)).toEqual([
    "ward-1",
    "ward-imported",
  ]);
  await first.close();
  const second = await startHis(options);
  expect(second.resources).toBe(first.resources);
  await second.close();
  rmSync(data, { recursive: true });
});

test("a file that is no FHIR bundle is named in the error", () => {
  writeFileSync(join(folder, "odd.json"), `{"resourceType":"Patient"}`);
  const [file] = bundleFiles(folder);
  if (file === undefined) throw new Error("The file was not found");
  expect(() => resourcesOf(file, NOW.getTime())).toThrow("odd.json is not a FHIR Bundle");
});
