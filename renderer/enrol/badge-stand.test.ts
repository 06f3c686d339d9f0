import { expect, test } from "vitest";
import { badgeSettled, badgeStand } from "./badge-stand.ts";

const reader = { policy: "optional", watch: "watching", clinician: null, unknown: false } as const;

test("A badge is asked for only where a reader would see it", () => {
  expect([
    badgeStand({ ...reader, policy: "off" }, "04a1", "nurse-1"),
    badgeStand({ ...reader, watch: "no-reader" }, null, "nurse-1"),
    badgeStand(reader, null, "nurse-1"),
    badgeStand(reader, "04a1", "nurse-1"),
    badgeStand({ ...reader, unknown: true }, null, "nurse-1"),
  ]).toEqual(["none-here", "none-here", "lay", "there", "there"]);
});

test("A colleague's badge is not taken for hers, and her own may be enrolled again", () => {
  expect([
    badgeStand({ ...reader, clinician: "nurse-2" }, "04a1", "nurse-1"),
    badgeStand({ ...reader, clinician: "nurse-2" }, null, "nurse-1"),
    badgeStand({ ...reader, clinician: "nurse-1" }, null, "nurse-1"),
    badgeStand({ ...reader, clinician: "nurse-1" }, null, null),
  ]).toEqual(["others", "others", "there", "others"]);
});

test("Who wants her badge enrolled is not enrolled without it because she lifted it too early", () => {
  expect([
    badgeSettled(true, "lay"),
    badgeSettled(true, "others"),
    badgeSettled(true, "there"),
    badgeSettled(true, "none-here"),
    badgeSettled(false, "lay"),
  ]).toEqual([false, false, true, true, true]);
});
