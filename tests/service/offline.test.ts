import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { firstOf, sampled } from "../../electron/service/testing/sampled.ts";
import type { Workstation } from "../../tools/smoke/workstation.ts";
import { deskOf, withJournal } from "./desk-room.ts";
import {
  chart,
  nurseOf,
  openScene,
  openWard,
  shareKeychain,
  signIn,
  statusWhen,
  type Scene,
} from "./ward-pc.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The least that policy allows. */
const LIMIT = { offline: { limitHours: 24, warnHours: 1 } };

let scene: Scene;
beforeAll(async () => {
  await shareKeychain();
  scene = await openScene(2);
});
afterAll(async () => {
  await scene.close();
});

/** A PC that has joined, on which the nurse has worked and charted; then it is switched off and the HIS goes. */
async function switchedOff(name: string): Promise<{ pc: Workstation; uuid: string }> {
  scene.his.switches.set({ outage: false });
  const pc = await scene.pc(name, LIMIT);
  const [view] = await openWard(pc.client, scene.his);
  await pc.client.session.lock({});
  scene.his.switches.set({ outage: true });
  await signIn(pc.client, nurseOf(scene.his));
  const uuid = await chart(pc.client, view?.banner.patient ?? "");
  await pc.stop();
  return { pc, uuid };
}

/**
 * As if the PC had last known the time, and heard the HIS, so long ago (negative: in the future). Its clock cannot be set in
 * a test; what it kept of the time can.
 */
function lastKnew({ dataDir }: Workstation, ago: { certain: number; heard: number }): void {
  const at = Date.now();
  withJournal(dataDir, (journal) =>
    journal.setMeta({
      "time.certain": String(at - ago.certain),
      "time.heard": String(at - ago.heard),
    }),
  );
}

const nurse = (): { clinician: string; pin: string } => {
  const { id, pin } = nurseOf(scene.his);
  return { clinician: id, pin };
};

describe("a PC that was too long without the HIS", () => {
  test("warns, then seals; a signed extension opens it again, and nothing was destroyed", async () => {
    const { pc, uuid } = await switchedOff("pc-extension");
    lastKnew(pc, { certain: 1_000, heard: 23.5 * HOUR });
    const near = await scene.pc("pc-extension");
    expect((await near.client.status()).notices.map(({ kind }) => kind)).toEqual([
      "offline-limit-near",
    ]);
    expect((await near.client.session.signIn(nurse())).session.state).toBe("open");
    await near.stop();

    lastKnew(pc, { certain: 1_000, heard: 25 * HOUR });
    const { client } = await scene.pc("pc-extension");
    const { session, unsent } = await client.status();
    expect(session).toMatchObject({ state: "sealed", obstacle: "offline-limit" });
    expect(unsent.waiting).toBe(1);
    await expect(client.session.signIn(nurse())).rejects.toMatchObject({ code: "UNAVAILABLE" });
    const desk = await deskOf(scene);
    const extension = async (until: number): Promise<string> => {
      const body = { workstation: "pc-extension", until: new Date(until).toISOString() };
      return (await desk.issue("extension", "pc-extension", body, 30)).jws;
    };
    // One that has run out already helps nobody.
    await client.it.bring({ text: await extension(Date.now() - HOUR) });
    expect((await client.status()).session.obstacle).toBe("offline-limit");
    await client.it.bring({ text: await extension(Date.now() + 2 * DAY) });
    expect((await client.status()).session.obstacle).toBeNull();
    await client.session.signIn(nurse());
    expect((await client.outbox.list()).map((act) => act.uuid)).toEqual([uuid]);
    expect((await client.ward.board({})).rows.some(({ patient }) => patient !== null)).toBe(true);

    // The HIS comes: heard again, the limit counts anew and all is sent.
    scene.his.switches.set({ outage: false });
    await statusWhen(client, "sent", (now) => now.unsent.waiting === 0);
    expect(scene.his.countObservationsByAct(uuid)).toBe(7);
  });

  test("opens by IT's spoken code for three days, over restarts; the HIS coming back opens it too", async () => {
    const { pc } = await switchedOff("pc-code");
    lastKnew(pc, { certain: 1_000, heard: 30 * HOUR });
    const sealed = await scene.pc("pc-code");
    expect((await sealed.client.status()).session.obstacle).toBe("offline-limit");
    const { itChallenge } = await sealed.client.it.keys();
    const code = scene.his.spokenCode("pc-code", "extend", itChallenge ?? "");
    const told = await sealed.client.it.code({ purpose: "extend", code });
    expect(told.session.obstacle).toBeNull();
    const { offline } = await sealed.client.it.keys();
    expect(Date.parse(offline.extendedUntil ?? "") - Date.now()).toBeGreaterThan(2.9 * DAY);
    expect(Date.parse(offline.extendedUntil ?? "") - Date.now()).toBeLessThanOrEqual(3 * DAY);
    expect((await sealed.client.session.signIn(nurse())).session.state).toBe("open");
    await sealed.stop();

    lastKnew(pc, { certain: 1_000, heard: 40 * HOUR });
    const extended = await scene.pc("pc-code");
    expect((await extended.client.status()).session.obstacle).toBeNull();
    await extended.stop();

    // As if the three days were over, too.
    withJournal(pc.dataDir, (journal) =>
      journal.setMeta({ "it.extended-until": new Date(Date.now() - HOUR).toISOString() }),
    );
    const over = await scene.pc("pc-code");
    expect((await over.client.status()).session.obstacle).toBe("offline-limit");
    scene.his.switches.set({ outage: false });
    await statusWhen(over.client, "open again", ({ session }) => session.obstacle === null);
    expect((await signIn(over.client, nurseOf(scene.his))).session.state).toBe("open");
  });
});

describe("a PC whose clock was set while it was off", () => {
  const clocks = [
    ["a year ahead", "pc-ahead", 365 * DAY, "clock-ahead"],
    // Ten months: her roster entry of this year is then still good, and must not be what answers here.
    ["ten months back", "pc-back", -300 * DAY, "clock-behind"],
  ] as const;
  test.each(firstOf(clocks))(
    "%s: the time is doubtful, nothing expires, everybody signs in",
    async (_how, name, by, doubt) => {
      const { pc, uuid } = await switchedOff(name);
      lastKnew(pc, { certain: by, heard: by });
      const { client, stop } = await scene.pc(name);
      const { session, notices, unsent } = await client.status();
      expect(session.obstacle).toBeNull();
      expect(notices).toEqual([{ kind: "time-doubtful", since: null, detail: doubt }]);
      expect(session.clinicians.every(({ slot }) => slot === "ready")).toBe(true);
      expect(unsent.waiting).toBe(1);
      for (const { id, pin } of sampled(scene.his.people, 3)) {
        expect((await client.session.signIn({ clinician: id, pin })).session.state).toBe("open");
        await client.session.signOut({});
      }
      await client.session.signIn(nurse());
      expect((await client.outbox.list()).map((act) => act.uuid)).toEqual([uuid]);
      expect((await client.it.keys()).time).toEqual({ doubtful: true, detail: doubt });
      scene.his.switches.set({ outage: false });
      await statusWhen(client, "sent", (now) => now.unsent.waiting === 0);
      if (by > 0)
        // The HIS and this PC's clock agree: that settles it.
        await statusWhen(client, "certain again", (now) => now.notices.length === 0);
      await stop();
    },
  );
});
