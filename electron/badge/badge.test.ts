import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FromBadge } from "../../shared/badge.ts";
import { startBadge } from "./badge.ts";
import { FLAG } from "./look.ts";
import { absentPcsc, CODE, PcscError, type Pcsc, type ReaderState } from "./pcsc.ts";

/** What no virtual reader can play: readers that are unplugged, calls that never come back. */
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const EMPTY = FLAG.changed | FLAG.empty;
const THERE = FLAG.changed | FLAG.present;
const never = () => new Promise<never>(() => {});

/** A scripted PC/SC: the test says what the next look shows. */
function scripted(over: Partial<Pcsc> = {}) {
  let plugged = ["Reader A"];
  let look: (states: Record<string, number> | PcscError) => void = () => {};
  const pcsc: Pcsc = {
    ...absentPcsc(),
    establish: () => Promise.resolve(1),
    release: () => Promise.resolve(),
    cancel: () => Promise.resolve(look(new PcscError("SCardGetStatusChange", 0x8010_0002))),
    readers: () => Promise.resolve(plugged),
    statusChange: (_context, _ms, asked) =>
      new Promise((resolve, reject) => {
        look = (shown) => {
          if (shown instanceof PcscError) reject(shown);
          else
            resolve({ at: 42, states: asked.map((one) => ({ ...one, ...stateIn(shown, one) })) });
        };
      }),
    connect: () => Promise.resolve({ handle: 1, protocol: 2 }),
    disconnect: () => Promise.resolve(),
    begin: () => Promise.resolve(),
    end: () => Promise.resolve(),
    transmit: (_card, command) =>
      Promise.resolve(Buffer.from(command[0] === 0xff ? "04a23b7a9000" : "6d00", "hex")),
    ...over,
  };
  const said: FromBadge[] = [];
  const onHung = vi.fn<() => void>();
  const badge = startBadge(pcsc, () => 77, onHung);
  badge.tell((message) => said.push(message));
  return {
    badge,
    said,
    onHung,
    plug: (readers: string[]) => {
      plugged = readers;
    },
    async show(shown: Record<string, number> | PcscError) {
      await vi.advanceTimersByTimeAsync(0);
      look(shown);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

function stateIn(shown: Record<string, number>, { reader, state }: ReaderState) {
  return { state: shown[reader] ?? state };
}

test("a reader that is unplugged takes its badge along, and is found again", async () => {
  const { said, plug, show } = scripted();
  await show({ "Reader A": THERE });
  expect(said.at(-1)).toMatchObject({ kind: "card-in", presence: 1, uid: "04a23b7a" });
  plug([]);
  await show({});
  expect(said.slice(-2)).toEqual([
    { kind: "card-out", reader: "Reader A", presence: 1, why: "reader-lost", at: 42 },
    { kind: "watch", state: "no-reader", readers: [] },
  ]);
  plug(["Reader B"]);
  await show({});
  await show({ "Reader B": THERE });
  expect(said.slice(-2)).toMatchObject([
    { kind: "watch", state: "watching", readers: ["Reader B"] },
    { kind: "card-in", reader: "Reader B", presence: 2 },
  ]);
});

test("a reader that goes between the list and the look is asked about again", async () => {
  const { said, plug, show } = scripted();
  await show({ "Reader A": THERE });
  plug([]);
  await show(new PcscError("SCardGetStatusChange", CODE.unknownReader));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(said.slice(-2)).toMatchObject([
    { kind: "card-out", why: "reader-lost" },
    { kind: "watch", state: "no-reader" },
  ]);
});

test("a badge swapped between two looks is out, then in as another", async () => {
  const { said, show } = scripted();
  await show({ "Reader A": THERE | 0x1_0000 });
  await show({ "Reader A": THERE | 0x3_0000 });
  expect(said.slice(1)).toMatchObject([
    { kind: "card-in", presence: 1 },
    { kind: "card-out", presence: 1, why: "removed", at: 42 },
    { kind: "card-in", presence: 2 },
  ]);
});

test("a badge that is gone before it was read was there for nobody", async () => {
  const { said, show } = scripted({ transmit: never });
  await show({ "Reader A": THERE });
  await show({ "Reader A": EMPTY });
  await vi.advanceTimersByTimeAsync(2_200);
  expect(said.map(({ kind }) => kind)).toEqual(["watch"]);
});

test("a badge at the edge of the field is read as soon as it can be, or told as one that cannot", async () => {
  const lost = () => Promise.reject(new PcscError("SCardConnect", CODE.removedCard));
  const whole = { handle: 1, protocol: 2 };
  const edge = scripted({
    connect: vi.fn<Pcsc["connect"]>(() => Promise.resolve(whole)).mockImplementationOnce(lost),
  });
  await edge.show({ "Reader A": THERE });
  expect(edge.said.map(({ kind }) => kind)).toEqual(["watch"]);
  await vi.advanceTimersByTimeAsync(500);
  expect(edge.said.at(-1)).toMatchObject({ kind: "card-in", uid: "04a23b7a" });
  const beyond = scripted({ connect: lost });
  await beyond.show({ "Reader A": THERE });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(beyond.said.at(-1)).toMatchObject({ kind: "card-in", uid: null, piv: false });
});

test("a look that never comes back: the badge counts as gone and the process must make way", async () => {
  const { said, show, onHung } = scripted();
  await show({ "Reader A": THERE });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(said.slice(-2)).toMatchObject([
    { kind: "card-out", presence: 1, why: "hung" },
    { kind: "watch", state: "no-service" },
  ]);
  expect(onHung).toHaveBeenCalledOnce();
});

test.each(["establish", "readers"] as const)(
  "a reader service that hangs at %s is no service, and the process must make way",
  async (call) => {
    const { said, onHung } = scripted({ [call]: never });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(said).toEqual([{ kind: "watch", state: "no-service", readers: [] }]);
    expect(onHung).toHaveBeenCalledOnce();
  },
);

test("a PC without PC/SC says so once and goes on trying", async () => {
  const establish = vi.fn<Pcsc["establish"]>(absentPcsc().establish);
  const { said } = scripted({ establish });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toEqual([{ kind: "watch", state: "no-service", readers: [] }]);
  expect(establish.mock.calls.length).toBeGreaterThan(10);
});

test("a service that starts anew is told how things stand", async () => {
  const { badge, said, show } = scripted();
  await show({ "Reader A": THERE });
  const again: FromBadge[] = [];
  badge.tell((message) => again.push(message));
  expect(again).toEqual(said);
  await show({ "Reader A": EMPTY });
  expect(again.at(-1)).toMatchObject({ kind: "card-out", presence: 1 });
  expect(said.at(-1)).toMatchObject({ kind: "card-in" });
});

test("stopping ends the watch without a word", async () => {
  const { badge, said, show } = scripted();
  await show({ "Reader A": THERE });
  const before = said.length;
  await badge.stop();
  expect(said).toHaveLength(before);
});
