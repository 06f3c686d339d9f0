import { expect, test } from "vitest";
import type { AuditNote } from "../audit/index.ts";
import type { TimeDoubt } from "../clock/index.ts";
import { createOrders, type OrdersRoom } from "./orders.ts";
import type { SiteOrders } from "./site.ts";

const NOTHING: SiteOrders = {
  sealed: null,
  wipe: null,
  extensionUntil: null,
  hisTrust: null,
  rotation: null,
};

function pc() {
  const world = {
    orders: NOTHING,
    offline: { kind: "counting", limitAt: 0 } as ReturnType<OrdersRoom["time"]["offline"]>,
    doubt: null as TimeDoubt | null,
    open: true,
  };
  const told: AuditNote[] = [];
  const orders = createOrders({
    site: { orders: () => world.orders },
    time: { offline: () => world.offline, doubt: () => world.doubt },
    rollback: { notice: () => null },
    journal: { meta: () => Promise.resolve({}) },
    keychain: {} as never,
    random: (bytes) => new Uint8Array(bytes),
    session: () => ({
      state: () => (world.open ? "open" : "sealed"),
      seal: () => {
        world.open = false;
        return Promise.resolve();
      },
    }),
    rotationProblem: () => null,
    onWipe: () => undefined,
    record: (note) => {
      told.push(note);
      return Promise.resolve();
    },
    onProblem: () => undefined,
  });
  return { world, orders, told };
}

test("an order to seal, and the offline limit, close the PC at once, and the trail says when they began and ended", () => {
  const { world, orders, told } = pc();
  orders.obey();
  expect([world.open, told]).toEqual([true, []]);
  world.orders = { ...NOTHING, sealed: { reason: "stolen", since: "2026-11-23T10:00:00Z" } };
  orders.obey();
  orders.obey();
  expect(world.open).toBe(false);
  expect(orders.barred()).toBe("sealed-by-it");
  world.orders = NOTHING;
  orders.obey();
  world.offline = { kind: "sealed", limitAt: 0 };
  world.open = true;
  orders.obey();
  expect(world.open).toBe(false);
  expect(told.map(({ kind, detail }) => [kind, detail])).toEqual([
    ["seal", { closed: true }],
    ["seal", { closed: false }],
    ["offline-limit", { closed: true }],
  ]);
});

test("what everybody must know is said, and a doubtful clock stands in the trail once", () => {
  const { world, orders, told } = pc();
  world.doubt = "clock-ahead";
  world.offline = { kind: "near", limitAt: Date.parse("2026-11-24T10:00:00Z") };
  world.orders = {
    ...NOTHING,
    hisTrust: { trusted: false, since: "2026-11-23T09:00:00Z", reason: "intruder" },
  };
  orders.obey();
  orders.obey();
  expect(orders.notices().map(({ kind }) => kind)).toEqual([
    "his-distrusted",
    "time-doubtful",
    "offline-limit-near",
  ]);
  world.doubt = null;
  orders.obey();
  expect(told.map(({ kind, detail }) => [kind, detail?.["why"]])).toEqual([
    ["clock-doubtful", "clock-ahead"],
    ["clock-doubtful", "well-again"],
  ]);
});
