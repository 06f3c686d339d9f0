import { hash } from "node:crypto";
import { stillCounts, wholeLedger, withoutRevoked } from "../guard/index.ts";
import type { SigningTrust } from "../guard/index.ts";
import { bringFacts } from "./bring-facts.ts";
import type { FactChange, FactFiles } from "./bring-facts.ts";
import { newlyHeld } from "./guarded.ts";
import type { SyncAlarm } from "./types.ts";

/** A transaction of the chart takes about this many facts. */
const BATCH = 500;

/** In the journal's meta: by which revocations the ledger has been gone through. */
const GONE_THROUGH = "guard.revocations";

export interface Revisited {
  readonly patients: readonly string[];
  readonly alarms: readonly SyncAlarm[];
}

/**
 * SECURITY: a stolen key is found out after it was used. When a key or a clinician is revoked as of earlier, every fact that was
 * accepted on such a signature is looked at again: what a warning gave way to stands again and waits for a clinician, what was
 * added is nobody's word. Once for each set of revocations; a kill within does it again, which changes nothing more.
 */
export function holdRevoked(
  files: FactFiles,
  trust: SigningTrust,
  { now, goOn }: { readonly now: number; readonly goOn: () => void },
): Revisited {
  const ended = endsOf(trust, now);
  if (ended === (files.journal.meta()[GONE_THROUGH] ?? "")) return { patients: [], alarms: [] };
  const counts = stillCounts(trust);
  const { facts } = wholeLedger(files.journal, files.ledgerKey);
  const changes: FactChange[] = [];
  const alarms: SyncAlarm[] = [];
  const patients = new Set<string>();
  for (const before of facts) {
    const after = withoutRevoked(before, counts, now);
    if (after === null) continue;
    changes.push({ before, after: [after] });
    alarms.push(...newlyHeld(before, after));
    for (const { patient } of [before, after, ...after.claims]) patients.add(patient);
  }
  for (let at = 0; at < changes.length; at += BATCH) {
    goOn();
    bringFacts(files, changes.slice(at, at + BATCH));
  }
  files.journal.setMeta({ [GONE_THROUGH]: ended });
  return { patients: [...patients], alarms };
}

/** What has ended of all that is trusted, as one word; "" where nothing has. What ends later was refused when it came. */
function endsOf({ keys, revoked }: SigningTrust, now: number): string {
  const ends = [
    ...keys.flatMap(({ kid, until }) => (until <= now ? [`${kid} ${until}`] : [])),
    ...revoked.flatMap(({ clinician, from, until }) =>
      from <= now ? [`${clinician} ${from} ${until}`] : [],
    ),
  ];
  const text = ends.toSorted().join("\n");
  return text === "" ? "" : hash("sha256", text, "base64url");
}
