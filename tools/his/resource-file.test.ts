import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openResourceFile } from "./resource-file.ts";
import type { ResourceFile, Stored } from "./resource-file.ts";

let folder: string;
let clock: number;
let file: ResourceFile;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "file-"));
  clock = Date.parse("2026-11-23T10:00:00Z");
  file = openResourceFile(join(folder, "his.db"), () => clock);
});
afterEach(async () => {
  await file.close();
  rmSync(folder, { recursive: true });
});

function flag(id: string, text = "falls"): Stored {
  return { resourceType: "Flag", id, status: "active", code: { text } };
}

test("a write that comes during a long transaction neither joins it nor is lost with it", async () => {
  const long = file.exclusively(async (writer) => {
    writer.put(flag("a"), "PUT");
    await delay(30);
    writer.put(flag("b"), "PUT");
    await delay(30);
    throw new Error("the power of the HIS's disk failed");
  });
  await delay(5);
  const other = file.exclusively(async (writer) => void writer.put(flag("c"), "PUT"));
  const third = file.exclusively(async (writer) => {
    // By now the failed one is undone.
    expect(writer.current("Flag", "a")).toBeNull();
    writer.put(flag("a", "second try"), "PUT");
  });
  await expect(long).rejects.toThrow("disk failed");
  await Promise.all([other, third]);
  expect(file.reader.current("Flag", "b")).toBeNull();
  expect(file.reader.current("Flag", "c")?.version).toBe(1);
  expect(file.reader.current("Flag", "a")).toMatchObject({
    version: 1,
    json: expect.stringContaining("second try"),
  });
});

test("nobody reads what is not committed yet", async () => {
  await file.exclusively(async (writer) => {
    writer.put(flag("a"), "PUT");
    expect(writer.current("Flag", "a")).not.toBeNull();
    expect(file.reader.current("Flag", "a")).toBeNull();
  });
  expect(file.reader.current("Flag", "a")).not.toBeNull();
});

test("a clock that is put back never gives an earlier time than one already given, not even after a restart", async () => {
  await file.exclusively(async (writer) => void writer.put(flag("a"), "PUT"));
  clock -= 3_600_000;
  await file.exclusively(async (writer) => void writer.put(flag("b"), "PUT"));
  await file.close();
  file = openResourceFile(join(folder, "his.db"), () => clock);
  await file.exclusively(async (writer) => void writer.put(flag("c"), "PUT"));
  const times = ["a", "b", "c"].map((id) => file.reader.current("Flag", id)?.updated);
  expect(new Set(times).size).toBe(1);
});

test("an older version stays readable after a change and after a deletion", async () => {
  await file.exclusively(async (writer) => {
    writer.put(flag("a", "one"), "PUT");
    writer.put(flag("a", "two"), "PUT");
    writer.remove("Flag", "a");
  });
  expect(file.reader.current("Flag", "a")).toMatchObject({ version: 3, json: null });
  expect(file.reader.version("Flag", "a", 1)?.json).toContain("one");
  const versions = file.reader.history({ type: "Flag", id: "a" }, 0, null, 10);
  expect(versions.map(({ method }) => method)).toEqual(["DELETE", "PUT", "PUT"]);
});
