import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { PatientView, VitalValues } from "../../shared/contract/index.ts";
import { startHis, type His } from "../his/index.ts";
import { useSecretService } from "../start/secret-service.ts";
import { findPlainText } from "./plain-text.ts";
import { signIn, startWorkstation, statusWhen, until, type ServiceClient } from "./workstation.ts";

/** The product's promise without a screen: HIS and service, signed in, read, charted through an outage and a restart. */
const VALUES: VitalValues = {
  respiratoryRate: 18,
  spo2: 97,
  oxygenFlow: 0,
  systolic: 121,
  diastolic: 78,
  pulse: 82,
  consciousness: "A",
  temperature: 36.9,
};

async function smoke(beds: number, say: (text: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), "amanah-smoke-"));
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  // Whatever the app or SQLite puts aside is looked through as well.
  process.env["TMPDIR"] = temporary;
  process.env["SQLITE_TMPDIR"] = temporary;
  const keychain = await useSecretService(join(folder, "keyring"));
  Object.assign(process.env, keychain.environment);
  const his = await startHis({ dataDir: join(folder, "his"), beds });
  const pc = join(folder, "pc");
  const policy = () => his.policyFor("smoke-pc");
  try {
    const [nurse] = his.people;
    if (nurse === undefined) throw new Error("The demo HIS has no clinicians.");
    let workstation = await startWorkstation(pc, policy);
    await signIn(workstation.client, nurse);
    const patients = await wholeWard(workstation.client);
    say(`${patients.length} patients read`);
    const [first] = patients;
    if (first === undefined) throw new Error("The ward is empty.");

    const before = charted(his).size;
    await chart(workstation.client, first.banner.patient);
    await sent(workstation.client);
    const afterOnline = charted(his).size;
    his.switches.set({ outage: true });
    await statusWhen(
      workstation.client,
      "the outage is noticed",
      ({ connection }) => connection.state === "outage",
    );
    const offline = await chart(workstation.client, first.banner.patient);
    await workstation.stop();

    workstation = await startWorkstation(pc, policy);
    await signIn(workstation.client, nurse);
    const waiting = await workstation.client.outbox.list();
    const shown = await workstation.client.patient.view({ patient: first.banner.patient });
    const chartedOffline =
      waiting.some(({ uuid }) => uuid === offline) &&
      shown.vitals.some(({ act }) => act?.uuid === offline);
    say(`charted in the outage, kept over a restart: ${chartedOffline}`);

    his.switches.set({ outage: false });
    await sent(workstation.client);
    const aSet = afterOnline - before;
    const after = charted(his);
    const arrivedOnce =
      aSet > 0 &&
      after.size - afterOnline === aSet &&
      [...after.values()].every((version) => version === 1);
    const leaks = findPlainText([pc, temporary], canariesOf(patients));
    for (const { file, canary } of leaks.slice(0, 10))
      say(`PLAIN TEXT ${canary.length} letters in ${file}`);
    await workstation.stop();
    leaks.push(...findPlainText([pc, temporary], canariesOf(patients)));
    return {
      beds,
      patients: patients.length,
      resources: his.resources,
      chartedOffline,
      arrivedOnce,
      plainTextFound: leaks.length,
    };
  } finally {
    await his.close();
    keychain.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The board and every patient of it, once all of them are loaded. */
async function wholeWard(client: ServiceClient): Promise<PatientView[]> {
  const board = await until(
    "the whole ward is loaded",
    () => client.ward.board({}),
    ({ rows, loading }) => loading === 0 && rows.some(({ patient }) => patient !== null),
  );
  const ids = board.rows.map(({ patient }) => patient).filter((patient) => patient !== null);
  const views: PatientView[] = [];
  for (const patient of ids) views.push(await client.patient.view({ patient }));
  return views;
}

async function chart(client: ServiceClient, patient: string): Promise<string> {
  const { uuid } = await client.record.vitals({
    uuid: randomUUID(),
    patient,
    at: new Date().toISOString(),
    values: VALUES,
    confirmed: [],
  });
  return uuid;
}

async function sent(client: ServiceClient): Promise<void> {
  await statusWhen(
    client,
    "the outbox is empty",
    ({ unsent }) => unsent.waiting === 0 && unsent.parked === 0,
  );
}

/** What workstations have charted, as the HIS holds it: a second delivery shows as a further resource or version. */
function charted(his: His): Map<string, number> {
  const resources = his.acts().flatMap((act) => act.resources);
  return new Map(resources.map(({ id, version }) => [id, version]));
}

/** Names in both scripts, hospital numbers and notes: what must be nowhere on this PC's disk in clear. */
function canariesOf(patients: readonly PatientView[]): string[] {
  return patients.flatMap(({ banner, notes }) => [
    banner.name.family,
    banner.name.given,
    banner.name.ar?.family ?? "",
    banner.name.ar?.given ?? "",
    banner.identifier ?? "",
    ...notes.map(({ text }) => text.slice(0, 40)),
  ]);
}

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, beds: { type: "string", default: "28" } },
});
const result = await smoke(Number(values.beds), (text) => console.error(text));
console.log(values.json ? JSON.stringify(result) : result);
const well =
  result.chartedOffline && result.arrivedOnce && result.plainTextFound === 0 && result.patients > 0;
process.exit(well ? 0 : 1);
