import { expect, test } from "vitest";
import { createIntake } from "./intake.ts";
import { NOTHING } from "./received.ts";
import { backfillPage } from "./test-page.ts";
import type { AppliedPage, ChartThread, ReceivedPage, ReceivePage } from "./types.ts";
import type { Remote } from "../store/index.ts";

const RECEIVED: ReceivedPage = { ...NOTHING, problem: null, fresh: 1 };

/** An intake before two files that note what reaches them, in order. */
function intakeOver(
  applyPage: (page: ReceivePage) => Promise<AppliedPage>,
  emptied: () => Promise<unknown> = async () => undefined,
) {
  const went: string[] = [];
  const intake = createIntake({
    journal: {
      async receivePage({ kind, patient }) {
        went.push(`sealed ${kind} ${patient ?? ""}`.trim());
        return RECEIVED;
      },
      sawStraight: async () => undefined,
    },
    chart: () =>
      ({
        async applyPage(one: ReceivePage) {
          went.push(`straight ${one.patient ?? ""}`);
          return await applyPage(one);
        },
      }) as unknown as Remote<ChartThread>,
    applying: {
      async run() {
        went.push("inbox applied");
        // The first time nothing waits.
        if (went.length > 1) await emptied();
      },
      soon() {},
      note() {},
    },
    onReceived() {},
  });
  return { intake, went };
}

const straightIn = async (): Promise<AppliedPage> => ({
  received: RECEIVED,
  applied: [],
  late: [],
});

test("only back-fill goes straight, only while it is said, and only behind what waited in the inbox", async () => {
  const { intake, went } = intakeOver(straightIn);
  await intake.receive(backfillPage("p1"));
  await intake.straight(async () => {
    await intake.receive(backfillPage("p2"));
    await intake.receive(backfillPage(null, [], { kind: "pull" }));
  });
  await intake.receive(backfillPage("p3"));
  expect(went).toEqual([
    "sealed backfill p1",
    "inbox applied",
    "straight p2",
    "sealed pull",
    "sealed backfill p3",
  ]);
});

test("what is given back waits in the inbox, and nothing overtakes it there", async () => {
  const emptied = Promise.withResolvers<undefined>();
  const { intake, went } = intakeOver(
    async ({ patient, bytes }) =>
      patient === "p1" ? { received: null, bytes } : await straightIn(),
    () => emptied.promise,
  );
  const first = intake.straight(async () => {
    await intake.receive(backfillPage("p1"));
    void intake.receive(backfillPage("p2"));
    await new Promise(setImmediate);
    expect(went).toEqual(["inbox applied", "straight p1", "sealed backfill p1", "inbox applied"]);
    // Nobody else may ask for changes beside what goes straight: what is left when that ends is sealed.
    void new Promise(setImmediate).then(() => emptied.resolve(undefined));
  });
  await first;
  expect(went.slice(4)).toEqual(["sealed backfill p2"]);
  await intake.straight(async () => {
    await intake.receive(backfillPage("p3"));
  });
  expect(went.slice(5)).toEqual(["inbox applied", "straight p3"]);
});

test("it is over only when nothing is under way any more, however the work ended", async () => {
  const arrival = Promise.withResolvers<AppliedPage>();
  const { intake } = intakeOver(async () => await arrival.promise);
  let over = false;
  const straight = intake
    .straight(async () => {
      void intake.receive(backfillPage("p1"));
      throw new Error("the line went down");
    })
    .catch(() => undefined)
    .then(() => (over = true));
  await new Promise(setImmediate);
  // The next round would pull beside a page that is older than what it brings.
  expect(over).toBe(false);
  arrival.resolve(await straightIn());
  await straight;
  expect(over).toBe(true);
});
