import { expect, test } from "vitest";
import { HisError, type HisClient } from "../his/index.ts";
import type { Link } from "./link.ts";
import { createQuestions, NOT_ASKED } from "./reported.ts";

/** A HIS of three pages; `fails`: the page of that number cannot be had. */
function his(fails: number | null = null) {
  const asked: string[] = [];
  const get: HisClient["get"] = async (target) => {
    asked.push(target);
    const page = Number(/page=(\d)/u.exec(target)?.[1] ?? 1);
    if (page === fails) throw new HisError({ kind: "timeout", detail: "silent" });
    const bundle = {
      resourceType: "Bundle",
      type: "searchset",
      entry: [{ resource: { resourceType: "AuditEvent", id: `event-${page}` } }],
      link: page < 3 ? [{ relation: "next", url: `AuditEvent?page=${page + 1}` }] : [],
    };
    const bytes = new TextEncoder().encode(JSON.stringify(bundle));
    return { status: 200, bytes, serverTime: "2026-11-29T08:00:00Z", etag: null };
  };
  const run: Link["run"] = (call) => call();
  const parts = { his: { get }, link: { run } };
  const ask = createQuestions(parts as unknown as Parameters<typeof createQuestions>[0]);
  return { ask, asked };
}

test.each([
  [undefined, 1, true],
  [2, 2, true],
  [3, 3, false],
  [20, 3, false],
])("of a search of three pages %s are asked for: %i come", async (pages, come, more) => {
  const { ask, asked } = his();
  const answer = await ask("AuditEvent", pages);
  expect(asked).toHaveLength(come);
  expect(answer).toMatchObject({ answered: true, more });
  expect(answer.found.map(({ id }) => id)).toEqual(
    Array.from({ length: come }, (_, page) => `event-${page + 1}`),
  );
});

test("a HIS that fails in the midst has not answered: half a list would look like the whole", async () => {
  expect(await his(2).ask("AuditEvent", 3)).toBe(NOT_ASKED);
});
