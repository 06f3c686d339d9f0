import { afterEach, beforeEach, expect, test } from "vitest";
import { createPaging } from "./keyset.ts";
import { createTestHis } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import { createTestPc } from "./test-pc.ts";
import type { TestPc } from "./test-pc.ts";
import { admit, buildWard, discharge, pulse } from "./test-ward.ts";

let his: TestHis;
let pc: TestPc;

beforeEach(() => {
  his = createTestHis();
  buildWard(his, 6);
  for (let bed = 1; bed <= 5; bed += 1) {
    admit(his, `p${bed}`, `bed-${bed}`);
    his.clock += 1000;
  }
  for (let n = 0; n < 9; n += 1) {
    his.put(pulse("p1", `o${n}`));
    his.clock += 1000;
  }
  his.clock += 3_600_000;
  pc = createTestPc(his, { pageSize: 3 });
  pc.now = his.clock;
});
afterEach(async () => {
  await pc.sync.stop();
  pc.dispose();
});

async function round(seconds = 30): Promise<void> {
  his.clock += seconds * 1000;
  pc.now += seconds * 1000;
  await pc.sync.pullNow();
  await pc.sync.idle();
  await pc.sync.applyNow();
}
const ids = (patient: string, type: string): string[] =>
  pc.chart
    .resources(patient, type)
    .resources.map(({ id }) => id)
    .toSorted();
const ALL = Array.from({ length: 9 }, (_, n) => `o${n}`);

/** Once, after the first page of a search for `type` has gone out, and before its second. */
function meanwhile(type: string, change: () => void): void {
  let pages = 0;
  his.before = ({ path, query }) => {
    if (path === type && !query.has("_elements") && (query.has("patient") || query.has("location")))
      if ((pages += 1) === 2) change();
    return null;
  };
}

test("a result on the first page that is deleted or changed while a HIS counts its pages makes it skip none", async () => {
  meanwhile("Observation", () => {
    his.remove("Observation", "o0");
    his.put(pulse("p1", "o1", 99));
  });
  await round();
  expect(ids("p1", "Observation")).toEqual(ALL.slice(1));
});

test("a patient whose neighbour leaves while the stays are asked for is not taken for discharged", async () => {
  await round();
  meanwhile("Encounter", () => discharge(his, "p1"));
  await round();
  expect(pc.chart.placements().map(({ patient }) => patient)).toEqual(
    expect.arrayContaining(["p2", "p3", "p4", "p5"]),
  );
  await round();
  expect(pc.chart.placements()).toHaveLength(4);
});

test("a HIS that does not sort is asked twice, and the section is complete only then", async () => {
  const asked: string[] = [];
  his.before = ({ path, query }) => {
    if (path !== "Observation" || query.get("patient") !== "p1" || query.has("_elements"))
      return null;
    asked.push(query.get("_offset") ?? "0");
    // Newest first whatever is asked, and what is entered at the front pushes one over to the page before.
    if (asked.length === 2) his.remove("Observation", "o8");
    const found = his.all("Observation").toReversed();
    const at = Number(query.get("_offset") ?? 0);
    const page = his.answer(found.slice(at, at + 3));
    if (at + 3 >= found.length) return page;
    return page.json().then((bundle) =>
      Response.json(
        {
          ...(bundle as object),
          link: [
            {
              relation: "next",
              url: `http://his.test/fhir/Observation?patient=p1&_offset=${at + 3}`,
            },
          ],
        },
        { headers: [...page.headers].filter(([name]) => name !== "content-length") },
      ),
    );
  };
  await round();
  expect(ids("p1", "Observation").filter((id) => id !== "o8")).toEqual(ALL.slice(0, 8));
  expect(asked.filter((at) => at === "0").length).toBeGreaterThan(1);
});

test("a page of one instant is gone on from by the HIS's link, and the next one by the newest change", () => {
  const paging = createPaging((instant) => `since ${instant}`);
  const page = (greatest: string) => ({ next: "link", greatest, sorted: true });
  expect(paging.after(page("2026-11-23T08:00:00Z"))).toBe("since 2026-11-23T08:00:00Z");
  expect(paging.after(page("2026-11-23T08:00:00Z"))).toBe("link");
  expect(paging.after(page("2026-11-23T08:00:05Z"))).toBe("since 2026-11-23T08:00:05Z");
  expect(paging.mayHaveShifted()).toBe(false);
  expect(paging.after({ next: "link", greatest: null, sorted: false })).toBe("link");
  expect(paging.mayHaveShifted()).toBe(true);
  expect(paging.after({ next: null, greatest: null, sorted: true })).toBeNull();
});
