import { randomUUID } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import type { ServiceClient } from "../../tools/smoke/workstation.ts";
import { deskOf, rosterOf } from "./desk-room.ts";
import { openPeopleScene } from "./people-scene.ts";
import { chart, entering, openWard, signIn, statusWhen, until, VITALS } from "./ward-pc.ts";

const here = openPeopleScene();
const { person } = here;

// Each person of the demo has one part in this file: what becomes of her in one test is nothing to the others.
describe("who may do what", () => {
  test("a patient outside her remit opens by an override that is told, listed, and reviewed by somebody else", async () => {
    const name = "pc-remit";
    const { wards } = here.scene.his.policyFor(name) as { wards: object[] };
    const far = { id: "ward-far", name: "Far ward" };
    const { client } = await here.scene.pc(name, { wards: [...wards, far] });
    const [view] = await openWard(client, here.scene.his);
    const patient = view?.banner.patient ?? "";
    await client.session.signOut({});
    const yusuf = person("nurse-yusuf");
    await rostered(client, yusuf.id, { wards: [far.id] });
    await entering(client, yusuf);

    await expect(client.patient.view({ patient })).rejects.toMatchObject({ code: "OUTSIDE_REMIT" });
    await expect(chart(client, patient)).rejects.toMatchObject({ code: "OUTSIDE_REMIT" });
    await expect(client.patient.override({ patient, reason: "x" })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
    await client.patient.override({ patient, reason: "called to the crash team" });
    expect((await client.patient.view({ patient })).access).toBe("override");
    const [entry] = await client.review.list();
    expect(entry).toMatchObject({
      kind: "override",
      clinician: { id: yusuf.id },
      patient,
      reason: "called to the crash team",
      reviewedBy: null,
    });
    const id = entry?.id ?? "";
    await expect(client.review.done({ id })).rejects.toMatchObject({
      code: "FORBIDDEN",
      data: { why: "role" },
    });
    await until(
      "the HIS was told",
      () => here.reader.json(`AuditEvent/${id}`),
      ({ status, body }) => status === 200 && JSON.stringify(body).includes("crash team"),
    );
    // It was for that session: the next one asks again.
    await client.session.signOut({});
    await entering(client, yusuf);
    await expect(client.patient.view({ patient })).rejects.toMatchObject({ code: "OUTSIDE_REMIT" });
    await client.session.signOut({});
    const grace = person("nurse-grace");
    await entering(client, grace);
    await client.review.done({ id });
    expect((await client.review.list())[0]).toMatchObject({ reviewedBy: { id: grace.id } });
  });

  test("a pharmacist reads everything and charts no vitals", async () => {
    const { client } = await here.scene.pc("pc-role");
    const [view] = await openWard(client, here.scene.his);
    const patient = view?.banner.patient ?? "";
    await client.session.signOut({});
    const omar = person("doctor-omar");
    await rostered(client, omar.id, { roles: ["pharmacist"] });
    await entering(client, omar);
    expect((await client.patient.view({ patient })).access).toBe("remit");
    for (const refused of [
      chart(client, patient),
      client.drafts.put({ patient, kind: "note", text: "x" }),
      client.outbox.retry({ uuid: randomUUID() }),
    ])
      await expect(refused).rejects.toMatchObject({ code: "FORBIDDEN", data: { why: "role" } });
  });
});

describe("who saw what", () => {
  test("a privacy officer sees who opened whom, marked where it is unusual, opens no record, and is in the list herself", async () => {
    const [vip] = here.scene.his.patients();
    const record = here.scene.his.read("Patient", vip?.id ?? "");
    if (vip === undefined || record === null) throw new Error("the demo has patients");
    const system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    const label = { security: [{ system, code: "V" }] };
    await here.scene.his.put({ ...record, meta: { ...(record["meta"] as object), ...label } });
    const privacy = { manyPatients: 500, manyOutside: 1, withinMinutes: 10 };
    const { client } = await here.scene.pc("pc-privacy", { privacy });
    const views = await openWard(client, here.scene.his);
    expect(views).toHaveLength(2);
    await expect(client.privacy.accesses({ boards: true })).rejects.toMatchObject({
      code: "FORBIDDEN",
      data: { why: "role" },
    });
    await client.session.signOut({});
    const grace = person("nurse-grace");
    await client.session.emergency({
      name: "Dr Visiting",
      reason: "called to theatre, patient has a secret illness",
      way: { kind: "colleague", clinician: grace.id, pin: grace.pin },
    });
    for (const { banner } of views) await client.patient.view({ patient: banner.patient });
    await client.session.signOut({});

    const noura = person("officer-noura");
    await entering(client, noura);
    for (const refused of [client.ward.board({}), client.patient.view({ patient: vip.id })])
      await expect(refused).rejects.toMatchObject({ code: "FORBIDDEN", data: { why: "role" } });
    const [found] = await client.privacy.sought({ sought: vip.name.slice(0, 4) });
    expect(found).toBeDefined();
    const { entries, next } = await client.privacy.accesses({ patient: vip.id, boards: false });
    expect(next).toBeNull();
    expect(entries.map(({ what, who, typed, right }) => [what, who?.id ?? typed, right])).toEqual([
      ["list-read", noura.id, null],
      ["unusual", "Dr Visiting", null],
      ["opened", "Dr Visiting", "emergency"],
      ["opened", here.scene.his.people[0]?.id, "remit"],
    ]);
    const all = await client.privacy.accesses({ boards: true });
    expect(all.entries.find(({ what }) => what === "unusual")).toMatchObject({
      typed: "Dr Visiting",
      patients: 2,
      unusual: ["many-outside"],
    });
    expect(all.entries.map(({ what }) => what)).toContain("board");
    expect(all.entries.find(({ what }) => what === "emergency")).toMatchObject({ reason: "other" });
    // Her own words stay in the list of reviews.
    expect(JSON.stringify(all)).not.toContain("secret illness");
    // Somebody not of the care team has read a very restricted record.
    expect(entries.find(({ right }) => right === "emergency")?.unusual).toContain("restricted");

    // At another PC she finds the access of this one, as it was reported to the HIS, and looks at it there.
    const { client: elsewhere } = await here.scene.pc("pc-elsewhere");
    await signIn(elsewhere, person(here.scene.his.people[0]?.id ?? ""));
    await expect(elsewhere.privacy.everywhere({ pages: 1 })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    await elsewhere.session.signOut({});
    await signIn(elsewhere, noura);
    const visit = (list: Awaited<ReturnType<typeof client.privacy.everywhere>>) =>
      list.entries.find(({ workstation }) => workstation === "pc-privacy");
    const others = await until(
      "the HIS has the report",
      () => elsewhere.privacy.everywhere({ pages: 1 }),
      (list) => visit(list) !== undefined,
    );
    expect(visit(others)).toMatchObject({
      kind: "emergency",
      name: "Dr Visiting",
      by: { id: grace.id },
      reason: "called to theatre, patient has a secret illness",
      reviewedBy: null,
    });
    const { id = "" } = visit(others) ?? {};
    // A busy day later it is on an older page, and can be looked at all the same.
    const report = here.scene.his
      .auditEvents()
      .find(({ purposeOfEvent }) =>
        purposeOfEvent?.some(({ text }) => text?.includes("secret illness")),
      );
    const held = here.scene.his.read("AuditEvent", report?.id ?? "");
    if (held === null) throw new Error("it was reported");
    const source = { observer: { display: "pc-busy" } };
    for (let more = 0; more < 200; more += 1)
      await here.scene.his.put({ ...held, id: randomUUID(), source, entity: [] });
    const newest = await elsewhere.privacy.everywhere({ pages: 1 });
    expect([visit(newest), newest.older]).toEqual([undefined, true]);
    await elsewhere.privacy.reviewed({ id });
    expect(visit(await elsewhere.privacy.everywhere({ pages: 2 }))).toMatchObject({
      reviewedBy: { id: noura.id },
    });
    // Back here it is known who has looked, and where the HIS is gone the list is this PC's, and says so.
    const looked = await until(
      "the HIS has the review",
      () => client.privacy.everywhere({ pages: 1 }),
      (list) => visit(list)?.reviewedBy !== null,
    );
    expect(looked).toMatchObject({ answered: true });
    expect(visit(looked)).toMatchObject({ reviewedBy: { id: noura.id } });
    here.scene.his.switches.set({ outage: true });
    expect(await elsewhere.privacy.everywhere({ pages: 1 })).toMatchObject({
      answered: false,
      entries: [],
    });
  });
});

describe("emergency access", () => {
  test("by a colleague's PIN: reads and nothing else, is marked and told, ends at its time, and is not hers to review", async () => {
    const session = { idleSeconds: 3600, emergencyMinutes: 5 };
    const { client } = await here.scene.pc("pc-emergency", { session });
    const [view] = await openWard(client, here.scene.his);
    const patient = view?.banner.patient ?? "";
    await client.session.signOut({});
    const grace = person("nurse-grace");
    const take = (pin: string) =>
      client.session.emergency({
        name: "Dr Visiting",
        reason: "nobody else is here",
        way: { kind: "colleague", clinician: grace.id, pin },
      });
    await expect(take("000000")).rejects.toMatchObject({ code: "WRONG_PIN" });
    const { session: open } = await take(grace.pin);
    expect(open).toMatchObject({
      state: "open",
      emergency: { name: "Dr Visiting", by: { id: grace.id } },
    });
    expect((await client.patient.view({ patient })).access).toBe("emergency");
    for (const refused of [
      client.record.vitals({
        uuid: randomUUID(),
        patient,
        at: new Date().toISOString(),
        values: VITALS,
        confirmed: [],
      }),
      client.patient.override({ patient, reason: "some reason" }),
      client.review.list(),
      client.session.changePin({ pin: grace.pin, wanted: "836151" }),
    ])
      await expect(refused).rejects.toMatchObject({
        code: "FORBIDDEN",
        data: { why: "emergency" },
      });

    // Five minutes later, by the only clock that counts.
    const clock = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => clock() + 5 * 60_000);
    await expect(client.ward.board({})).rejects.toMatchObject({ code: "LOCKED" });
    expect((await client.status()).session).toMatchObject({
      state: "sealed",
      emergency: null,
      lastLock: { reason: "emergency-over" },
    });

    await entering(client, grace);
    const [entry] = await client.review.list();
    expect(entry).toMatchObject({ kind: "emergency", name: "Dr Visiting", clinician: null });
    const id = entry?.id ?? "";
    // She opened it: she does not review it either.
    await expect(client.review.done({ id })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await until(
      "the HIS was told",
      () => here.reader.json(`AuditEvent/${id}`),
      ({ status, body }) => status === 200 && JSON.stringify(body).includes("ETREAT"),
    );
  });

  test("by the ward's envelope in an outage: once on this PC, and a code of nobody's opens nothing", async () => {
    const { client, stop } = await here.scene.pc("pc-envelope");
    await openWard(client, here.scene.his);
    const ward = here.scene.his.wards[0]?.id ?? "";
    const code = await here.scene.his.newEnvelope(ward);
    await statusWhen(client, "the envelope has a slot", ({ session }) => session.envelope);
    here.scene.his.switches.set({ outage: true });
    await client.session.signOut({});
    const way = { kind: "envelope" as const, code };
    const who = { name: "Dr Visiting", reason: "nobody else is here" };
    await expect(
      client.session.emergency({ ...who, way: { ...way, code: "AAAA-BBBB-CCCC-DDDD-EEEE" } }),
    ).rejects.toMatchObject({ code: "ENVELOPE_REFUSED", data: { why: "unknown" } });
    expect((await client.session.emergency({ ...who, way })).session).toMatchObject({
      state: "open",
      emergency: { by: null },
    });
    expect((await client.ward.board({})).rows.length).toBeGreaterThan(0);
    await client.session.signOut({});
    await expect(client.session.emergency({ ...who, way })).rejects.toMatchObject({
      code: "ENVELOPE_REFUSED",
      data: { why: "used" },
    });
    await stop();
    const again = await here.scene.pc("pc-envelope");
    await expect(again.client.session.emergency({ ...who, way })).rejects.toMatchObject({
      code: "ENVELOPE_REFUSED",
      data: { why: "used" },
    });
    expect((await again.client.status()).session.envelope).toBe(false);
  });
});

/** The desk says something else of her; her keys and PIN stay. Brought on foot, so that no other PC hears of it. */
async function rostered(client: ServiceClient, id: string, change: object): Promise<void> {
  const entry = rosterOf(here.scene).find(({ clinician }) => clinician === id);
  const desk = await deskOf(here.scene);
  const { jws } = await desk.issue("roster-entry", id, { ...entry, ...change }, 30);
  expect(await client.it.bring({ text: jws })).toMatchObject([{ verdict: "accepted" }]);
}
