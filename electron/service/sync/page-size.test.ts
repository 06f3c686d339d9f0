import { afterEach, expect, test } from "vitest";
import { HisError } from "../his/index.ts";
import type { HisClient, HisFailure } from "../his/index.ts";
import { signOf, sized } from "./page-size.ts";
import { aminasWard, idsOf, roundOf, sectionOf } from "./test-amina.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { pulse } from "./test-ward.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PAGE = 500;
const QUESTION = `Observation?patient=a&_count=${PAGE}&_sort=_lastUpdated`;

type Answered = HisFailure | { readonly ms: number };

/** A HIS that answers as `answers` says of the size it is asked for, and the client before it. */
function scene(answers: (count: number, target: string) => Answered | Promise<Answered>) {
  const clock = { now: 0, ticks: 0 };
  const asked: string[] = [];
  let kept: Readonly<Record<string, string>> = {};
  const his: HisClient = {
    base: "http://his/",
    async get(target) {
      asked.push(target);
      const found = await answers(Number(/_count=(\d+)/u.exec(target)?.[1]), target);
      if ("kind" in found) throw new HisError(found);
      clock.ticks += found.ms;
      const bytes = new Uint8Array(64 * 1024);
      return { status: 200, bytes, serverTime: "2026-11-23T08:00:00.000Z", etag: null };
    },
    batch: () => Promise.reject(new Error("not asked here")),
    send: () => Promise.reject(new Error("not asked here")),
    capabilities: () => Promise.reject(new Error("not asked here")),
    close: () => {},
  };
  const started = (): HisClient =>
    sized(his, {
      pageSize: PAGE,
      journal: {
        meta: () => Promise.resolve(kept),
        setMeta: (entries) => {
          kept = { ...kept, ...entries };
          return Promise.resolve();
        },
      },
      now: () => clock.now,
      monotonic: () => clock.ticks,
      log: () => {},
    });
  let client = started();
  return {
    clock,
    restart: () => void (client = started()),
    /** The sizes that were asked for, for one question; `failed` at the end when nothing came. */
    async ask(target = QUESTION): Promise<(number | string)[]> {
      asked.length = 0;
      const end = await client.get(target).then(
        () => [],
        () => ["failed"],
      );
      return [...asked.map((one) => Number(/_count=(\d+)/u.exec(one)?.[1])), ...end];
    },
    asked,
  };
}

const refused = (status: number): HisFailure => ({ kind: "outcome", status, detail: "no" });
const TIMEOUT: HisFailure = { kind: "timeout", detail: "no answer within 30 s" };
const upTo =
  (most: number, failure: HisFailure) =>
  (count: number): Answered =>
    count > most ? failure : { ms: 10 };

test("a HIS that gives pages as large as policy wants them is asked for no others", async () => {
  const { ask } = scene(() => ({ ms: 10 }));
  expect([await ask(), await ask()]).toEqual([[500], [500]]);
});

test.each([400, 413, 422])(
  "a HIS that refuses a page for its size (%i) gives one at once, and larger ones as it allows",
  async (status) => {
    const { ask } = scene(upTo(130, refused(status)));
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([
      [500, 50],
      [250, 50],
      [125],
      [125],
    ]);
  },
);

test("a large page that is refused late, when smaller ones have been learned, makes none larger", async () => {
  const late = Promise.withResolvers<Answered>();
  const { ask } = scene(async (count, target) =>
    target.startsWith("Flag") && count > 50 ? await late.promise : upTo(130, refused(413))(count),
  );
  const slow = ask(QUESTION.replace("Observation", "Flag"));
  for (let n = 0; n < 3; n += 1) await ask();
  late.resolve(refused(413));
  await slow;
  expect(await ask()).toEqual([125]);
});

test("a question that is refused at any size is asked as policy wants it, once more an hour with less", async () => {
  const { ask, clock } = scene(() => refused(400));
  const again = [await ask(), await ask()];
  clock.now += HOUR;
  expect([...again, await ask()]).toEqual([
    [500, 50, "failed"],
    [500, "failed"],
    [500, 50, "failed"],
  ]);
});

test("a HIS that never gets a large page done is asked for smaller ones, once that is no chance", async () => {
  const { ask } = scene(upTo(130, TIMEOUT));
  const sizes = [];
  for (let n = 0; n < 5; n += 1) sizes.push(await ask());
  expect(sizes).toEqual([
    [500, "failed"],
    [500, "failed"],
    [250, "failed"],
    [250, "failed"],
    [125],
  ]);
});

test("one answer that was lost changes nothing", async () => {
  const lost = [true, false, true, false];
  const { ask } = scene(() => (lost.shift() === true ? TIMEOUT : { ms: 10 }));
  for (let n = 0; n < 4; n += 1) await ask();
  expect(await ask()).toEqual([500]);
});

test("whatever fails, pages do not become smaller than fifty", async () => {
  const { ask } = scene(() => TIMEOUT);
  for (let n = 0; n < 20; n += 1) await ask();
  expect(await ask()).toEqual([50, "failed"]);
});

test("a HIS that is slow with large pages is asked for smaller ones, and for large ones again where that is no help", async () => {
  const helped = scene((count) => ({ ms: count * 50 }));
  expect([await helped.ask(), await helped.ask(), await helped.ask(), await helped.ask()]).toEqual([
    [500],
    [250],
    [125],
    [125],
  ]);
  const idle = scene(() => ({ ms: 15_000 }));
  expect([await idle.ask(), await idle.ask(), await idle.ask(), await idle.ask()]).toEqual([
    [500],
    [250],
    [500],
    [500],
  ]);
});

test("what was learned outlives a restart, and is tried anew after a day", async () => {
  const his = scene(upTo(130, refused(413)));
  for (let n = 0; n < 3; n += 1) await his.ask();
  his.restart();
  const kept = await his.ask();
  his.clock.now += DAY;
  expect([kept, await his.ask(), await his.ask()]).toEqual([[125], [250, 50], [125]]);
});

test.each([
  "https://his/fhir?page=2&_count=500",
  "Observation/o1",
  "Patient?name=a&_count=20",
  "Observation?code=_count=500x",
])(
  "a question that is not gone through in pages of policy's size is sent as it is: %s",
  async (target) => {
    const { ask, asked } = scene(() => refused(413));
    await ask(target);
    expect(asked).toEqual([target]);
  },
);

test.each<[HisFailure, "plain" | "faint" | null]>([
  [refused(413), "plain"],
  [{ kind: "not-fhir", status: 413, detail: "a gateway's page", cause: "proxy" }, "plain"],
  [refused(400), "plain"],
  [refused(500), "faint"],
  [TIMEOUT, "faint"],
  [{ kind: "busy", status: 504, retryAfterMs: null, detail: "" }, "faint"],
  [{ kind: "busy", status: 429, retryAfterMs: 1_000, detail: "" }, null],
  [{ kind: "not-fhir", status: 200, detail: "larger than any answer may be" }, "faint"],
  [{ kind: "not-fhir", status: 200, detail: "a portal", cause: "proxy" }, null],
  [{ kind: "refused", status: 401, detail: "", signIn: true }, null],
  [{ kind: "gone", status: 404, detail: "" }, null],
  [{ kind: "unreachable", detail: "" }, "faint"],
])("what a failure says of the size of a page: %j: %s", (failure, sign) => {
  expect(signOf(failure)).toBe(sign);
});

let his: TestHis;
let pc: TestPc;
afterEach(async () => {
  await pc?.sync.stop();
  pc?.dispose();
});

test.each([
  ["refuses", () => new Response("", { status: 413 })],
  ["drops", () => Promise.reject(new TypeError("socket hang up"))],
])("a ward whose HIS %s large pages is synced whole all the same", async (_name, fails) => {
  const ward = aminasWard();
  ({ his } = ward);
  ward.pc.dispose();
  for (let n = 0; n < 300; n += 1) his.put(pulse("amina", `p${n}`));
  his.clock += HOUR;
  his.before = async ({ query }) =>
    Number(query.get("_count")) > 100 && query.get("patient") === "amina" ? await fails() : null;
  pc = createTestPc(his, { pageSize: PAGE });
  pc.now = his.clock;
  for (let n = 0; n < 12; n += 1) await roundOf(his, pc, 300);
  expect(idsOf(pc, "amina", "Observation")).toHaveLength(301);
  expect(sectionOf(pc, "amina", "Observation")).toMatchObject({ loaded: true });
  expect(pc.sync.view()).toMatchObject({ state: "live", detail: null });
});
