import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { makeCard } from "../../electron/service/chart/index.ts";
import { wholeLedger } from "../../electron/service/guard/index.ts";
import {
  openChart,
  openJournal,
  type ChartReader,
  type Journal,
} from "../../electron/service/store/index.ts";
import { createApply } from "../../electron/service/sync/apply.ts";
import {
  createPageSealer,
  INBOX_INFO,
  inboxBinding,
  sealingKeyOf,
} from "../../electron/service/vault/index.ts";
import {
  at,
  EACH,
  newSigner,
  pageOf,
  PATIENTS,
  START,
  type Type,
  type Vouching,
} from "./guard-apply.pages.ts";

const RUNS = 3;
const BASE = "http://his.bench/fhir/";
const CHANGES = PATIENTS * EACH;
/** Facts that one act of a clinician changes, under one signature. */
const ACT = 5;

/** What is applied: every side is 10,000 changes of facts that are held, through sealed pages into both encrypted files. */
interface Side {
  readonly type: Type;
  readonly vouching: Vouching | null;
}

/**
 * Verifying and applying 10,000 signed versions over applying 10,000 changes of as many words in the same pages, of a type
 * that nothing guards. `OneByOne`: a signature for each fact, the dearest there is. `…OverBare`: over pages that carry no
 * Provenances, so that the reading of these counts as the guard's.
 */
export async function benchGuardApply(): Promise<Record<string, number>> {
  const signer = await newSigner();
  const acts = { signer, factsEach: ACT };
  const single = { signer, factsEach: 1 };
  const sides: Readonly<Record<string, Side>> = {
    bare: { type: "Condition", vouching: null },
    plain: { type: "Condition", vouching: acts },
    plainSingle: { type: "Condition", vouching: single },
    unsigned: { type: "AllergyIntolerance", vouching: null },
    guarded: { type: "AllergyIntolerance", vouching: acts },
    guardedSingle: { type: "AllergyIntolerance", vouching: single },
  };
  const least = new Map<string, number>();
  for (let run = 0; run < RUNS; run += 1)
    for (const [name, side] of Object.entries(sides)) {
      const millis = await applied(side);
      least.set(name, Math.min(millis, least.get(name) ?? Infinity));
    }
  const of = (name: string): number => least.get(name) ?? Number.NaN;
  const perSecond = (name: string): number => (CHANGES * 1000) / of(name);
  return {
    "guard.applyRatio": of("guarded") / of("plain"),
    "guard.applyOneByOneRatio": of("guardedSingle") / of("plainSingle"),
    "guard.applyRatioOverBare": of("guarded") / of("bare"),
    "guard.applyOneByOneRatioOverBare": of("guardedSingle") / of("bare"),
    "guard.factsPerSignature": ACT,
    "guard.appliedPerSecond": perSecond("guarded"),
    "guard.appliedOneByOnePerSecond": perSecond("guardedSingle"),
    "guard.unsignedPerSecond": perSecond("unsigned"),
    "guard.unguardedPerSecond": perSecond("plain"),
    "guard.unguardedBarePerSecond": perSecond("bare"),
  };
}

/** Milliseconds for all second versions. */
async function applied(side: Side): Promise<number> {
  const { type, vouching } = side;
  const folder = mkdtempSync(join(tmpdir(), "bench-guard-"));
  const key = (): Uint8Array => Uint8Array.from(randomBytes(32));
  const keys = { chart: key(), inbox: key(), ledger: key(), drafts: key() };
  const chain = (previous: string, seq: number, body: string): string =>
    createHash("sha256").update(`${previous}|${seq}|${body}`).digest("hex");
  const journal = openJournal({
    file: join(folder, "journal.db"),
    key: key(),
    create: true,
    chain,
  });
  const chart = openChart({
    file: join(folder, "chart.db"),
    key: keys.chart,
    create: true,
    card: makeCard,
  });
  const apply = createApply({
    chart,
    journal,
    inboxKey: keys.inbox,
    ledgerKey: keys.ledger,
    base: BASE,
    now: () => START + 3 * 60_000,
    tick: () => 0,
    pause: async () => {},
  });

  if (vouching !== null && type !== "Condition") apply.useSigningKeys(vouching.signer.trust);
  const sealer = createPageSealer(sealingKeyOf(keys), INBOX_INFO, () => 0);
  try {
    for (const version of [1, 2]) {
      const pages = [];
      for (let patient = 0; patient < PATIENTS; patient += 1) {
        const place = { kind: "backfill", type, patient: `p${patient}` } as const;
        const bundle = await pageOf(type, patient, version, version === 1 ? null : vouching);
        const bytes = deflateRawSync(Buffer.from(JSON.stringify(bundle)), { level: 1 });
        const sealed = await sealer.seal(inboxBinding(place.kind, type, place.patient), bytes);
        const page = { ...place, last: true, asOf: at(version), resources: EACH, sealed };
        pages.push({ page });
      }
      if (version === 2) await apply.applyInbox(1);
      journal.receiveAll(pages);
    }
    const from = performance.now();
    const done = await apply.applyInbox(1);
    const millis = performance.now() - from;
    if (done.resources !== CHANGES) throw new Error("not everything was applied");
    requireWritten(side, chart, journal, keys.ledger);
    return millis;
  } finally {
    chart.close();
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every side has really done what it is measured by: each change is in the chart, and each guarded one in the ledger. */
function requireWritten(
  { type, vouching }: Side,
  chart: ChartReader,
  journal: Journal,
  key: Uint8Array,
): void {
  for (let patient = 0; patient < PATIENTS; patient += 1) {
    const { resources } = chart.resources(`p${patient}`, type);
    const isWhole =
      resources.length === EACH && resources.every(({ meta }) => meta?.versionId === "2");
    const isGuarded = type === "AllergyIntolerance";
    const isHeld = isGuarded && vouching === null;
    if (isWhole === isHeld) throw new Error(`p${patient}: the chart has not what was applied`);
  }
  if (journal.inboxSize().pages > 0) throw new Error("pages are left");
  const { facts } = wholeLedger(journal, key);
  const verified = facts.filter(
    ({ verdict, resource }) => verdict === "apply-verified" && resource["criticality"] === "low",
  );
  if (facts.length !== (type === "Condition" ? 0 : CHANGES))
    throw new Error("the ledger is not whole");
  if (type !== "Condition" && verified.length !== (vouching === null ? 0 : CHANGES))
    throw new Error("what was signed was not verified");
}
