import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DEFAULT_POLICY, readPolicy, type PolicyReading } from "./index.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "amanah-policy-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const read = (): PolicyReading =>
  readPolicy(join(folder, "policy.json"), join(folder, "data", "policy.last-good.json"));
const write = (policy: unknown): Promise<void> =>
  writeFile(
    join(folder, "policy.json"),
    typeof policy === "string" ? policy : JSON.stringify(policy),
  );

test("a PC without a policy runs on the defaults and complains of nothing", () => {
  const { policy, problem, sources } = read();
  expect(policy).toEqual(DEFAULT_POLICY);
  expect(problem).toBe(null);
  expect(policy.session).toEqual({
    idleSeconds: 300,
    warningSeconds: 15,
    graceMinutes: 15,
    hardLockMinutes: 60,
    badge: "off",
    wedge: false,
    emergencyMinutes: 30,
    contentProtection: true,
  });
  expect(new Set(sources.map(({ source }) => source))).toEqual(new Set(["default"]));
});

test("what IT writes is in force and said to come from the file; the rest are defaults", async () => {
  await write({
    site: "north",
    session: { idleSeconds: 120 },
    wards: [{ id: "a", name: "Ward A" }, "b"],
  });
  const { policy, sources, problem } = read();
  expect(problem).toBe(null);
  expect(policy.session.idleSeconds).toBe(120);
  expect(policy.wards).toEqual([
    { id: "a", name: "Ward A", nameAr: null },
    { id: "b", name: "b", nameAr: null },
  ]);
  const source = (key: string) => sources.find((one) => one.key === key);
  expect(source("session.idleSeconds")).toMatchObject({ value: "120", source: "file" });
  expect(source("session.graceMinutes")).toMatchObject({ value: "15", source: "default" });
});

test.each([
  [{ session: { idleSeconds: 5 } }, "session.idleSeconds"],
  [{ session: { idleSecond: 60 } }, "session.idleSecond: no such key"],
  [{ sesion: {} }, "sesion: no such key"],
  [{ display: { locale: "fr" } }, "display.locale"],
  [{ his: { baseUrl: "http://his.example/fhir" } }, "his.baseUrl: must be https"],
  [{ his: { baseUrl: 7 } }, "his.baseUrl"],
  [{ trust: { controlKey: { kty: "EC", crv: "P-384", x: "a", y: "b" } } }, "trust.controlKey.crv"],
  [{ trust: { recoveryKey: "short" } }, "trust.recoveryKey"],
  [{ wards: [{ id: "a" }] }, "wards.0.name"],
  [{ site: "a|b" }, "site"],
  [{ session: { idleSeconds: 30, warningSeconds: 30 } }, "session.warningSeconds"],
  ["{ not json", "not JSON"],
  [[], "policy"],
])("%j is refused, and the problem names the key", async (policy, named) => {
  await write(policy);
  const { problem, policy: inForce } = read();
  expect(problem).toContain(named);
  expect(problem).toContain("the defaults are in force");
  expect(inForce).toEqual(DEFAULT_POLICY);
});

test("after a bad edit, or a lost file, the last good policy stays in force whole", async () => {
  await write({ site: "north", session: { idleSeconds: 120 } });
  read();
  await write({ site: "south", session: { idleSeconds: 1 } });
  const bad = read();
  expect(bad.policy.site).toBe("north");
  expect(bad.policy.session.idleSeconds).toBe(120);
  expect(bad.problem).toContain("session.idleSeconds");
  expect(bad.problem).toContain("last good policy stays in force");
  await rm(join(folder, "policy.json"));
  const lost = read();
  expect(lost.policy.site).toBe("north");
  expect(lost.problem).toContain("missing");
  await write({ site: "south" });
  expect(read()).toMatchObject({ problem: null, policy: { site: "south" } });
});

test("a join code is used, but never shown", async () => {
  await write({ join: { url: "https://his.example/join", code: "very-secret-code" } });
  const { policy, sources } = read();
  expect(policy.join.code).toBe("very-secret-code");
  expect(JSON.stringify(sources)).not.toContain("very-secret-code");
  expect(await readFile(join(folder, "data", "policy.last-good.json"), "utf8")).toContain("join");
});
