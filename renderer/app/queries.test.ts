import { QueryObserver } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { askForBoard, boardOf, createQueries, refresh } from "./queries.ts";
import type { ServiceClient } from "../port/index.ts";
import type { Hint, PatientView, WardBoard } from "./types.ts";

const row = (patient: string | null, merged: readonly string[] = []) =>
  ({ patient, merged: [...merged] }) as WardBoard["rows"][number];

/** A session that has shown a board of `rows` and one record; answers what was asked for again. */
async function seen(rows: readonly WardBoard["rows"][number][]) {
  const queries = createQueries();
  const asked: string[] = [];
  const board = ["board", null];
  const record = ["patient", "a"];
  const answers = {
    board: vi.fn(() => Promise.resolve({ rows } as WardBoard)),
    record: vi.fn(() =>
      Promise.resolve({
        banner: { patient: "a", merged: { into: null, from: [{ patient: "half-of-a" }] } },
      } as PatientView),
    ),
  };
  await queries.fetchQuery({ queryKey: board, queryFn: answers.board });
  await queries.fetchQuery({ queryKey: record, queryFn: answers.record });
  queries.getQueryCache().subscribe(({ type, query }) => {
    if (type === "updated" && query.state.isInvalidated) asked.push(String(query.queryKey[0]));
  });
  const hear = (hint: Extract<Hint, { kind: "records" }>): string[] => {
    asked.length = 0;
    refresh(queries, hint);
    return [...asked];
  };
  return { queries, hear, board };
}

const records = (patients: string[] | null, beds = false) =>
  ({ kind: "records", patients, beds }) as const;

test("a change of somebody who is not on screen asks for nothing", async () => {
  const { hear } = await seen([row("a"), row("b"), row(null)]);
  expect(hear(records(["c"]))).toEqual([]);
});

test("a change of somebody on the board asks for the board, and for her record where it is open", async () => {
  const { hear } = await seen([row("a"), row("b")]);
  expect(hear(records(["c", "b"]))).toEqual(["board"]);
  expect(hear(records(["a"]))).toContain("patient");
});

test("the half that was merged into somebody changes his row and his record", async () => {
  const { hear } = await seen([row("b", ["half-of-b"])]);
  expect(hear(records(["half-of-b"]))).toEqual(["board"]);
  expect(hear(records(["half-of-a"]))).toEqual(["patient"]);
});

test("whoever moves may have come to this ward, and anything may concern everybody", async () => {
  const { hear } = await seen([row("b")]);
  expect(hear(records(["c"], true))).toEqual(["board"]);
  const all = await seen([row("b")]);
  expect(all.hear(records(null, true))).toEqual(["board", "patient"]);
});

test("an answer under way may be older than the change: it is asked for again", async () => {
  const { queries, hear, board } = await seen([row("b")]);
  const under = Promise.withResolvers<WardBoard>();
  void queries.fetchQuery({ queryKey: board, queryFn: () => under.promise });
  expect(hear(records(["c"]))).toEqual(["board"]);
  under.resolve({ rows: [row("b"), row("c")] } as WardBoard);
});

test("the board that is asked for at a sign-in is the one its screen asks for", async () => {
  const queries = createQueries();
  const board = vi.fn((_input: { ward?: string }) => Promise.resolve({ rows: [row("a")] }));
  const client = { ward: { board } } as unknown as ServiceClient;
  askForBoard(queries, client);
  expect(board.mock.calls[0]?.[0]).toEqual({});
  await vi.waitFor(() => {
    expect(queries.getQueryData(["board", null])).toEqual({ rows: [row("a")] });
  });
  const shown = new QueryObserver(queries, boardOf(client, undefined));
  const leave = shown.subscribe(() => undefined);
  expect(shown.getCurrentResult().data).toEqual({ rows: [row("a")] });
  expect(board).toHaveBeenCalledTimes(1);
  // A hint asks all the same, however young the answer is.
  refresh(queries, records(["a"]));
  expect(board).toHaveBeenCalledTimes(2);
  leave();
});
