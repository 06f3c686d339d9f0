import { join } from "node:path";
import { link } from "../../electron/service/audit/index.ts";
import { openJournal, type Journal } from "../../electron/service/store/index.ts";
import { openBlockingKeychain } from "../../electron/service/vault/index.ts";
import { openFiles } from "../../electron/service/wiring/files.ts";
import type { RosterEntry, StatementKind } from "../../shared/trust/index.ts";
import { STATEMENT_JWS_URL, STATEMENT_SYSTEM } from "../../shared/trust/index.ts";
import { makeControlKey, openDesk, type Desk } from "../../tools/control/desk.ts";
import { openDeskFile } from "../../tools/his/desk-file.ts";
import type { His } from "../../tools/his/index.ts";
import type { Scene } from "./ward-pc.ts";

export const SITE = "amanah-demo";

/**
 * The hospital's control key in the test's own hands: what it signs reaches no HIS unless the test puts it there.
 * `forged`: another key under the same words. `number`: instead of the next one.
 */
export async function deskOf(
  scene: Scene,
  change: {
    readonly site?: string;
    readonly forged?: boolean;
    readonly number?: number;
    readonly now?: () => Date;
  } = {},
): Promise<Desk> {
  const file = openDeskFile(join(scene.folder, "his", "desk.db"));
  try {
    const bytes = (name: string): Uint8Array =>
      Buffer.from(secretOf(file.secret(name)), "base64url");
    const secrets = {
      site: change.site ?? SITE,
      controlKey:
        change.forged === true
          ? await makeControlKey()
          : (JSON.parse(secretOf(file.secret("control-key"))) as JsonWebKey),
      pepper: bytes("site-pepper"),
      itSecret: bytes("it-secret"),
    };
    const next = (kind: StatementKind, subject: string): number => {
      const again = openDeskFile(join(scene.folder, "his", "desk.db"));
      try {
        return again.nextNumber(kind, subject);
      } finally {
        again.close();
      }
    };
    return await openDesk({
      secrets,
      nextNumber: (kind, subject) => change.number ?? next(kind, subject),
      now: change.now ?? (() => new Date()),
    });
  } finally {
    file.close();
  }
}

function secretOf(text: string | null): string {
  if (text === null) throw new Error("the demo's desk has its secrets");
  return text;
}

/** The private key of the demo's hospital for escrow files. */
export function recoveryKeyOf(scene: Scene): string {
  const file = openDeskFile(join(scene.folder, "his", "desk.db"));
  try {
    const { privateKey } = JSON.parse(secretOf(file.secret("recovery-key"))) as {
      privateKey: string;
    };
    return privateKey;
  } finally {
    file.close();
  }
}

/** The HIS offers a text where workstations look for statements, whatever it is. */
export async function offer(his: His, id: string, jws: string): Promise<void> {
  await his.put({
    resourceType: "Basic",
    id,
    code: { coding: [{ system: STATEMENT_SYSTEM, code: "seal" }] },
    extension: [{ url: STATEMENT_JWS_URL, valueString: jws }],
  });
}

/** Opens a PC's journal with the key its keychain holds, for a look or a change that no page could make. */
export function withJournal<T>(dataDir: string, work: (journal: Journal) => T): T {
  const key = openBlockingKeychain(openFiles(dataDir).profile).get("device-key");
  if (key === null) throw new Error("the PC has a device key");
  const journal = openJournal({
    file: join(dataDir, "journal.db"),
    key,
    create: false,
    chain: link,
  });
  try {
    return work(journal);
  } finally {
    journal.close();
  }
}

export interface Entry {
  readonly kind: string;
  readonly clinician: string | null;
  readonly patient?: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The audit trail of a PC that was stopped. */
export function trailOf(dataDir: string): Entry[] {
  return withJournal(dataDir, (journal) =>
    journal.audit(1, 10_000).map(({ body }) => JSON.parse(body) as Entry),
  );
}

/** The roster entries as the demo's desk said them last, for `tools/recover`. */
export function rosterOf(scene: Scene): RosterEntry[] {
  const file = openDeskFile(join(scene.folder, "his", "desk.db"));
  try {
    return scene.his.people.map(
      ({ id }) => (JSON.parse(secretOf(file.entry(id))) as { entry: RosterEntry }).entry,
    );
  } finally {
    file.close();
  }
}
