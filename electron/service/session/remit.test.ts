import { expect, test } from "vitest";
import { contract } from "../../../shared/contract/index.ts";
import { mayDo, mayReview, mayWitness, refusalOf, remitOf, rightTo } from "./remit.ts";
import type { Access, Person } from "./types.ts";

const person = (roles: Person["roles"], wards = ["ward-a"]): Person => ({
  clinician: "huda",
  name: { en: "Huda", ar: "هدى" },
  roles,
  wards,
});
const rooms = [
  "ward",
  "patient",
  "record",
  "guard",
  "drafts",
  "outbox",
  "review",
  "privacy",
] as const;
const all = rooms.flatMap((room) => Object.keys(contract[room]).map((name) => `${room}.${name}`));
const allowed = (who: Parameters<typeof mayDo>[0]): string[] =>
  all.filter((one) => mayDo(who, one));

const officers = new Set([
  "privacy.accesses",
  "privacy.everywhere",
  "privacy.reviewed",
  "privacy.sought",
]);

test("a privacy officer sees who saw what and reviews, and opens no record", () => {
  expect(allowed(person(["privacy-officer"]))).toEqual([
    "review.list",
    "review.done",
    "privacy.accesses",
    "privacy.everywhere",
    "privacy.reviewed",
    "privacy.sought",
  ]);
  expect(mayDo("emergency", "privacy.accesses")).toBe(false);
});

test("a clinician's PIN is a second pair of eyes over a stop; a privacy officer's is not", () => {
  for (const role of ["doctor", "nurse", "pharmacist"] as const)
    expect(mayWitness(person([role]))).toBe(true);
  expect(mayWitness(person(["privacy-officer"]))).toBe(false);
  expect(mayWitness(person([]))).toBe(false);
  expect(mayWitness(person(["privacy-officer", "nurse"]))).toBe(true);
});

test("a doctor does everything at the bed; a nurse neither orders nor decides about held changes nor has another ward's patient fetched", () => {
  const doctors = new Set([
    "record.medicineNames",
    "record.orderCheck",
    "record.order",
    "guard.decide",
    "patient.find",
    "patient.bring",
  ]);
  const atTheBed = all.filter((one) => !officers.has(one));
  expect(allowed(person(["doctor"]))).toEqual(atTheBed);
  expect(allowed(person(["nurse"]))).toEqual(atTheBed.filter((one) => !doctors.has(one)));
});

test("a pharmacist reads, opens with a reason and sees the list, and charts no vitals", () => {
  expect(allowed(person(["pharmacist"]))).toEqual([
    "ward.board",
    "patient.view",
    "patient.override",
    "guard.decide",
    "outbox.list",
    "review.list",
  ]);
});

test("an emergency access reads and does nothing else", () => {
  expect(allowed("emergency")).toEqual(["ward.board", "patient.view", "outbox.list"]);
});

test("whoever has two roles may do what either may; without a role, or a name in the table, nothing", () => {
  expect(mayDo(person(["pharmacist", "nurse"]), "record.vitals")).toBe(true);
  expect(allowed(person([]))).toEqual([]);
  for (const odd of ["ward", "ward.everything", "toString", "constructor", ""])
    expect(mayDo(person(["doctor"]), odd)).toBe(false);
});

test("a refusal says whether it is for the role or for the emergency access", () => {
  const own: Access = { kind: "own" };
  const emergency: Access = {
    kind: "emergency",
    id: "1",
    name: "Dr Who",
    reason: "bleeding",
    by: null,
    until: new Date(0),
  };
  const clinician = person(["pharmacist"]);
  expect(refusalOf({ clinician, access: own }, "record.vitals")).toBe("role");
  expect(refusalOf({ clinician, access: own }, "patient.view")).toBe(null);
  expect(refusalOf({ clinician: person([]), access: emergency }, "drafts.put")).toBe("emergency");
  expect(refusalOf({ clinician: person([]), access: emergency }, "patient.view")).toBe(null);
  expect(refusalOf({ clinician: person(["nurse"]), access: emergency }, "session.changePin")).toBe(
    "emergency",
  );
});

test.each([
  ["on her ward", { ward: "ward-a", careTeam: [] }, "remit"],
  ["on another ward", { ward: "ward-b", careTeam: [] }, "outside"],
  ["on another ward, and she is in his care team", { ward: "ward-b", careTeam: ["huda"] }, "remit"],
  ["nowhere this PC knows", { ward: null, careTeam: ["sara"] }, "outside"],
] as const)("a patient %s", (_where, placement, remit) => {
  expect(remitOf(person(["nurse"]), placement)).toBe(remit);
});

test("outside her remit an override opens, for that patient only; an emergency access opens as what it is", () => {
  const outside = { ward: "ward-b", careTeam: [] };
  const ticket = {
    clinician: person(["nurse"]),
    access: { kind: "own" } as Access,
    overrides: new Set(["p1"]),
  };
  expect(rightTo(ticket, "p1", outside)).toBe("override");
  expect(rightTo(ticket, "p2", outside)).toBe(null);
  expect(rightTo(ticket, "p2", { ward: "ward-a", careTeam: [] })).toBe("remit");
});

test("nobody reviews an access of her own, nor one she opened for somebody", () => {
  expect(mayReview("huda", { clinician: "huda", by: null })).toBe(false);
  expect(mayReview("huda", { clinician: null, by: "huda" })).toBe(false);
  expect(mayReview("huda", { clinician: "sara", by: null })).toBe(true);
});
