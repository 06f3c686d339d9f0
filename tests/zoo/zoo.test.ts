import { afterAll, beforeAll, expect, test } from "vitest";
import { PROMISES, keep } from "./contract.ts";
import type { Promised, Size } from "./contract.ts";
import { NOT_YET } from "./not-yet.ts";
import { zooOf } from "./servers.ts";

/** One contract, any server. `ZOO_LONG=1` asks every personality, and for more of everything. */
const SHORT: Size = { observations: 25, racing: 200, pageSize: 10 };
const LONG: Size = { observations: 1_200, racing: 200, pageSize: 100 };
const isLong = process.env["ZOO_LONG"] === "1";
const size = isLong ? LONG : SHORT;
const zoo = zooOf(process.env, isLong);
const kept: { server: string; broken: ReadonlyMap<Promised, string> }[] = [];

beforeAll(() => zoo.open());
afterAll(async () => {
  await zoo.close();
  const names = Object.keys(PROMISES);
  const legend = names.map((name, n) => `${n + 1}  ${name}`);
  const rows = kept.map(({ server, broken }) => {
    const marks = names.map((name, n) => (broken.has(name as Promised) ? "-" : String(n + 1)));
    return `${server.padEnd(16)} ${marks.join(" ")}`;
  });
  console.log([...legend, "", ...rows].join("\n"));
});

test.each(zoo.names)("a HIS that is %s gives this client what it needs", async (name) => {
  const broken = await keep(zoo.server(name), size);
  kept.push({ server: name, broken });
  const known = NOT_YET.filter(({ servers }) => servers.includes(name)).map(
    ({ promise }) => promise,
  );
  const unexpected = [...broken].filter(([promise]) => !known.includes(promise));
  expect(Object.fromEntries(unexpected)).toEqual({});
  // What is mended must leave the list.
  expect(known.filter((promise) => !broken.has(promise))).toEqual([]);
});
