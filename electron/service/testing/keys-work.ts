import { randomBytes } from "node:crypto";
import { link } from "../audit/index.ts";
import { openJournal } from "../store/index.ts";
import { beginDeviceRotation, openEscrow } from "../vault/index.ts";
import { finishDeviceKey, rotateVaultKey, type RekeyWork } from "../wiring/upkeep.ts";
import { carryOutWipe, goOnWiping } from "../wiring/wiping.ts";
import { fileKeychain } from "./file-keychain.ts";
import { SITE, WORKSTATION } from "./index.ts";
import { knownOf, PIN, placeOf, rekeyHere, signIn } from "./keys-pc.ts";

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

/** One piece of work on the keys of a PC made by `makeKeysPc`, with a word at each step. */
export async function keysWork(
  work: string,
  folder: string,
  step: (name: string) => void,
  rekeyWork: RekeyWork = rekeyHere(step),
): Promise<void> {
  const { files, keychainFile } = placeOf(folder);
  const keychain = fileKeychain(keychainFile);
  switch (work) {
    case "device": {
      await beginDeviceRotation(keychain, random);
      step("begun");
      await finishDeviceKey({
        files,
        keychain,
        workstation: WORKSTATION,
        meta: { "device.key-from": "2026-11-23T10:00:00Z" },
        work: rekeyWork,
        step,
      });
      break;
    }
    case "vault": {
      const { vault, journal, deviceKey } = await signIn(folder, PIN);
      const next = await rotateVaultKey({
        files,
        journal: { meta: async () => journal.meta(), setSealingKey: async () => undefined },
        vault,
        holders: [knownOf(folder).entry],
        place: { workstation: WORKSTATION, deviceKey },
        random,
        meta: { "rotated.ids": "[]" },
        audit: ["rotated"],
        work: rekeyWork,
        step,
      });
      next.close();
      journal.close();
      break;
    }
    case "wipe":
      await wipe(folder, step);
      break;
    default:
      throw new RangeError(`no such work: ${work}`);
  }
  step("end");
}

export const WIPE_ID = "0b9f3c86-6a53-4d3e-9d0e-0a4f9a6f2b11";

async function wipe(folder: string, step: (name: string) => void): Promise<void> {
  const { files, keychainFile } = placeOf(folder);
  const keychain = fileKeychain(keychainFile);
  const deadlines = { push: 50, report: 50 };
  const report = async (): Promise<void> => {
    // The HIS is not there.
    throw new TypeError("fetch failed");
  };
  const rest = { dataDir: files.dataDir, keychain, report, deadlines, step };
  if ((await goOnWiping(rest)) !== null) return;
  const deviceKey = await keychain.get("device-key");
  if (deviceKey === null) throw new Error("no device key");
  const journal = openJournal({ file: files.journal, key: deviceKey, chain: link });
  const escrow = await openEscrow({
    file: files.escrow,
    site: SITE,
    workstation: WORKSTATION,
    version: "test",
    recoveryKey: knownOf(folder).recovery.publicKey,
  });
  await carryOutWipe({
    ...rest,
    id: WIPE_ID,
    now: () => new Date("2026-11-23T10:00:00Z"),
    joinCode: "first-join-code",
    journal: { acts: async (filter) => journal.acts(filter) },
    escrow,
    seal: async () => undefined,
    // Silent, not refused.
    push: () => new Promise(() => undefined),
    close: async () => {
      journal.close();
      await escrow.close();
    },
  });
}
