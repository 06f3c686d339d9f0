import fc from "fast-check";
import { expect, test } from "vitest";
import { auditBody, createAudit, GENESIS, link, verifyChain, type ChainRow } from "./index.ts";

function chainOf(bodies: readonly string[]): ChainRow[] {
  const rows: ChainRow[] = [];
  let hash = GENESIS;
  for (const [at, body] of bodies.entries()) {
    hash = link(hash, at + 1, body);
    rows.push({ seq: at + 1, body, hash });
  }
  return rows;
}

/** The journal's audit calls, in memory. */
function memoryTrail() {
  const rows: ChainRow[] = [];
  let full = false;
  return {
    rows,
    fill: (state: boolean) => {
      full = state;
    },
    appendAudit: async (bodies: readonly string[]) => {
      if (full) throw Object.assign(new Error("disk full"), { code: "disk-full" });
      for (const body of bodies) {
        const seq = rows.length + 1;
        rows.push({ seq, body, hash: link(rows.at(-1)?.hash ?? GENESIS, seq, body) });
      }
    },
  };
}

const bodies = Array.from({ length: 12 }, (_, n) => `{"n":${n}}`);

test("an untouched trail is whole", () => {
  expect(verifyChain(chainOf(bodies))).toBe(null);
});

test("an edited, removed or moved entry is named by its place, wherever it is", () => {
  for (let at = 1; at <= bodies.length; at += 1) {
    const edited = chainOf(bodies);
    edited[at - 1] = { seq: at, body: "{}", hash: edited[at - 1]?.hash ?? "" };
    expect(verifyChain(edited)).toBe(at);
    const removed = chainOf(bodies).filter((row) => row.seq !== at);
    expect(verifyChain(removed)).toBe(at === bodies.length ? null : at);
    if (at === bodies.length) continue;
    const moved = chainOf(bodies);
    const [first, second] = [moved[at - 1], moved[at]];
    if (first === undefined || second === undefined) throw new Error("no such entries");
    moved[at - 1] = { ...second, seq: at };
    moved[at] = { ...first, seq: at + 1 };
    expect(verifyChain(moved)).toBe(at);
  }
});

test("an entry cannot be edited and its own hash mended without the next one showing it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.json({ maxDepth: 1 }), { minLength: 2, maxLength: 20 }),
      fc.nat(),
      (texts, pick) => {
        const rows = chainOf(texts);
        const at = pick % (rows.length - 1);
        const before = rows[at - 1]?.hash ?? GENESIS;
        const body = '{"edited":true,"by":"somebody"}';
        rows[at] = { seq: at + 1, body, hash: link(before, at + 1, body) };
        expect(verifyChain(rows)).toBe(at + 2);
      },
    ),
  );
});

test("the trail says who, what, when and where", async () => {
  const journal = memoryTrail();
  const audit = createAudit({
    journal,
    now: () => new Date("2026-11-20T10:00:00Z"),
    workstation: "pc-1",
  });
  await audit.record({ kind: "patient-read", clinician: "huda", patient: "p0" });
  expect(JSON.parse(journal.rows[0]?.body ?? "")).toEqual({
    v: 1,
    at: "2026-11-20T10:00:00.000Z",
    kind: "patient-read",
    clinician: "huda",
    workstation: "pc-1",
    patient: "p0",
    detail: {},
  });
  expect(verifyChain(journal.rows)).toBe(null);
});

test("what a full disk kept out of the trail is written with the next event, in its order", async () => {
  const journal = memoryTrail();
  const audit = createAudit({ journal, now: () => new Date(0), workstation: "pc-1" });
  journal.fill(true);
  await expect(audit.record({ kind: "lock", clinician: "huda" })).rejects.toThrow("disk full");
  journal.fill(false);
  await audit.record({ kind: "service-stop" });
  expect(journal.rows.map((row) => (JSON.parse(row.body) as { kind: string }).kind)).toEqual([
    "lock",
    "service-stop",
  ]);
});

test("clinical words have no place in the trail", () => {
  const event = {
    at: "2026-11-20T10:00:00Z",
    kind: "refusal",
    clinician: "huda",
    workstation: "pc-1",
  } as const;
  expect(() => auditBody({ ...event, detail: { reason: "wrong-pin" } })).not.toThrow();
  expect(() => auditBody({ ...event, detail: { note: "allergic to penicillin" } })).toThrow(
    "blanks",
  );
  expect(() => auditBody({ ...event, detail: { token: "x".repeat(200) } })).toThrow("blanks");
});
