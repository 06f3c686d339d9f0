import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PlainDatabase from "better-sqlite3";
import { createAudit, link, verifyChain } from "../../electron/service/audit/index.ts";
import { openJournal, type Journal } from "../../electron/service/store/index.ts";
import { makeRecoveryKeys, openEscrow, recoverEscrow } from "../../electron/service/vault/index.ts";
import { NOW, succeeds, WORKSTATION, type AttackCase, type World } from "./world.ts";

const CANARY = "CANARY-7f3a";

/** Does something in a folder with a journal full of charting and an escrow file, as a thief of the disk finds them. */
async function onStolenDisk<T>(
  world: World,
  work: (disk: { folder: string; journal: string; escrow: string }) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "amanah-attack-"));
  const disk = { folder, journal: join(folder, "journal.db"), escrow: join(folder, "escrow") };
  try {
    const journal = opened(disk.journal, world.device.deviceKey, true);
    journal.putAct(
      {
        uuid: "7b0f1a52-7b52-4d0e-9f53-0d0f4c1f0001",
        kind: "vitals",
        patient: CANARY,
        author: "huda",
        at: NOW.toISOString(),
        queuedAt: NOW.getTime(),
        body: JSON.stringify({ note: CANARY }),
      },
      [`{"patient":"${CANARY}"}`],
    );
    journal.close();
    const escrow = await openEscrow({
      file: disk.escrow,
      site: "north",
      workstation: WORKSTATION,
      version: "0.1.0",
      recoveryKey: world.hospital.recovery.publicKey,
    });
    await escrow.append("7b0f1a52-7b52-4d0e-9f53-0d0f4c1f0001", Buffer.from(CANARY));
    await escrow.close();
    return await work(disk);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const opened = (file: string, key: Uint8Array, create = false): Journal =>
  openJournal({ file, key, create, chain: link });

/** The trail with an entry changed on the way to the reader. */
async function passesUnseen(
  change: (rows: ReturnType<Journal["audit"]>) => void,
): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "amanah-attack-"));
  try {
    const journal = opened(join(folder, "journal.db"), randomBytes(32), true);
    const trail = createAudit({
      journal: { appendAudit: async (bodies) => journal.appendAudit(bodies) },
      now: () => NOW,
      workstation: WORKSTATION,
    });
    for (const patient of ["p1", "p2", "p3"])
      await trail.record({ kind: "patient-read", clinician: "huda", patient });
    const rows = journal.audit(1, 10);
    journal.close();
    change(rows);
    return verifyChain(rows) === null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The files of a PC in the hands of somebody without its keychain, and a trail in the hands of its subject. */
export const fileCases: readonly AttackCase[] = [
  {
    name: "journal.db opened by plain SQLite",
    kind: "harmful",
    run: (world) =>
      onStolenDisk(world, ({ journal }) =>
        succeeds(() => new PlainDatabase(journal).prepare("SELECT * FROM sqlite_master").all()),
      ),
  },
  {
    name: "journal.db opened with another key",
    kind: "harmful",
    run: (world) =>
      onStolenDisk(world, ({ journal }) => succeeds(() => opened(journal, randomBytes(32)))),
  },
  {
    name: "a patient or a note found as plain text in any file",
    kind: "harmful",
    run: (world) =>
      onStolenDisk(world, async ({ folder }) => {
        for (const name of await readdir(folder))
          if ((await readFile(join(folder, name))).includes(CANARY)) return true;
        return false;
      }),
  },
  {
    name: "the escrow file opened with a key that is not the hospital's",
    kind: "harmful",
    run: (world) =>
      onStolenDisk(world, async ({ escrow }) => {
        const { privateKey } = makeRecoveryKeys();
        return (await recoverEscrow(await readFile(escrow), privateKey)).acts.length > 0;
      }),
  },
  {
    name: "an audit entry edited",
    kind: "harmful",
    run: () =>
      passesUnseen((rows) => {
        const [first] = rows;
        if (first !== undefined) rows[0] = { ...first, body: first.body.replace("huda", "sara") };
      }),
  },
  {
    name: "an audit entry cut out",
    kind: "harmful",
    run: () => passesUnseen((rows) => rows.splice(1, 1)),
  },
  {
    name: "two audit entries changed about",
    kind: "harmful",
    run: () =>
      passesUnseen((rows) => {
        const [first, second] = rows;
        if (first !== undefined && second !== undefined) rows.splice(0, 2, second, first);
      }),
  },
  {
    name: "the hospital recovers its unsent charting from a dead PC",
    kind: "legitimate",
    run: (world) =>
      onStolenDisk(world, async ({ escrow }) => {
        const { privateKey } = world.hospital.recovery;
        const { acts } = await recoverEscrow(await readFile(escrow), privateKey);
        return acts.length === 1 && Buffer.from(acts[0]?.bytes ?? []).toString() === CANARY;
      }),
  },
  {
    name: "an audit trail nobody touched",
    kind: "legitimate",
    run: () => passesUnseen(() => {}),
  },
];
