import { validateResource } from "@medplum/core";
import type { AuditEvent, AuditEventAgent } from "@medplum/fhirtypes";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { auditBody, auditEventsOf, headEvent, link } from "../../electron/service/audit/index.ts";
import { AuditKind } from "../../electron/service/audit/events.ts";
import { loadEngine } from "../../tools/his/engine.ts";
import {
  nurseOf,
  openScene,
  openWard,
  shareKeychain,
  statusWhen,
  until,
  type Scene,
} from "./ward-pc.ts";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const place = { workstation: "pc-1", base: "https://his.example/fhir/" };
const at = "2026-11-20T10:00:00.000Z";
const row = (kind: AuditKind, more: object = {}) => {
  const body = auditBody({ at, kind, clinician: "huda", workstation: "pc-1", ...more });
  return { seq: 7, body, hash: link("0".repeat(64), 7, body) };
};
const eventsOf = (kind: AuditKind, more: object = {}): AuditEvent[] =>
  auditEventsOf(row(kind, more), place) as unknown as AuditEvent[];
const codesOf = (agents: readonly AuditEventAgent[]): (string | undefined)[] =>
  agents.map(({ type }) => type?.coding?.[0]?.code);

let scene: Scene;
beforeAll(async () => {
  loadEngine();
  await shareKeychain();
  scene = await openScene(2);
});
afterAll(async () => {
  await scene.close();
});

test("every kind of entry is told to the HIS as valid FHIR, an override and an emergency access by their own reports", () => {
  const silent = AuditKind.options.filter((kind) => {
    const events = [
      ...eventsOf(kind, { detail: { reason: "wrong-pin", count: 2, well: true } }),
      ...eventsOf(kind, { clinician: null, patient: "p1" }),
      ...eventsOf(kind, { patients: ["p1", "p2"] }),
    ];
    for (const event of events) {
      expect(validateResource(event)).toEqual([]);
      expect(event.subtype?.at(-1)).toMatchObject({ system: "urn:amanah:audit", code: kind });
      expect(event.recorded).toBe(at);
      expect(event.source.observer).toEqual({ display: "pc-1" });
    }
    return events.length === 0;
  });
  expect(silent).toEqual(["emergency-access", "override"]);
});

test("a reading has what IHE BALP's PatientRead asks for", () => {
  const [event] = eventsOf("patient-read", { patient: "p1", detail: { right: "remit" } });
  expect(event).toMatchObject({
    type: { code: "rest" },
    action: "R",
    outcome: "0",
    meta: { profile: [expect.stringMatching(/BALP.*PatientRead$/u)] },
  });
  expect(event?.subtype?.[0]).toMatchObject({
    system: "http://hl7.org/fhir/restful-interaction",
    code: "read",
  });
  // Client, server, and the person who asked.
  expect(codesOf(event?.agent ?? [])).toEqual(["110152", "110153", "IRCP"]);
  expect(event?.agent.map(({ requestor }) => requestor)).toEqual([false, false, true]);
  expect(event?.agent[2]?.who).toEqual({ reference: "Practitioner/huda" });
  expect(event?.entity?.map(({ type, role }) => [type?.code, role?.code])).toEqual([
    ["1", "1"],
    ["2", "4"],
  ]);
  expect(event?.entity?.[0]?.what).toEqual({ reference: "Patient/p1" });
});

test("a ward's board is one query for each patient on it, each an event of its own", () => {
  const events = eventsOf("ward-read", { patients: ["p1", "p2", "p3"], detail: { ward: "w" } });
  expect(events.map(({ entity }) => entity?.[0]?.what?.reference)).toEqual([
    "Patient/p1",
    "Patient/p2",
    "Patient/p3",
  ]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(3);
  for (const event of events) {
    expect(event).toMatchObject({ action: "E", meta: { profile: [expect.any(String)] } });
    expect(codesOf(event.agent)).toEqual(["110153", "110152", "IRCP"]);
    const query = event.entity?.find(({ role }) => role?.code === "24")?.query ?? "";
    expect(Buffer.from(query, "base64").toString()).toBe("Encounter?location=w&status=in-progress");
  }
});

test("a refused sign-in is a failed login, and an entry nobody can read is told by its place alone", () => {
  expect(eventsOf("sign-in-refused", { detail: { why: "wrong-pin" } })[0]).toMatchObject({
    type: { code: "110114" },
    outcome: "4",
  });
  const [event] = auditEventsOf({ seq: 9, body: '{"kind":"secret words"}', hash: "f" }, place);
  expect(validateResource(event as unknown as AuditEvent)).toEqual([]);
  expect(JSON.stringify(event)).not.toContain("secret words");
});

test("the same entry makes the same events, whenever it is told", () => {
  const one = row("patient-read", { patient: "p1" });
  expect(auditEventsOf(one, place)).toEqual(auditEventsOf(one, place));
  const head = headEvent({ seq: 7, hash: one.hash, at, jws: "e.y.j" }, place);
  expect(validateResource(head as unknown as AuditEvent)).toEqual([]);
  expect(JSON.stringify(head)).toContain('"e.y.j"');
});

test("who opened a patient is at the HIS once, with who was on the board and a signed head, also when answers are lost", async () => {
  const { client } = await scene.pc("pc-told");
  await statusWhen(client, "somebody may sign in", ({ session }) =>
    session.clinicians.some(({ slot }) => slot === "ready"),
  );
  // What is taken is not heard of: it is offered again, under the same ids.
  scene.his.switches.set({ loseAnswers: true });
  const [view] = await openWard(client, scene.his);
  const patient = view?.banner.patient ?? "";
  await until(
    "the HIS has the reading",
    () => Promise.resolve(JSON.stringify(scene.his.auditEvents())),
    (text) => text.includes("patient-read"),
  );
  expect((await client.workstation.view()).audit.unsent).toBeGreaterThan(0);
  scene.his.switches.set({ loseAnswers: false });
  await until(
    "the HIS has the trail",
    () => client.workstation.view(),
    ({ audit }) => audit.unsent === 0 && audit.entries > 0,
  );
  const events = scene.his.auditEvents();
  const told = (code: string): AuditEvent[] =>
    events.filter(({ subtype }) => subtype?.some((one) => one.code === code));
  const reads = told("patient-read").filter(({ entity }) =>
    entity?.some(({ what }) => what?.reference === `Patient/${patient}`),
  );
  expect(reads).toHaveLength(1);
  expect(reads[0]?.agent.find(({ requestor }) => requestor)?.who?.reference).toBe(
    `Practitioner/${nurseOf(scene.his).id}`,
  );
  expect(told("ward-read").length).toBeGreaterThan(0);
  expect(told("sign-in")).toHaveLength(1);
});
