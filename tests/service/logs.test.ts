import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startWorkstation } from "../../tools/smoke/workstation.ts";
import { chart, nurseOf, openScene, openWard, shareKeychain, statusWhen } from "./ward-pc.ts";
import type { Scene } from "./ward-pc.ts";

let scene: Scene;
let closeKeychain: () => void;
beforeAll(async () => {
  closeKeychain = await shareKeychain();
  scene = await openScene();
});
afterAll(async () => {
  await scene.close();
  closeKeychain();
});

test("neither log, status, diagnostics nor a file in clear names a patient, a value, a PIN or a key, whatever goes wrong", async () => {
  const lines: string[] = [];
  const pc = await startWorkstation(
    join(scene.folder, "pc-log"),
    () => ({ ...scene.his.policyFor("pc-log"), sync: { intervalSeconds: 5 } }),
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
  const said = [...lines, ...told].join("\n");
  expect(lines.length).toBeGreaterThan(0);
  expect(canaries.filter((word) => said.includes(word))).toEqual([]);
  const files = filesBelow(pc.dataDir);
  const found = canaries.flatMap((word) =>
    files.filter((file) => readFileSync(file).includes(word)).map((file) => [word, file]),
  );
  expect(found).toEqual([]);
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}
