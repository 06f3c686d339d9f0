import { randomUUID, webcrypto } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { createHisClient } from "../../electron/service/his/index.ts";
import { orderOf, vitalsOf } from "../../electron/service/record/testing.ts";
import { connectThread } from "../../electron/service/store/index.ts";
import { CHART_MOVED, createSync } from "../../electron/service/sync/index.ts";
import type { ChartThread } from "../../electron/service/sync/index.ts";
import type { ChartThreadData } from "../../electron/service/threads/chart-thread.ts";
import { sealingKeyOf } from "../../electron/service/vault/index.ts";
import { createHisLine } from "../../electron/service/wiring/his-line.ts";
import { journalThreads } from "../../electron/service/wiring/journal.ts";
import type { Act } from "../../shared/trust/index.ts";
import { followThreads } from "./die-at-commit.ts";
import { chartFileIn, journalFileIn } from "./sync-setting.ts";
import type { Heard, Setting, Told } from "./sync-setting.ts";

/**
 * The workstation that is killed: the service's own threads and its sync, over real files and real
 * HTTP, and somebody who charts without end. Started ahead of its life, because starting is what takes time; lives from
 * the first message on, and comes to rest when it is told to.
 */
const say = (told: Told): void => void process.send?.(told);
const thread = (name: string, data: object): Worker =>
  new Worker(new URL(`../../electron/service/threads/${name}.ts`, import.meta.url), {
    workerData: data,
  });

async function live(setting: Setting): Promise<void> {
  const { folder, keys, baseUrl, wards, patients } = setting;
  const copy = (name: keyof Setting["keys"]): Uint8Array => Uint8Array.from(keys[name]);
  const journal = await journalThreads({
    file: journalFileIn(folder),
    key: copy("device"),
    create: true,
    sealingKey: sealingKeyOf({ ...keys, inbox: copy("inbox") }),
  });
  const chartData: ChartThreadData = {
    chartFile: chartFileIn(folder),
    chartKey: copy("chart"),
    create: true,
    salvage: "if-damaged",
    journalFile: journalFileIn(folder),
    journalKey: copy("device"),
    inboxKey: copy("inbox"),
    ledgerKey: copy("ledger"),
    base: `${baseUrl}/`,
  };
  const chart = connectThread<ChartThread>(thread("chart-thread", chartData), {
    handOver: CHART_MOVED,
  });
  const { salvage } = await chart.ready();
  if (salvage !== null) say({ kind: "salvaged" });

  const key = await webcrypto.subtle.importKey(
    "jwk",
    setting.signIn.key,
    { name: "ECDSA", namedCurve: "P-384" },
    true,
    ["sign"],
  );
  const line = createHisLine(null);
  const sync = createSync({
    his: createHisClient({
      baseUrl,
      signIn: {
        clientId: setting.signIn.clientId,
        keys: () => [
          { algorithm: "ES384", privateKey: key, thumbprint: setting.signIn.thumbprint },
        ],
        scope: "system/*.cruds",
      },
      fetch,
      carry: line.carry,
      now: Date.now,
      random: randomUUID,
    }),
    journal,
    chart: () => chart,
    policy: {
      wards,
      intervalSeconds: 1,
      overlapSeconds: 30,
      pageSize: 50,
      parallel: 3,
      retentionHours: 72,
      acknowledgedDays: 14,
    },
    believed: () => true,
    carry: () => Promise.resolve(),
    now: Date.now,
    // Back-off as short as it may be: time is what there is least of here.
    random: () => 0,
    timers: {
      after(ms, callback) {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    },
    log: () => {},
    onStatements: async () => {},
    onOver: async (uuids) => {
      for (const uuid of uuids) say({ kind: "acknowledged", uuid });
    },
    onUnsentAgain: async () => {},
    onChange: () => {},
    onAlarm: (alarm) => {
      if (alarm.kind === "duplicate") say({ kind: "duplicate", uuid: alarm.act });
    },
    auditOf: (event) => [JSON.stringify(event)],
  });

  let resting = false;
  process.on("message", (heard: Heard) => {
    if (heard.kind === "rest") resting = true;
  });
  sync.start();
  for (let n = 0; !resting; n += 1) {
    const act = actOf(n, patients[n % patients.length] ?? "", setting.signIn.clientId);
    const { uuid, kind, patient, author, at } = act;
    const body = JSON.stringify({ act, signature: "signed" });
    const row = { uuid, kind, patient, author, at, queuedAt: Date.now(), body };
    await journal.putAct(row, [`charted ${uuid}`]);
    // Said only now: what was said is committed.
    say({ kind: "charted", uuid });
    void sync.pushNow();
    await sleep(10 + (n % 7) * 5);
  }
  // Twice: the second time brings back what the first has sent.
  for (let quiet = 0; quiet < 2;) {
    await sync.pullNow();
    await sync.pushNow();
    await sync.idle();
    await sync.applyNow();
    const { waiting } = await journal.actCounts();
    const { pages } = await journal.inboxSize();
    const wanted = (await journal.backfill()).filter(({ state }) => state === "wanted");
    const rests = waiting + pages + wanted.length === 0 && sync.view().state === "live";
    quiet = rests ? quiet + 1 : 0;
    if (!rests) await sleep(50);
  }
  await sync.stop();
  await chart.close();
  await journal.close();
  await Promise.all([chart.terminate(), journal.terminate(), line.close()]);
  say({ kind: "rested" });
  process.disconnect();
}

/** Vital signs, and after three sets an order. */
function actOf(n: number, patient: string, workstation: string): Act {
  const frame = { uuid: randomUUID(), patient, workstation, at: new Date().toISOString() };
  return n % 4 < 3 ? vitalsOf(frame, 60 + (n % 60)) : orderOf(frame);
}

followThreads();
process.once("message", (heard: Heard) => {
  if (heard.kind === "live") void live(heard.setting);
});
say({ kind: "ready" });
