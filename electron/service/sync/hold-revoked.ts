import { hash } from "node:crypto";
import { stillCounts, wholeLedger, withoutRevoked } from "../guard/index.ts";
import type { AcceptedFact, SigningTrust } from "../guard/index.ts";
import { bringFacts } from "./bring-facts.ts";
import type { FactChange, FactFiles } from "./bring-facts.ts";
import { newlyHeld } from "./guarded.ts";
import type { SyncAlarm } from "./types.ts";

/** A transaction of the chart takes about this many facts. */
const BATCH = 500;

/** In the journal's meta: by which revocations the ledger has been gone through. */
const GONE_THROUGH = "guard.revocations";

/** What came of going through the ledger, to be told. */
export interface Revisited {
  readonly patients: readonly string[];
  readonly alarms: readonly SyncAlarm[];
}

export interface Revisits {
  /** Goes through the ledger if keys or clinicians have ended by which it was not gone through. */
  by(trust: SigningTrust): void;
  /** The same once more, where it was given up or the disk said no. */
  again(): void;
  /** What came of it since this was last asked. */
  take(): Revisited;
}

/**
 * SECURITY: a stolen key is found out after it was used. When a key or a clinician is revoked as of earlier, every fact that was
 * accepted on such a signature is looked at again: what a warning gave way to stands again and waits for a clinician, what was
 * added is nobody's word. Once for each set of revocations; a kill within does it again, which changes nothing more.
 */
export function createRevisits(
  files: FactFiles,
  { now, goOn }: { readonly now: () => number; readonly goOn: () => void },
): Revisits {
  let due: SigningTrust | null = null;
  let patients = new Set<string>();
  let alarms: SyncAlarm[] = [];

  function hold(trust: SigningTrust): void {
    const ended = endsOf(trust, now());
    if (ended === (files.journal.meta()[GONE_THROUGH] ?? "")) return;
    const counts = stillCounts(trust);
    const { facts } = wholeLedger(files.journal, files.ledgerKey);
    const changes = facts.flatMap((before): Change[] => {
      const after = withoutRevoked(before, counts, now());
      return after === null ? [] : [{ before, after: [after] }];
    });
    for (let at = 0; at < changes.length; at += BATCH) {
      goOn();
      const part = changes.slice(at, at + BATCH);
      bringFacts(files, part);
      // Told of what is written, though the next part may fail.
      for (const { before, after } of part) note(before, after[0]);
    }
    files.journal.setMeta({ [GONE_THROUGH]: ended });
  }

  function note(before: AcceptedFact, after: AcceptedFact): void {
    alarms.push(...newlyHeld(before, after));
    for (const { patient } of [before, after, ...after.claims]) patients.add(patient);
  }

  function again(): void {
    if (due === null) return;
    hold(due);
    due = null;
  }

  return {
    by(trust) {
      due = trust;
      again();
    },
    again,
    take() {
      const told = { patients: [...patients], alarms };
      patients = new Set();
      alarms = [];
      return told;
    },
  };
}

interface Change extends FactChange {
  readonly after: readonly [AcceptedFact];
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
