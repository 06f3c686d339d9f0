// What it holds is measured with the heaps that ship.
import "../../electron/service/small-heaps.ts";
import { randomUUID, webcrypto } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createHisClient, type HisClient } from "../../electron/service/his/index.ts";
import { openJournal, type Journal, type Remote } from "../../electron/service/store/index.ts";
import { createLink, type Link } from "../../electron/service/sync/link.ts";
import { drainOutbox } from "../../electron/service/sync/push.ts";
import { pushMemory } from "../../electron/service/sync/push-parts.ts";
import { signDetached } from "../../electron/service/vault/act-signature.ts";
import { createHisLine } from "../../electron/service/wiring/his-line.ts";
import { journalThreads } from "../../electron/service/wiring/journal.ts";
import { link as auditLink } from "../../electron/service/audit/index.ts";
import { ACT_SET_SYSTEM, ACT_SYSTEM, type Act } from "../../shared/trust/index.ts";
import { joinSite, startServer } from "../bench/sync.bench.ts";
import { signInOf, type Server } from "../bench/sync.parts.ts";

/** Patients of the hospital; each has his share of the acts. */
const PATIENTS = 200;
const HOURS = 72;
/** Clinicians whose keys sign. */
const KEYS = 4;

interface Outcome {
  readonly acts: number;
  readonly lost: number;
  readonly doubled: number;
  /** Resources of a patient that arrived before an earlier act's. */
  readonly disordered: number;
  readonly seconds: number;
  readonly drainSeconds: number;
  /** Most the process held while draining. */
  readonly rssMb: number;
}

/**
 * 72 hours without the HIS: so many signed acts wait in the journal, and are drained into the demo HIS, which goes away and
 * loses answers meanwhile. Afterwards the HIS itself is asked for all of them. Exit code 0 only if each is there once.
 */
export async function outage(acts: number, json: boolean): Promise<number> {
  const started = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "amanah-outage-"));
  const his = await startServer(join(folder, "his"), 4);
  const line = createHisLine(null);
  try {
    const file = join(folder, "journal.db");
    const key = webcrypto.getRandomValues(new Uint8Array(32));
    await fill(file, key, acts);
    if (!json) console.log(`${acts} acts queued after ${seconds(started)} s`);
    const credentials = await joinSite(his.server);
    const client = createHisClient({
      baseUrl: his.server.baseUrl,
      signIn: await signInOf(credentials),
      fetch,
      carry: line.carry,
      now: Date.now,
      random: randomUUID,
    });
    const draining = performance.now();
    const rssMb = await drainAll(file, key, client, his.server, json);
    const drainSeconds = seconds(draining);
    const found = await compare(file, key, client);
    const outcome: Outcome = { acts, ...found, seconds: seconds(started), drainSeconds, rssMb };
    console.log(JSON.stringify(outcome));
    return outcome.lost + outcome.doubled + outcome.disordered === 0 ? 0 : 1;
  } finally {
    await line.close();
    await his.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10;
}

/** One act a patient in turn, over three days, two values each. */
async function fill(file: string, key: Uint8Array, count: number): Promise<void> {
  const journal = openJournal({ file, key: Uint8Array.from(key), create: true, chain: auditLink });
  const keys = await Promise.all(
    Array.from({ length: KEYS }, () =>
      webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]),
    ),
  );
  const end = Date.now();
  for (let number = 0; number < count; number += 1) {
    const at = new Date(end - HOURS * 3_600_000 * (1 - number / count)).toISOString();
    const author = number % KEYS;
    const pair = keys[author];
    if (pair === undefined) throw new Error("no key");
    const act = actOf(number, at, `nurse-${author}`);
    const signature = await signDetached(act, pair.privateKey, `nurse-${author}`);
    journal.putAct(
      {
        uuid: act.uuid,
        kind: act.kind,
        patient: act.patient,
        author: act.author,
        at,
        queuedAt: Date.parse(at),
        body: JSON.stringify({ act, signature }),
      },
      [JSON.stringify({ kind: "act-charted", act: act.uuid })],
    );
  }
  journal.close();
}

function actOf(number: number, at: string, author: string): Act {
  const uuid = randomUUID();
  const patient = `outage-${number % PATIENTS}`;
  const value = (code: string, text: string, amount: number, unit: string): Act["entries"][0] => {
    const id = randomUUID();
    return {
      base: null,
      resource: {
        resourceType: "Observation",
        id,
        identifier: [
          { system: ACT_SYSTEM, value: id },
          { system: ACT_SET_SYSTEM, value: uuid },
        ],
        status: "final",
        code: { coding: [{ system: "http://loinc.org", code, display: text }], text },
        subject: { reference: `Patient/${patient}` },
        effectiveDateTime: at,
        valueQuantity: { value: amount, unit, system: "http://unitsofmeasure.org", code: unit },
      },
    };
  };
  return {
    v: 1,
    uuid,
    kind: "vitals",
    patient,
    author,
    workstation: "outage-pc",
    at,
    entries: [
      value("8867-4", "Heart rate", 60 + (number % 60), "/min"),
      value("59408-5", "Oxygen saturation", 90 + (number % 10), "%"),
    ],
  };
}

/** The real push over the journal's thread, for as long as something waits. Answers the most memory it took, in MB. */
async function drainAll(
  file: string,
  key: Uint8Array,
  his: HisClient,
  server: Server,
  json: boolean,
): Promise<number> {
  const journal = await journalThreads({ file, key });
  const link = createLink({ parallel: 4, now: Date.now, onChange: () => {} });
  const memory = pushMemory();
  const capabilities = await his.capabilities();
  const trouble = makeTrouble(server);
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 250);
  try {
    for (;;) {
      await reconnect(link, his);
      const due = await drainOutbox({
        his,
        link,
        journal,
        capabilities: () => capabilities,
        now: Date.now,
        random: Math.random,
        memory,
        auditOf: (event) => [JSON.stringify({ kind: event.kind, act: event.act })],
        onOver: async () => {},
        onAlarm: (alarm) => console.error(JSON.stringify(alarm)),
        onChange: () => {},
      });
      const { waiting, parked } = await journal.actCounts();
      if (!json) console.log(`${waiting} wait, ${parked} parked`);
      if (waiting === 0) break;
      if (due !== null) await sleep(Math.max(0, Math.min(due - Date.now(), 5_000)));
    }
  } finally {
    clearInterval(watch);
    await trouble.stop();
    await journal.close();
    await journal.terminate();
  }
  return Math.round(most / 1024 / 1024);
}

async function reconnect(link: Link, his: HisClient): Promise<void> {
  while (link.state().kind !== "up") {
    try {
      await link.probe(async () => await his.get("Location?_count=1"));
    } catch {
      await sleep(200);
    }
  }
}

/** The HIS goes away for a moment, and loses answers for another, while the outbox drains. */
function makeTrouble({ controlUrl }: Server): { stop(): Promise<void> } {
  const set = async (change: object): Promise<void> => {
    await fetch(`${controlUrl}/control/switches`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(change),
    });
  };
  const stopping = new AbortController();
  const rest = (ms: number): Promise<void> => sleep(ms, undefined, { signal: stopping.signal });
  const running = (async () => {
    for (;;) {
      await rest(20_000);
      await set({ loseAnswers: true });
      await rest(300);
      await set({ loseAnswers: false, outage: true });
      await rest(300);
      await set({ outage: false });
    }
  })().catch(() => undefined);
  return {
    async stop() {
      stopping.abort();
      await running;
      await set({ loseAnswers: false, outage: false });
    },
  };
}

/** What the HIS itself says it holds, against what was charted. */
async function compare(
  file: string,
  key: Uint8Array,
  his: HisClient,
): Promise<Pick<Outcome, "lost" | "doubled" | "disordered">> {
  const copies = new Map<string, number>();
  const order = new Map<string, number>();
  const last = new Map<string, number>();
  const patientOf = new Map<string, string>();
  const journal: Pick<Remote<Journal>, never> & Pick<Journal, "acknowledgedActs" | "close"> =
    openJournal({ file, key: Uint8Array.from(key), chain: auditLink });
  let wanted = 0;
  for (let below = Number.MAX_SAFE_INTEGER; ;) {
    const rows = journal.acknowledgedActs(below, 1_000);
    for (const { seq, patient, body } of rows) {
      const { act } = JSON.parse(body) as { act: Act };
      for (const { resource } of act.entries) {
        wanted += 1;
        order.set(resource.id, seq);
        patientOf.set(resource.id, patient);
      }
    }
    const oldest = rows.at(-1);
    if (oldest === undefined) break;
    below = oldest.seq;
  }
  journal.close();
  let disordered = 0;
  let target: string | null = "Observation?_sort=_lastUpdated&_elements=identifier&_count=1000";
  while (target !== null) {
    const page: unknown = JSON.parse(new TextDecoder().decode((await his.get(target)).bytes));
    const { entry = [], link = [] } = page as {
      entry?: { resource: { identifier?: { system: string; value: string }[] } }[];
      link?: { relation: string; url: string }[];
    };
    for (const { resource } of entry) {
      const id = resource.identifier?.find(({ system }) => system === ACT_SYSTEM)?.value;
      const number = id === undefined ? undefined : order.get(id);
      if (id === undefined || number === undefined) continue;
      copies.set(id, (copies.get(id) ?? 0) + 1);
      const patient = patientOf.get(id) ?? "";
      if ((last.get(patient) ?? 0) > number) disordered += 1;
      last.set(patient, Math.max(last.get(patient) ?? 0, number));
    }
    target = link.find(({ relation }) => relation === "next")?.url ?? null;
  }
  let doubled = 0;
  for (const count of copies.values()) if (count > 1) doubled += 1;
  return { lost: wanted - copies.size, doubled, disordered };
}
