import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { link } from "../../electron/service/audit/index.ts";
import { openJournal } from "../../electron/service/store/index.ts";
import { openBlockingKeychain } from "../../electron/service/vault/index.ts";
import { openFiles } from "../../electron/service/wiring/files.ts";
import type { PatientView } from "../../shared/contract/index.ts";
import {
  nurseOf,
  openScene,
  openWard,
  shareKeychain,
  signIn,
  statusWhen,
  until,
  type Scene,
} from "./ward-pc.ts";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

beforeAll(shareKeychain);

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(async () => {
  await scene.close();
});

test("a diagnosis deleted at the HIS disappears from the open record; the others and the rest stay", async () => {
  const { client } = await scene.pc();
  const view = one(await openWard(client, scene.his), ({ problems }) => problems.length > 1);
  const [deleted, ...others] = view.problems.map(({ id }) => id);
  const patient = view.banner.patient;
  await scene.his.remove("Condition", String(deleted));
  const after = await until(
    "the diagnosis is gone",
    () => client.patient.view({ patient }),
    ({ problems }) => problems.every(({ id }) => id !== deleted),
  );
  expect(after.problems.map(({ id }) => id)).toEqual(others);
  expect(after.problemsSection).toMatchObject({ loaded: true, unreadable: [] });
  expect(after.allergies).toEqual(view.allergies);
  expect(after.medicines.map(({ id }) => id)).toEqual(view.medicines.map(({ id }) => id));
});

test("an allergy deleted at the HIS, unsigned, stays; its hold is in sight, and the audit trail says which", async () => {
  const pc = await scene.pc();
  const view = one(await openWard(pc.client, scene.his), ({ allergies }) => allergies.length > 0);
  const allergy = String(view.allergies[0]?.id);
  const patient = view.banner.patient;
  await scene.his.changeAllergy({ id: allergy, change: "remove" });
  const after = await until(
    "the removal is held",
    () => pc.client.patient.view({ patient }),
    ({ holds }) => holds.length > 0,
  );
  expect(after.allergies.map(({ id }) => id)).toContain(allergy);
  expect(after.holds).toMatchObject([
    { type: "AllergyIntolerance", id: allergy, reasons: ["removed"], claimed: { lines: null } },
  ]);
  await pc.stop();
  expect(trailOf(pc.dataDir, "gate")).toEqual([
    {
      clinician: null,
      patient,
      detail: { record: `AllergyIntolerance/${allergy}`, reasons: "removed" },
    },
  ]);
});

test("where policy wants two clinicians, an allergy stays until two different ones say the same, whoever else says what", async () => {
  const guard = { twoClinicians: [{ type: "AllergyIntolerance", change: "removed" }] };
  const { client, stop, dataDir } = await scene.pc("pc-two", { guard });
  const view = one(await openWard(client, scene.his), ({ allergies }) => allergies.length > 0);
  const id = String(view.allergies[0]?.id);
  const { patient } = view.banner;
  await scene.his.changeAllergy({ id, change: "remove" });
  const { holds } = await until(
    "the removal is held",
    () => client.patient.view({ patient }),
    (now) => now.holds.length > 0,
  );
  expect(holds).toMatchObject([{ two: true, opinions: [] }]);
  const claim = holds[0]?.claim ?? "";
  const by = async (clinician: string): Promise<void> => {
    await client.session.signOut({});
    const known = scene.his.people.find((person) => person.id === clinician);
    await signIn(client, { id: clinician, pin: known?.pin ?? "" });
  };
  const say = (verdict: "accept" | "keep") =>
    client.guard.decide({
      uuid: randomUUID(),
      patient,
      type: "AllergyIntolerance",
      id,
      claim,
      verdict,
      reason: "tested in clinic",
    });
  const held = async () => (await client.patient.view({ patient })).holds[0]?.opinions;

  await expect(say("accept")).rejects.toMatchObject({ code: "FORBIDDEN" });
  await by("doctor-layla");
  expect(await say("accept")).toEqual({ settled: false });
  expect(await held()).toMatchObject([{ by: "doctor-layla", verdict: "accept" }]);
  await expect(say("accept")).rejects.toMatchObject({ code: "NEEDS_COLLEAGUE" });
  // Her word is at the HIS for everybody to read, and vouches for nothing there.
  await statusWhen(client, "sent", ({ unsent }) => unsent.waiting === 0);
  await by("doctor-omar");
  expect(await say("keep")).toEqual({ settled: false });
  expect(await held()).toHaveLength(2);
  const disputed = await client.patient.view({ patient });
  expect(disputed.allergies.map((allergy) => allergy.id)).toContain(id);
  expect(await say("accept")).toEqual({ settled: true });
  const after = await client.patient.view({ patient });
  expect(after.holds).toEqual([]);
  expect(after.allergies.map((allergy) => allergy.id)).not.toContain(id);
  await stop();
  expect(trailOf(dataDir, "gate-decision")).toMatchObject([
    { clinician: "doctor-layla", detail: { verdict: "accept-wanted" } },
    { clinician: "doctor-omar", detail: { verdict: "keep-wanted" } },
    { clinician: "doctor-omar", detail: { verdict: "accept", first: "doctor-layla" } },
  ]);
});

test("a deletion while the PC is sealed is applied when somebody signs in, though the HIS is down by then", async () => {
  const { client } = await scene.pc();
  const view = one(
    await openWard(client, scene.his),
    ({ problems, allergies }) => problems.length > 0 && allergies.length > 0,
  );
  const patient = view.banner.patient;
  await client.session.signOut({});
  const before = await seenAt(client, "Condition");
  await scene.his.remove("Condition", String(view.problems[0]?.id));
  await scene.his.changeAllergy({ id: String(view.allergies[0]?.id), change: "remove" });
  await until(
    "the sealed PC has heard of both",
    async () =>
      (await seenAt(client, "Condition")) > before &&
      (await seenAt(client, "AllergyIntolerance")) > before,
    (both) => both,
  );
  scene.his.switches.set({ outage: true });
  await signIn(client, nurseOf(scene.his));
  const after = await until(
    "what was received is applied",
    () => client.patient.view({ patient }),
    ({ problems, holds }) => problems.length < view.problems.length && holds.length > 0,
  );
  expect(after.problems.map(({ id }) => id)).toEqual(view.problems.slice(1).map(({ id }) => id));
  expect(after.allergies.map(({ id }) => id)).toEqual(view.allergies.map(({ id }) => id));
});

function one(views: readonly PatientView[], wanted: (view: PatientView) => boolean): PatientView {
  const found = views.find(wanted);
  if (found === undefined) throw new Error("the demo's ward has such a patient");
  return found;
}

/** When the PC, by what IT sees, last asked for a type's deletions. */
async function seenAt(
  client: Awaited<ReturnType<Scene["pc"]>>["client"],
  row: string,
): Promise<string> {
  const { sync } = await client.workstation.view();
  return sync.types.find(({ type }) => type === row)?.deletionsAt ?? "";
}

/** What the trail of a PC that was stopped has of a kind. */
function trailOf(dataDir: string, wanted: string): unknown[] {
  const key = openBlockingKeychain(openFiles(dataDir).profile).get("device-key");
  if (key === null) throw new Error("the PC has a device key");
  const journal = openJournal({
    file: join(dataDir, "journal.db"),
    key,
    create: false,
    chain: link,
  });
  try {
    return journal
      .audit(1, 10_000)
      .map(({ body }) => JSON.parse(body) as Record<string, unknown>)
      .flatMap(({ kind, clinician, patient, detail }) =>
        kind === wanted ? [{ clinician, patient, detail }] : [],
      );
  } finally {
    journal.close();
  }
}
