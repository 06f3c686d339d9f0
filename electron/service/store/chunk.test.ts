import { join } from "node:path";
import zlib from "node:zlib";
import { expect, test } from "vitest";
import { openChart } from "./chart.ts";
import { packChunks } from "./chunk.ts";
import { batch, countingCard, KEY, resource, withFolder } from "./testing.ts";

/** Results that differ enough to stay above the size from which Zstandard is used. */
const results = (from: number, version = "1") =>
  Array.from({ length: 300 }, (_, n) =>
    resource("Observation", `o${from + n}`, version, { note: `${(from + n) * 7919} ${n ** 3}` }),
  );
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const isZstd = (): boolean => {
  const [chunk] = packChunks({ patient: "p", type: "Observation" }, results(0), [], false);
  return chunk?.body.subarray(0, 4).equals(ZSTD) ?? false;
};

/** What a runtime does that embeds Node without Zstandard, as the first release of this store did. */
function withoutZstd<T>(work: () => T): T {
  const { zstdCompressSync } = zlib;
  Reflect.set(zlib, "zstdCompressSync", undefined);
  try {
    return work();
  } finally {
    Reflect.set(zlib, "zstdCompressSync", zstdCompressSync);
  }
}

test("a record packed by an older release opens beside what this one has packed, and can be merged with it", () => {
  expect([withoutZstd(isZstd), isZstd()]).toEqual([false, true]);
  withFolder((folder) => {
    const file = join(folder, "chart.db");
    const at = { file, key: KEY, card: countingCard };
    const upserts = (from: number, version?: string) =>
      results(from, version).map((each) => ({ patient: "p1", resource: each }));
    withoutZstd(() => {
      const old = openChart({ ...at, create: true });
      old.write(batch({ upserts: upserts(0) }));
      old.close();
    });
    const chart = openChart(at);
    expect(chart.resources("p1", "Observation")).toEqual({ resources: results(0), damaged: 0 });
    // Some of the old ones change, and new ones come.
    chart.write(batch({ upserts: upserts(200, "2") }));
    const now = [...results(0).slice(0, 200), ...results(200, "2")];
    const read = () =>
      chart.resources("p1", "Observation").resources.toSorted((a, b) => order(a.id) - order(b.id));
    expect(read()).toEqual(now);
    expect(chart.verify().damaged).toBe(0);
    while (chart.compact(1000));
    expect(read()).toEqual(now);
    chart.close();
  });
});

const order = (id: string): number => Number(id.slice(1));
