import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PatientView, VitalValues, WorkstationView } from "../../shared/contract/index.ts";
import { startHis, type His } from "../../tools/his/index.ts";
import { QUICK_KDF } from "../../tools/his/test-workstation.ts";
import {
  signIn,
  startWorkstation,
  statusWhen,
  until,
  type ServiceClient,
  type Workstation,
} from "../../tools/smoke/workstation.ts";
import { startSecretService } from "../../tools/start/secret-service.ts";

export { signIn, startWorkstation, statusWhen, until };

export const VITALS: VitalValues = {
  respiratoryRate: 18,
  spo2: 96,
  oxygenFlow: 0,
  systolic: 122,
  diastolic: 78,
  pulse: 88,
  consciousness: "A",
  temperature: 37.2,
};

/** A hospital of one small ward and a place for ward PCs: real files, a real keychain daemon, real sockets. */
export interface Scene {
  readonly folder: string;
  readonly his: His;
  /** Starts a PC, or starts it again. `change`: what its policy says beside the demo's; counts at its first start. */
  pc(name?: string, change?: object): Promise<Workstation>;
  close(): Promise<void>;
}

let keychain: Promise<void> | null = null;

/**
 * The keychain of all scenes of this process, also of the test files that come after. Set before the first keychain call
 * and never changed: the library keeps its first connection to the bus for the life of the process. PCs are told apart by
 * their data folder; the daemons end with us.
 */
export function shareKeychain(): Promise<void> {
  keychain ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), "amanah-keychain-"));
    const service = await startSecretService(folder);
    process.env["DBUS_SESSION_BUS_ADDRESS"] = service.environment["DBUS_SESSION_BUS_ADDRESS"];
    process.once("exit", () => {
      service.close();
      rmSync(folder, { recursive: true, force: true });
    });
  })();
  return keychain;
}

export async function openScene(beds = 4): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), "amanah-scene-"));
  const open: Workstation[] = [];
  const his = await startHis({ dataDir: join(folder, "his"), beds, kdf: QUICK_KDF });
  return {
    folder,
    his,
    async pc(name = "pc-1", change = {}) {
      const started = await startWorkstation(join(folder, name), () => ({
        ...his.policyFor(name),
        sync: { intervalSeconds: 1 },
        ...change,
      }));
      open.push(started);
      return started;
    },
    async close() {
      await Promise.allSettled(open.map(async (one) => await one.stop()));
      await his.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Somebody of the demo, and her PIN. */
export interface Who {
  readonly id: string;
  readonly pin: string;
}
export function personOf({ his }: Pick<Scene, "his">, id: string): Who {
  const found = his.people.find((one) => one.id === id);
  if (found === undefined) throw new Error(`the demo has ${id}`);
  return found;
}

/** The nurse of the demo whose PIN is known. */
export function nurseOf(his: His): Who {
  const nurse = his.people.find(({ roles }) => roles.includes("nurse"));
  if (nurse === undefined) throw new Error("the demo has a nurse");
  return nurse;
}

/** Signs her in and waits until every patient of the ward is wholly loaded. */
export async function openWard(client: ServiceClient, his: His): Promise<PatientView[]> {
  await signIn(client, nurseOf(his));
  const board = await until(
    "the ward is loaded",
    () => client.ward.board({}),
    // Until it is known who lies where there may be more of them than the rows.
    ({ rows, loading, bedsAsOf }) =>
      bedsAsOf !== null && loading === 0 && rows.some(({ patient }) => patient !== null),
  );
  const views: PatientView[] = [];
  for (const { patient } of board.rows)
    if (patient !== null) views.push(await client.patient.view({ patient }));
  return views;
}

export async function chart(client: ServiceClient, patient: string, pulse = 88): Promise<string> {
  const { uuid } = await client.record.vitals({
    uuid: randomUUID(),
    patient,
    at: new Date().toISOString(),
    values: { ...VITALS, pulse },
    confirmed: [],
  });
  return uuid;
}

/** Has the whole audit trail checked, as IT does; answers what was found. */
export async function trailChecked(
  client: ServiceClient,
): Promise<WorkstationView["audit"]["check"]> {
  await client.workstation.checkTrail();
  const { audit } = await until(
    "the trail is checked",
    () => client.workstation.view(),
    (view) => view.audit.check.state === "done",
  );
  return audit.check;
}

export function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** Tries a PIN at the lock screen. */
export const entering = (client: ServiceClient, { id, pin }: Who) =>
  client.session.signIn({ clinician: id, pin });

/** Waits until PCs have asked the HIS for statements so many times more: each of their rounds begins with that. */
export async function rounds({ his }: Pick<Scene, "his">, more: number): Promise<void> {
  const asks = (): number => his.counters().byType["GET Basic"] ?? 0;
  const from = asks();
  await until(
    "asked again",
    () => Promise.resolve(asks()),
    (now) => now >= from + more,
  );
}
