import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ORPCError } from "@orpc/client";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { firstOf } from "../../electron/service/testing/sampled.ts";
import { flipPages } from "./damage.ts";
import {
  chart,
  nurseOf,
  openScene,
  openWard,
  shareKeychain,
  signIn,
  statusWhen,
  trailChecked,
  type Scene,
} from "./ward-pc.ts";
import type { ServiceClient } from "../../tools/smoke/workstation.ts";

/** A file that is damaged while everybody works on it. */
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });
beforeAll(shareKeychain);

/** Sets of vitals, enough that they fill pages of the journal. */
const CHARTED = 40;

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(async () => {
  await scene.close();
});

const isMending = async (client: ServiceClient): Promise<boolean> =>
  (await client.status()).session.obstacle === "mending";

const readers: readonly [string, (client: ServiceClient) => Promise<unknown>][] = [
  ["read by her screen", (client) => client.outbox.list()],
  ["read by a check of the trail", (client) => client.workstation.checkTrail()],
  ["read by the status that every screen asks for", (client) => client.status()],
];
test.each(firstOf(readers))(
  "pages of the journal that fail at work, first %s: it is salvaged by itself, each act is there or counted, and her draft is back",
  async (_how, work) => {
    const first = await scene.pc();
    const whole = await openWard(first.client, scene.his);
    scene.his.switches.set({ outage: true });
    const patient = whole[0]?.banner.patient ?? "";
    for (let pulse = 60; pulse < 60 + CHARTED; pulse += 1)
      await chart(first.client, patient, pulse);
    // All of it is in the file, and nothing of it in memory.
    await first.stop();
    const { client, dataDir } = await scene.pc();
    await signIn(client, nurseOf(scene.his));

    flipPages(join(dataDir, "journal.db"), 7, 5);
    await client.drafts.put({ patient, kind: "vitals", text: "half a note" });
    const told = new Set<string>();
    let found = false;
    for (let tries = 0; tries < 100 && !found; tries += 1) {
      await work(client).catch((error: unknown) => {
        if (!(error instanceof ORPCError)) throw error;
        told.add(error.code);
      });
      found = await isMending(client);
      await sleep(50);
    }
    expect(found).toBe(true);
    // The chart was not to blame, and was not closed for it.
    expect([...told].filter((code) => code !== "UNAVAILABLE" && code !== "LOCKED")).toEqual([]);
    await expect(client.ward.board({})).rejects.toMatchObject({ code: "LOCKED" });
    await statusWhen(client, "mended", ({ session }) => session.obstacle === null);

    await signIn(client, nurseOf(scene.his));
    const board = await client.ward.board({});
    expect(board.rows.filter((row) => row.patient !== null)).toHaveLength(whole.length);
    expect((await client.drafts.get({ patient, kind: "vitals" })).text).toBe("half a note");
    const kept = (await client.outbox.list()).length;
    const { rollback } = await client.it.keys();
    const said = /(\d+) unsent acts are only in the escrow file/u.exec(rollback.found.join());
    expect(kept + Number(said?.[1] ?? 0)).toBe(CHARTED);
    expect(kept).toBeLessThan(CHARTED);
    expect(kept).toBeGreaterThan(0);
    await trailChecked(client);

    const later = await chart(client, patient, 99);
    scene.his.switches.set({ outage: false });
    await statusWhen(client, "drained", ({ unsent }) => unsent.waiting === 0);
    expect(scene.his.countObservationsByAct(later)).toBeGreaterThan(0);
  },
);
