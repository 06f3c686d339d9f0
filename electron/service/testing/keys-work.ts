import { randomBytes } from "node:crypto";
import { beginDeviceRotation } from "../vault/index.ts";
import { finishDeviceKey, rotateVaultKey } from "../wiring/upkeep.ts";
import { fileKeychain } from "./file-keychain.ts";
import { WORKSTATION } from "./index.ts";
import { knownOf, PIN, placeOf, rekeyHere, signIn } from "./keys-pc.ts";

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

/** One piece of work on the keys of a PC made by `makeKeysPc`, with a word at each step. */
export async function keysWork(
  work: string,
  folder: string,
  step: (name: string) => void,
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
        work: rekeyHere(step),
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
        work: rekeyHere(step),
        step,
      });
      next.close();
      journal.close();
      break;
    }
    default:
      throw new RangeError(`no such work: ${work}`);
  }
  step("end");
}
