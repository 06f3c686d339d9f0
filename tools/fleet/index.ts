import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startHis } from "../his/index.ts";
import {
  signIn,
  startWorkstation,
  statusWhen,
  until,
  type Workstation,
} from "../smoke/workstation.ts";
import { useSecretService } from "../start/secret-service.ts";

const USAGE = "npm run fleet -- [--workstations N] [--beds N] [--json]";

/**
 * Many workstations of one ward at one HIS: each joins, signs in, loads the ward, and charts through one common outage.
 * Says how many came through, what arrived, and how many requests the HIS was asked for when it came back.
 */
async function fleet(count: number, beds: number, say: (text: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), "amanah-fleet-"));
  const keychain = await useSecretService(join(folder, "keyring"));
  Object.assign(process.env, keychain.environment);
  const his = await startHis({ dataDir: join(folder, "his"), beds });
  const clinicians = his.people.filter(({ roles }) => !roles.includes("privacy-officer"));
  const workstations: Workstation[] = [];
  try {
    // One after the other: a ward's PCs are switched on by hand, and each has a key derivation to do.
    for (let number = 1; number <= count; number += 1) {
      const name = `fleet-${String(number).padStart(4, "0")}`;
      const workstation = await startWorkstation(join(folder, name), () => his.policyFor(name));
      workstations.push(workstation);
      const person = clinicians[number % clinicians.length];
      if (person === undefined) throw new Error("The demo HIS has no clinicians.");
      await signIn(workstation.client, person);
      await until(
        `${name} has the whole ward`,
        () => workstation.client.ward.board({}),
        ({ rows, loading }) => loading === 0 && rows.some(({ patient }) => patient !== null),
      );
      say(`${name} has the ward`);
    }
    his.switches.set({ outage: true });
    await Promise.all(
      workstations.map(async ({ client }) => {
        await statusWhen(
          client,
          "the outage is noticed",
          ({ connection }) => connection.state === "outage",
        );
        const board = await client.ward.board({});
        const patient = board.rows.find((row) => row.patient !== null)?.patient;
        if (patient == null) throw new Error("The ward is empty.");
        await client.record.vitals({
          uuid: randomUUID(),
          patient,
          at: new Date().toISOString(),
          values: {
            respiratoryRate: 16,
            spo2: 98,
            oxygenFlow: 0,
            systolic: 118,
            diastolic: 74,
            pulse: 70,
            consciousness: "A",
            temperature: 36.6,
          },
          confirmed: [],
        });
      }),
    );
    say("all have charted in the outage");
    const requestsBefore = his.counters().requests;
    his.switches.set({ outage: false });
    await Promise.all(
      workstations.map(({ client }) =>
        statusWhen(
          client,
          "the outbox is empty",
          ({ unsent }) => unsent.waiting === 0 && unsent.parked === 0,
        ),
      ),
    );
    const versions = his.acts().flatMap(({ resources }) => resources);
    return {
      workstations: workstations.length,
      beds,
      resources: his.resources,
      resourcesArrived: new Set(versions.map(({ id }) => id)).size,
      writtenTwice: versions.filter(({ version }) => version !== 1).length,
      requestsUntilDrained: his.counters().requests - requestsBefore,
    };
  } finally {
    await Promise.all(workstations.map((workstation) => workstation.stop()));
    await his.close();
    keychain.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    workstations: { type: "string", default: "4" },
    beds: { type: "string", default: "12" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(USAGE);
else {
  const result = await fleet(Number(values.workstations), Number(values.beds), (text) =>
    console.error(text),
  );
  console.log(values.json ? JSON.stringify(result) : result);
  process.exit(
    result.writtenTwice === 0 && result.resourcesArrived === result.workstations * 7 ? 0 : 1,
  );
}
