import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startHis } from "./his.ts";
import type { His } from "./his-types.ts";
import { QUICK_KDF, joinWorkstation } from "./test-workstation.ts";
import type { TestWorkstation } from "./test-workstation.ts";

let folder: string;
let his: His;
let pc: TestWorkstation;
let ahead = 0;
const HOUR = 3_600_000;
const now = (): Date => new Date(Date.now() + ahead);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "his-restore-"));
  his = await startHis({ dataDir: folder, beds: 1, kdf: QUICK_KDF, now });
  pc = await joinWorkstation(his);
});
afterAll(async () => {
  await his.close();
  rmSync(folder, { recursive: true });
});

async function put(id: string, mark: string): Promise<Record<string, unknown>> {
  const resource = {
    resourceType: "Observation",
    id,
    status: "final",
    code: { text: "pulse" },
    identifier: [{ system: "urn:test", value: mark }],
  };
  const init = { method: "PUT", body: JSON.stringify(resource) };
  return (await pc.json(`Observation/${id}`, init)).body;
}
async function found(mark: string): Promise<number> {
  const { body } = await pc.json(`Observation?identifier=urn:test|${mark}`);
  return (body["entry"] as object[]).length;
}

test("a HIS restored from yesterday's backup has what it had then, and gives the same versions again", async () => {
  const [changed, deleted, created] = [randomUUID(), randomUUID(), randomUUID()];
  await put(changed, "before");
  await put(deleted, "deleted");
  ahead += HOUR;
  const backup = now();
  ahead += HOUR;
  const lost = await put(changed, "after");
  expect(lost["meta"]).toMatchObject({ versionId: "2" });
  await pc.fetch(`Observation/${deleted}`, { method: "DELETE" });
  await put(created, "created");
  expect([await found("before"), await found("after"), await found("deleted")]).toEqual([0, 1, 0]);

  expect(await his.restore(backup)).toBe(3);
  expect([await found("before"), await found("after"), await found("deleted")]).toEqual([1, 0, 1]);
  expect((await pc.json(`Observation/${changed}`)).body["meta"]).toMatchObject({ versionId: "1" });
  expect((await pc.fetch(`Observation/${created}`)).status).toBe(404);
  const since = encodeURIComponent(backup.toISOString());
  expect((await pc.json(`Observation/_history?_since=${since}`)).body["entry"]).toEqual([]);
  const again = await put(changed, "again");
  expect(again["meta"]).toMatchObject({ versionId: "2" });
  expect([await found("before"), await found("again")]).toEqual([0, 1]);
});

test("the backup of some minutes ago is put back at the control desk", async () => {
  await put(randomUUID(), "kept");
  ahead += HOUR;
  await put(randomUUID(), "forgotten");
  const answer = await fetch(`${his.controlUrl}/control/restore`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ minutes: 30 }),
  });
  expect(await answer.json()).toEqual({ forgotten: 1 });
  expect([await found("kept"), await found("forgotten")]).toEqual([1, 0]);
});

test("a HIS whose clock is wrong says and stamps the wrong time", async () => {
  his.switches.set({ clockSkewSeconds: 36_000 });
  const written = await put(randomUUID(), "skewed");
  const answer = await pc.fetch("Observation?_count=1");
  his.switches.set({ clockSkewSeconds: 0 });
  const { lastUpdated } = written["meta"] as { lastUpdated: string };
  for (const told of [lastUpdated, answer.headers.get("date") ?? ""])
    expect(Math.round((Date.parse(told) - now().getTime()) / HOUR)).toBe(10);
});

test("behind a captive portal everything is a sign-in page with status 200, the token too", async () => {
  his.switches.set({ captivePortal: true });
  const answers = [
    await pc.fetch("Patient"),
    await fetch(`${his.baseUrl}/metadata`),
    await fetch(his.tokenUrl, { method: "POST" }),
    await fetch(his.joinUrl, { method: "POST" }),
  ];
  his.switches.set({ captivePortal: false });
  for (const answer of answers) {
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html"]);
    expect(await answer.text()).toContain("sign in to the network");
  }
  expect((await pc.fetch("Patient?_count=1")).status).toBe(200);
});
