import { expect, test } from "vitest";
import type { Capabilities, HisAnswer } from "../his/index.ts";
import type { SyncParts } from "./ask.ts";
import { createProofs } from "./proofs.ts";

const NOW = Date.parse("2026-11-29T08:00:00Z");
const answerAt = (serverTime: string): HisAnswer => ({
  status: 200,
  bytes: new Uint8Array(),
  serverTime,
  etag: null,
});

/** A ward of so many patients; `batched`: how many of its questions a batch answers. */
function ward(batched: number) {
  const [alone, asked]: [string[], (readonly string[])[]] = [[], []];
  const moved: unknown[] = [];
  const parts = {
    his: {
      base: "https://his.example/",
      get: async (target: string) => {
        alone.push(target);
        return answerAt("2026-11-29T08:00:05Z");
      },
    },
    link: { run: async <T>(call: () => Promise<T>) => await call() },
    journal: {
      cursors: async () => [],
      receiveAll: async (rows: unknown[]) => void moved.push(...rows),
    },
    policy: { overlapSeconds: 30, pageSize: 500 },
    now: () => NOW,
    merges: {},
    intake: {
      receive: async () => ({
        problem: null,
        next: null,
        fresh: 0,
        linked: [],
        greatest: null,
      }),
    },
    batches: {
      async ask(questions: readonly string[]) {
        asked.push(questions);
        return new Map(
          questions
            .slice(questions.length - batched)
            .map((one) => [one, answerAt("2026-11-29T08:00:01Z")]),
        );
      },
    },
  };
  const searchParams = new Set(["patient"]);
  const capabilities = { types: new Map([["Provenance", { searchParams }]]) };
  const proofs = createProofs(
    parts as unknown as SyncParts,
    () => capabilities as unknown as Capabilities,
  );
  return { proofs, alone, asked, moved };
}

test.each([
  [0, 3],
  [2, 1],
  [3, 0],
])(
  "of a ward's three questions about what vouches, %i come in a batch and %i alone",
  async (batched, left) => {
    const { proofs, alone, asked, moved } = ward(batched);
    const patients = Array.from({ length: 120 }, (_, n) => `p${n}`);
    await proofs.round(patients, null);
    expect(asked.map((questions) => questions.length)).toEqual([3]);
    expect(alone).toEqual(asked[0]?.slice(0, left));
    expect(alone).toHaveLength(left);
    // The oldest answer counts, in whatever order they came.
    const asOf = batched > 0 ? "08:00:01" : "08:00:05";
    const at = new Date(Date.parse(`2026-11-29T${asOf}Z`) - 60_000).toISOString();
    expect(moved).toMatchObject([{ cursor: { type: "Provenance", cursor: at } }]);
  },
);
