import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { PatientView } from "../../shared/contract/index.ts";
import {
  chart,
  nurseOf,
  openScene,
  openWard,
  shareKeychain,
  signIn,
  statusWhen,
  until,
  type Scene,
} from "./ward-pc.ts";

vi.setConfig({ testTimeout: 150_000, hookTimeout: 60_000 });

let scene: Scene;
beforeAll(async () => {
  await shareKeychain();
  scene = await openScene(3);
});
afterEach(() => {
  scene.his.switches.set({ outage: false });
});
afterAll(async () => {
  await scene.close();
});

/** A result that the HIS has since now, of a patient of the ward. */
async function reported(patient: string, id: string, value: number): Promise<void> {
  await scene.his.put({
    resourceType: "Observation",
    id,
    status: "final",
    category: [
      {
        coding: [
          {
            system: "http://terminology.hl7.org/CodeSystem/observation-category",
            code: "laboratory",
          },
        ],
      },
    ],
    code: { text: "Potassium", coding: [{ system: "http://loinc.org", code: "2823-3" }] },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: new Date().toISOString(),
    valueQuantity: { value, unit: "mmol/L" },
  });
}

const resultsOf = ({ results }: PatientView): string[] => results.map(({ id }) => id);

test("a PC that nobody has opened since its restart has the morning's data when the outage starts, and showed it to nobody", async () => {
  const name = "pc-night";
  const evening = await scene.pc(name);
  const ward = await openWard(evening.client, scene.his);
  const [first, second] = ward.map(({ banner }) => banner.patient);
  if (first === undefined || second === undefined) throw new Error("the ward has two patients");
  scene.his.switches.set({ outage: true });
  const uuid = await chart(evening.client, first, 77);
  await evening.stop();

  // Restarted in the night; nobody signs in.
  scene.his.switches.set({ outage: false });
  const { client } = await scene.pc(name);
  await statusWhen(client, "the outbox drains while it is sealed", ({ session, unsent }) => {
    expect(session.state).toBe("sealed");
    return unsent.waiting === 0;
  });
  expect(scene.his.countObservationsByAct(uuid)).toBe(7);
  const reportedAt = Date.now();
  for (let number = 0; number < 5; number += 1)
    await reported(number % 2 === 0 ? first : second, `night-${number}`, 4 + number / 10);
  const pages = await until(
    "pages pile up sealed",
    async () => (await client.workstation.view()).inboxPages,
    (now) => now > 0,
  );
  expect(pages).toBeGreaterThan(0);
  // All five, whatever page they came on. Two rounds: the first answer may have been under way before the last report.
  for (let round = 0; round < 2; round += 1) {
    const last = Date.now() + 1_000;
    await until(
      "the PC has heard of all",
      async () =>
        (await client.workstation.view()).sync.types.find(({ type }) => type === "Observation"),
      (row) => Date.parse(row?.lastPage ?? "1970-01-01") > last,
    );
  }
  await expect(client.patient.view({ patient: first })).rejects.toMatchObject({ code: "LOCKED" });

  scene.his.switches.set({ outage: true });
  await statusWhen(client, "outage", ({ connection }) => connection.state === "outage");
  await signIn(client, nurseOf(scene.his));
  // Readable at once, whatever has been applied by then, and honest about how old it is.
  const at = await client.patient.view({ patient: first });
  expect(at.banner.name).toEqual(ward[0]?.banner.name);
  expect(at.banner.asOf).not.toBeNull();
  const applied = resultsOf(at).includes("night-0");
  expect(applied || Date.parse(at.resultsSection.asOf ?? "") <= reportedAt).toBe(true);

  const now = await until(
    "what was received is applied",
    () => client.patient.view({ patient: first }),
    (view) => ["night-0", "night-2", "night-4"].every((id) => resultsOf(view).includes(id)),
  );
  const before = ward[0]?.resultsSection.asOf ?? "";
  expect(Date.parse(now.resultsSection.asOf ?? "")).toBeGreaterThan(Date.parse(before));
  expect(Date.parse(now.resultsSection.asOf ?? "")).toBeLessThanOrEqual(Date.now());
  expect(resultsOf(await client.patient.view({ patient: second }))).toEqual(
    expect.arrayContaining(["night-1", "night-3"]),
  );
  expect(now.vitals[0]?.values.pulse).toBe(77);
  await until(
    "nothing is left sealed",
    async () => (await client.workstation.view()).inboxPages,
    (left) => left === 0,
  );
});

test("a backlog is applied with its progress in sight, and the ward can be read meanwhile", async () => {
  const name = "pc-backlog";
  const first = await scene.pc(name);
  const ward = await openWard(first.client, scene.his);
  await first.stop();
  const patients = ward.map(({ banner }) => banner.patient);
  const { client } = await scene.pc(name);
  const many = 600;
  for (let number = 0; number < many; number += 1)
    await reported(patients[number % patients.length] ?? "", `backlog-${number}`, 4);
  await until(
    "all of it has come, sealed",
    () => client.status(),
    ({ connection }) => connection.state === "live",
  );
  const last = Date.now();
  await until(
    "heard of all",
    async () =>
      (await client.workstation.view()).sync.types.find(({ type }) => type === "Observation"),
    (row) => Date.parse(row?.lastPage ?? "1970-01-01") > last,
  );
  expect((await client.workstation.view()).inboxPages).toBeGreaterThan(0);
  const { connection } = await signIn(client, nurseOf(scene.his));
  const seen = [connection];
  // The board answers while the backlog waits; none of its answers is an error or an empty ward.
  for (let asked = 0; asked < 50; asked += 1) {
    const board = await client.ward.board({});
    expect(board.rows.filter(({ patient }) => patient !== null)).toHaveLength(patients.length);
    expect(board.asOf).not.toBeNull();
    seen.push((await client.status()).connection);
    if ((await client.workstation.view()).inboxPages === 0) break;
  }
  const progress = seen.filter(({ state }) => state === "catching-up");
  expect(progress.every(({ done, total }) => (done ?? 0) <= (total ?? 0))).toBe(true);
  await until(
    "every one is there",
    async () =>
      (await Promise.all(patients.map((patient) => client.patient.view({ patient })))).flatMap(
        resultsOf,
      ),
    (all) => all.filter((id) => id.startsWith("backlog-")).length === many,
  );
  expect(progress.length).toBeGreaterThan(0);
});
