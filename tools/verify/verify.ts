import { existsSync, realpathSync } from "node:fs";
import {
  link,
  readAnchor,
  verifyTrail,
  type Position,
  type TrailVerdict,
} from "../../electron/service/audit/index.ts";
import { openTrailReader } from "../../electron/service/store/index.ts";
import { readWorkstationKey, type Keychain } from "../../electron/service/vault/index.ts";

/** The data folder is not that of a PC this account can read. */
export class NoTrail extends Error {
  override readonly name = "NoTrail";
}

/**
 * Checks the audit trail of a PC, with its keychain, beside or without the service: the file is only read.
 * @param elsewhere positions of the trail that others know, as the HIS's heads state them
 * @throws NoTrail, KeychainError, StoreError
 */
export async function verifyProfile(input: {
  readonly journal: string;
  readonly keychain: Keychain;
  readonly elsewhere?: readonly Position[];
}): Promise<TrailVerdict> {
  const { keychain } = input;
  if (!existsSync(input.journal)) throw new NoTrail(`${input.journal} is not there`);
  const deviceKey = await keychain.get("device-key");
  if (deviceKey?.length !== 32)
    throw new NoTrail("the keychain of this account holds no device key for this folder");
  const key = await readWorkstationKey(keychain);
  const reader = openTrailReader({
    file: realpathSync(input.journal),
    key: deviceKey,
    chain: link,
  });
  try {
    return await verifyTrail({
      journal: {
        auditTail: async () => reader.auditTail(),
        audit: async (from, limit) => reader.audit(from, limit),
        checkAudit: async (after, limit) => reader.checkAudit(after, limit),
        auditHeads: async () => reader.auditHeads(),
        wrongAuditHead: async () => reader.wrongAuditHead(),
      },
      anchor: await readAnchor(keychain),
      keys: key === null ? [] : [key],
      elsewhere: input.elsewhere ?? [],
    });
  } finally {
    reader.close();
    deviceKey.fill(0);
  }
}

/** For a person at the terminal: what was found, the worst first. */
export function inWords(verdict: TrailVerdict): string[] {
  const { entries, broken, breaks, signedTo, heads } = verdict;
  return [
    broken === null
      ? `whole: ${entries} entries, each linked to the one before`
      : `NOT WHOLE: ${broken.how} at entry ${broken.at} (entries there: ${entries})`,
    `signed up to entry ${signedTo ?? "none"}: ${heads.good} heads good, ${heads.otherKeys} by an earlier key of this PC`,
    ...breaks.map(
      ({ at, how, found }) => `a break of before: ${how} at entry ${at}, found ${found}`,
    ),
  ];
}
