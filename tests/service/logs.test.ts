import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startWorkstation } from "../../tools/smoke/workstation.ts";
import { trailOf } from "./desk-room.ts";
import { chart, nurseOf, openScene, openWard, shareKeychain, statusWhen } from "./ward-pc.ts";
import type { Scene } from "./ward-pc.ts";

vi.setConfig({ hookTimeout: 60_000 });

let scene: Scene;
beforeAll(async () => {
  await shareKeychain();
  scene = await openScene();
});
afterAll(async () => {
  await scene.close();
});

test("neither log, status, diagnostics, audit trail nor a file in clear names a patient, a value, a PIN, a key or a token, whatever goes wrong", async () => {
  const lines: string[] = [];
  const pc = await startWorkstation(
    join(scene.folder, "pc-log"),
    () => ({ ...scene.his.policyFor("pc-log"), sync: { intervalSeconds: 1 } }),
    (line) => lines.push(line),
  );
  const [view] = await openWard(pc.client, scene.his);
  if (view === undefined) throw new Error("the ward has a patient");
  const { banner } = view;
  const nurse = nurseOf(scene.his);
  const told: string[] = [];
  const tell = async (work: Promise<unknown>): Promise<void> => {
    await work.catch((error: unknown) => told.push(JSON.stringify(error), String(error)));
  };
  // What a bad day does: garbage from the HIS, a wrong PIN, an unknown patient, a record nobody can read, an outage.
  for (const garbage of ["html", "truncated"] as const) {
    scene.his.switches.set({ garbage });
    await statusWhen(pc.client, garbage, ({ connection }) => connection.detail !== null);
  }
  scene.his.switches.set({ garbage: null, refuseClientIds: true });
  await chart(pc.client, banner.patient, 177);
  const [allergy] = view.allergies;
  if (allergy !== undefined) await scene.his.changeAllergy({ id: allergy.id, change: "invalid" });
  scene.his.switches.set({ outage: true });
  await statusWhen(pc.client, "outage", ({ connection }) => connection.state === "outage");
  await tell(pc.client.patient.view({ patient: "nobody-at-all" }));
  await tell(pc.client.session.signIn({ clinician: nurse.id, pin: "000000" }));
  told.push(JSON.stringify(await pc.client.status()));
  told.push((await pc.client.workstation.diagnostics()).text);
  told.push(JSON.stringify(await pc.client.workstation.view()));
  await pc.stop();
  scene.his.switches.set({ outage: false, refuseClientIds: false });

  const canaries = [
    banner.name.family,
    ...(banner.name.ar === undefined ? [] : [banner.name.ar.family]),
    banner.identifier ?? "no identifier",
    ...view.allergies.map(({ substance }) => substance),
    nurse.pin,
  ].filter((word) => word.length >= 5);
  expect(canaries.length).toBeGreaterThan(2);
  const tokens = tokensIssued(join(scene.folder, "his", "signin.db"));
  expect(tokens.length).toBeGreaterThan(0);
  canaries.push(...tokens);
  // The trail leaves the PC and is readable with the device key alone.
  const trail = JSON.stringify(trailOf(pc.dataDir));
  expect(trail).toContain("patient-read");
  const said = [...lines, ...told, trail].join("\n");
  expect(lines.length).toBeGreaterThan(0);
  expect(canaries.filter((word) => said.includes(word))).toEqual([]);
  const files = filesBelow(pc.dataDir);
  const found = canaries.flatMap((word) =>
    files.filter((file) => readFileSync(file).includes(word)).map((file) => [word, file]),
  );
  expect(found).toEqual([]);
});

/** Access tokens that the HIS has given out: in the PC's memory, and nowhere else of it. */
function tokensIssued(file: string): string[] {
  const database = new Database(file, { readonly: true });
  try {
    const rows = database.prepare("SELECT id FROM entry WHERE model = 'ClientCredentials'").all();
    return rows.map((row) => (row as { id: string }).id);
  } finally {
    database.close();
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}
