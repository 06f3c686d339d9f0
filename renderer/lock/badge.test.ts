import { expect, test } from "vitest";
import type { BadgeView, SessionView } from "../app/index.ts";
import { badgeOwner, chosenOne, pinBlock, readerWord } from "./badge.ts";

const badge: BadgeView = {
  policy: "required",
  watch: "watching",
  clinician: null,
  unknown: false,
  reopens: false,
  unproven: false,
  wedge: false,
};
const person = (
  id: string,
  slot: SessionView["clinicians"][number]["slot"],
): SessionView["clinicians"][number] => ({ id, name: { en: id, ar: id }, roles: ["nurse"], slot });

test("Where a badge is required, only its owner may type a PIN", () => {
  const noura = { ...badge, clinician: "noura" };
  expect([pinBlock(noura, "noura"), pinBlock(noura, "omar"), pinBlock(badge, "noura")]).toEqual([
    null,
    "requiredOther",
    "required",
  ]);
});

test("Where a badge is required and none can be read, she is told so instead of being asked for it", () => {
  expect([
    pinBlock({ ...badge, watch: "no-reader" }, "noura"),
    pinBlock({ ...badge, watch: "no-service" }, "noura"),
  ]).toEqual(["requiredNoReader", "requiredNoReader"]);
});

test("Where a badge is welcome but not required, a PIN is enough, and another name may be touched", () => {
  const optional: BadgeView = { ...badge, policy: "optional", clinician: "noura" };
  expect([pinBlock(optional, "omar"), pinBlock({ ...badge, policy: "off" }, "omar")]).toEqual([
    null,
    null,
  ]);
});

test("The state of the reader is said wherever badges are used, and nowhere else", () => {
  expect([
    readerWord({ ...badge, policy: "off", watch: "off" }),
    readerWord({ ...badge, policy: "off", watch: "off", wedge: true }),
    readerWord({ ...badge, watch: "no-service", wedge: true }),
    readerWord(badge),
  ]).toEqual([null, "wedge", "no-service", "watching"]);
});

test("A badge names its owner, but nobody whose slot is not ready is asked for a PIN", () => {
  const clinicians = [person("noura", "ready"), person("omar", "pending")];
  expect(badgeOwner({ badge: { ...badge, clinician: "omar" }, clinicians })?.slot).toBe("pending");
  expect([chosenOne(clinicians, "omar"), chosenOne(clinicians, "noura")?.id]).toEqual([
    null,
    "noura",
  ]);
});
