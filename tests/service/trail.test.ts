import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { link } from "../../electron/service/audit/index.ts";
import { openJournal, openTrailReader } from "../../electron/service/store/index.ts";
import { fileKeychain } from "../../electron/service/testing/file-keychain.ts";
import type { Keychain } from "../../electron/service/vault/index.ts";
import { verifyProfile } from "../../tools/verify/verify.ts";
import { joinedKeychain, KEY, rechained, startPc, tampered } from "./trail-pc.ts";

/** Entries of the sample trail, and after how many of them it was signed. */
const ENTRIES = 60;
const SIGNED = [20, 40, 60];

let folder: string;
let sample: string;
let keychain: Keychain;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "amanah-trail-"));
  sample = join(folder, "sample");
  keychain = fileKeychain(join(folder, "keychain.json"));
  await joinedKeychain(keychain);
  const pc = await startPc(sample, keychain);
  for (let n = 1; n <= ENTRIES; n += 1) {
    await pc.record({ kind: "patient-read", clinician: "huda", patient: `p${n}` });
    if (SIGNED.includes(n)) await pc.heads.sign();
  }
  pc.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let copies = 0;
/** The sample's files, to be tampered with. */
function copied(): string {
  copies += 1;
  const copy = join(folder, `copy-${copies}`);
  cpSync(sample, copy);
  return copy;
}

const verdict = (journal: string, chain = keychain) => verifyProfile({ journal, keychain: chain });
const brokenOf = async (journal: string) => (await verdict(journal)).broken;

test("the trail of a quiet day is whole, and signed up to its last entry", async () => {
  expect(await verdict(sample)).toEqual({
    entries: ENTRIES,
    broken: null,
    breaks: [],
    signedTo: ENTRIES,
    heads: { good: SIGNED.length, otherKeys: 0 },
  });
});

test("a removed, edited or reordered entry is named by its number, wherever it is", async () => {
  const seq = fc.integer({ min: 1, max: ENTRIES });
  const tampering = fc.oneof(
    seq.map((at) => ({ at, how: "missing", sql: [["DELETE FROM audit WHERE seq = ?", at]] })),
    seq.map((at) => ({
      at,
      how: "changed",
      sql: [["UPDATE audit SET body = replace(body, 'huda', 'sara') WHERE seq = ?", at]],
    })),
    fc
      .tuple(
        seq,
        seq.map((n) => n),
      )
      .map(([a, b]) => ({
        at: Math.min(a, b),
        how: a === b ? "none" : "changed",
        sql:
          a === b
            ? []
            : [
                ["UPDATE audit SET seq = 0 WHERE seq = ?", a],
                ["UPDATE audit SET seq = ? WHERE seq = ?", a, b],
                ["UPDATE audit SET seq = ? WHERE seq = 0", b],
              ],
      })),
  );
  await fc.assert(
    fc.asyncProperty(tampering, async ({ at, how, sql }) => {
      const found = await brokenOf(tampered(copied(), sql as [string, ...unknown[]][]));
      // The last entry removed is a tail cut off: nothing follows that would show the gap.
      const expected = how === "missing" && at === ENTRIES ? "cut-off" : how;
      expect(found).toEqual(how === "none" ? null : { at, how: expected });
    }),
    { numRuns: 40 },
  );
});

test("a tail that was cut off is named by the first entry that is gone, although the chain fits", async () => {
  for (const last of [0, 1, 39, 40, 59]) {
    const cut = tampered(copied(), [
      ["DELETE FROM audit WHERE seq > ?", last],
      ["DELETE FROM audit_heads WHERE seq > ?", last],
    ]);
    expect(await brokenOf(cut)).toEqual({ at: last + 1, how: "cut-off" });
  }
});

test("a trail chained anew over an edited entry fits, and is found by the signed heads: after the last good one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: ENTRIES }), async (at) => {
      const file = copied();
      rechained(file, at);
      const good = [0, ...SIGNED].findLast((seq) => seq < at) ?? 0;
      expect(await brokenOf(file)).toEqual({ at: good + 1, how: "replaced" });
      // Without the heads in the file the keychain alone still knows that it is another trail.
      const found = await brokenOf(tampered(file, [["DELETE FROM audit_heads"]]));
      expect(found).toEqual({ at: 1, how: "replaced" });
    }),
    { numRuns: 20 },
  );
});

test("a head that this PC did not sign is named", async () => {
  const forged = tampered(copied(), [
    ["UPDATE audit_heads SET jws = replace(jws, substr(jws, -12), 'AAAAAAAAAAAA') WHERE seq = 40"],
  ]);
  expect(await brokenOf(forged)).toEqual({ at: 40, how: "head-forged" });
});

test("an older file put back is written down at the next start, and is never called whole again, however it grows", async () => {
  const chain = fileKeychain(join(folder, "keychain-older.json"));
  for (const name of ["device-key", "workstation-key", "audit-anchor"] as const)
    await chain.set(name, (await keychain.get(name)) ?? new Uint8Array());
  const older = tampered(copied(), [
    ["DELETE FROM audit WHERE seq > 30"],
    ["DELETE FROM audit_heads WHERE seq > 30"],
  ]);
  const pc = await startPc(older, chain);
  for (let n = 0; n < 50; n += 1) await pc.record({ kind: "lock", clinician: "huda" });
  await pc.heads.sign();
  pc.close();
  const journal = openJournal({ file: older, key: KEY, chain: link });
  expect(JSON.parse(journal.audit(31, 1)[0]?.body ?? "{}")).toMatchObject({
    kind: "trail-broken",
    detail: { at: 31, how: "cut-off" },
  });
  journal.close();
  expect(await verdict(older, chain)).toMatchObject({
    broken: null,
    breaks: [{ at: 31, how: "cut-off" }],
    signedTo: 81,
  });
  // A later start finds nothing new, and forgets nothing.
  const again = await startPc(older, chain);
  await again.heads.sign();
  again.close();
  expect((await verdict(older, chain)).breaks).toHaveLength(1);
});

test("a keychain that no longer knows the trail is a break too, not a fresh start", async () => {
  const chain = fileKeychain(join(folder, "keychain-bare.json"));
  for (const name of ["device-key", "workstation-key"] as const)
    await chain.set(name, (await keychain.get(name)) ?? new Uint8Array());
  expect((await verdict(copied(), chain)).broken).toEqual({ at: 1, how: "anchor-missing" });
  const pc = await startPc(copied(), chain);
  expect(pc.heads.anchor()?.breaks).toMatchObject([{ at: 1, how: "anchor-missing" }]);
  pc.close();
});

test("whatever byte of the file is flipped: it does not open, or is said to be broken, or every entry is as it was", async () => {
  const entries = (file: string): string => {
    // Other tables may be damaged: the trail alone is asked for.
    const journal = openTrailReader({ file, key: KEY, chain: link });
    try {
      return JSON.stringify(journal.audit(1, 1_000));
    } finally {
      journal.close();
    }
  };
  const before = entries(copied());
  const bytes = readFileSync(sample);
  let noticed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: bytes.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, flip) => {
        const file = copied();
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        writeFileSync(file, changed);
        const whole = await verdict(file).then(
          ({ broken }) => broken === null,
          () => false,
        );
        expect(whole ? entries(file) : before).toBe(before);
        noticed += whole ? 0 : 1;
      },
    ),
    { numRuns: 40 },
  );
  expect(noticed).toBeGreaterThan(0);
});
