import { expect, test } from "vitest";
import { HisError } from "../his/index.ts";
import type { HisFailure } from "../his/index.ts";
import { createLink } from "./link.ts";

const AWAY: HisFailure = { kind: "unreachable", detail: "it refuses connections" };
const fails = (failure: HisFailure) => async (): Promise<never> =>
  await Promise.reject(new HisError(failure));
const works = async (): Promise<string> => await Promise.resolve("answer");
const link = (parallel = 4) => createLink({ parallel, now: () => 0, onChange: () => {} });

async function outcome(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "answered",
    (error: unknown) => (error instanceof HisError ? error.failure.kind : "other"),
  );
}

test("while the HIS is away nothing but the probe leaves this PC, and one probe at a time", async () => {
  const one = link();
  await outcome(one.probe(fails(AWAY)));
  let sent = 0;
  const call = async (): Promise<string> => {
    sent += 1;
    return await works();
  };
  expect(await outcome(one.run(call))).toBe("unreachable");
  expect(sent).toBe(0);
  const [first, second] = await Promise.all([outcome(one.probe(call)), outcome(one.probe(call))]);
  expect([first, second, sent]).toEqual(["answered", "unreachable", 1]);
  expect(one.state().kind).toBe("up");
});

test("calls that were in flight when the HIS went away do not count as attempts of their own", async () => {
  const one = link();
  await one.probe(works);
  await Promise.all([1, 2, 3, 4].map(async () => await outcome(one.run(fails(AWAY)))));
  expect(one.state()).toMatchObject({ kind: "down", failures: 1 });
  await outcome(one.probe(fails(AWAY)));
  expect(one.state()).toMatchObject({ kind: "down", failures: 2 });
});

test("a HIS that fails at the probe is away, however it fails, so that it is not asked at once again", async () => {
  const one = link();
  await outcome(one.probe(fails({ kind: "outcome", status: 500, detail: "database gone" })));
  expect(one.state()).toMatchObject({ kind: "down", failures: 1 });
});

test("a portal's 403 is an outage, the HIS's own is a refusal", async () => {
  const portal = link();
  const refusal = { kind: "refused", status: 403, detail: "403", signIn: false } as const;
  await portal.probe(works);
  await outcome(portal.run(fails({ ...refusal, cause: "proxy" })));
  expect(portal.state().kind).toBe("down");

  const own = link();
  await own.probe(works);
  await outcome(own.run(fails(refusal)));
  expect(own.state().kind).toBe("up");
  await outcome(own.probe(fails({ ...refusal, status: 401, signIn: true })));
  expect(own.state().kind).toBe("refused");
});
