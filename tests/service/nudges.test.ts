import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openScene, openWard, shareKeychain, statusWhen, until, type Scene } from "./ward-pc.ts";

let scene: Scene;
beforeAll(async () => {
  await shareKeychain();
  scene = await openScene(2);
});
afterAll(async () => {
  await scene.close();
});

test("an allergy added at the HIS, and a seal of the control key, are seen at once by a PC that asks once an hour", async () => {
  // Nothing but a nudge can bring it within this test.
  const { client } = await scene.pc("pc-nudge", { sync: { intervalSeconds: 3600 } });
  const [view] = await openWard(client, scene.his);
  const patient = view?.banner.patient ?? "";
  await statusWhen(client, "live", ({ connection }) => connection.state === "live");
  await until(
    "the HIS tells by itself",
    () => client.workstation.view(),
    ({ sync }) => sync.line?.nudges === "listening",
  );
  const before = view?.allergies.length ?? 0;
  await scene.his.put({
    resourceType: "AllergyIntolerance",
    id: randomUUID(),
    patient: { reference: `Patient/${patient}` },
    code: { text: "Latex" },
  });
  const { allergies } = await until(
    "the allergy is here",
    () => client.patient.view({ patient }),
    (now) => now.allergies.length > before,
  );
  expect(allergies.map(({ substance }) => substance)).toContain("Latex");

  await scene.his.issue("seal", "pc-nudge", {
    workstation: "pc-nudge",
    sealed: true,
    reason: "drill",
  });
  const { session } = await statusWhen(
    client,
    "sealed",
    ({ session: now }) => now.state === "sealed",
  );
  expect(session.obstacle).toBe("sealed-by-it");
});
