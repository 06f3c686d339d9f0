import { randomUUID, webcrypto } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeHospital, SITE } from "../../electron/service/testing/index.ts";
import {
  makeRecoveryKeys,
  openEscrow,
  unlock,
  createVault,
} from "../../electron/service/vault/index.ts";
import type { Act, RosterEntry } from "../../shared/trust/index.ts";
import { recover, transactions } from "./recover.ts";
import { report } from "./report.ts";

const recovery = makeRecoveryKeys();
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amanah-recover-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const actOf = (author: string, pulse: number): Act => ({
  v: 1,
  uuid: randomUUID(),
  kind: "vitals",
  patient: "p1",
  author,
  workstation: "pc-1",
  at: "2026-11-23T20:00:00+03:00",
  entries: [
    {
      base: null,
      resource: {
        resourceType: "Observation",
        id: randomUUID(),
        code: { text: "Pulse" },
        valueQuantity: { value: pulse, unit: "/min" },
      },
    },
  ],
});

/** A ward PC whose keychain died: what is left is the escrow file. */
async function leftOver() {
  const hospital = await makeHospital();
  const { entry } = await hospital.enrol("salma", "482915");
  const place = { workstation: "pc-1", deviceKey: webcrypto.getRandomValues(new Uint8Array(32)) };
  const { slots } = await createVault({
    entries: [entry],
    place,
    epoch: 1,
    random: (bytes) => webcrypto.getRandomValues(new Uint8Array(bytes)),
  });
  const [slot] = slots;
  if (slot === undefined) throw new Error("a slot");
  const vault = await unlock({
    entry,
    wrapped: entry.wrapped,
    pin: "482915",
    pepper: hospital.pepper,
    site: SITE,
    slot,
    place,
  });
  const file = join(folder, "unsent.escrow");
  const escrow = await openEscrow({
    file,
    site: SITE,
    workstation: "pc-1",
    version: "0",
    recoveryKey: recovery.publicKey,
  });
  const keep = async (act: Act, change: (act: Act) => Act = (same) => same): Promise<string> => {
    const signature = await vault.sign(act);
    await escrow.append(act.uuid, Buffer.from(JSON.stringify({ act: change(act), signature })));
    return act.uuid;
  };
  const sent = await keep(actOf("salma", 70));
  const unsent = await keep(actOf("salma", 118));
  const forged = await keep(actOf("salma", 60), (act) => ({ ...act, patient: "p2" }));
  await escrow.tombstone(sent);
  await escrow.close();
  return { file, entry, sent, unsent, forged };
}

test("IT gets back what was never sent, checked against who signed it, and what was changed is not entered", async () => {
  const { file, entry, sent, unsent, forged } = await leftOver();
  const roster: RosterEntry[] = [entry];
  const found = await recover(readFileSync(file), recovery.privateKey, roster);
  expect(found.acts.map(({ uuid, sent: was, signature }) => [uuid, was, signature])).toEqual([
    [sent, true, "valid"],
    [unsent, false, "valid"],
    [forged, false, "broken"],
  ]);
  expect(transactions(found).map(({ uuid }) => uuid)).toEqual([unsent]);
  const text = report(found).join("\n");
  expect(text).toContain("Pulse: 118 /min");
  expect(text).toContain("SIGNATURE BROKEN");
});

test("a damaged file gives what is whole, and says by number what is lost", async () => {
  const { file, unsent } = await leftOver();
  const bytes = readFileSync(file);
  const second = bytes.indexOf(unsent);
  bytes[second + 60] = (bytes[second + 60] ?? 0) ^ 1;
  const found = await recover(bytes, recovery.privateKey, []);
  expect(found.damaged).toHaveLength(1);
  expect(found.missing).toEqual([2]);
  expect(found.acts.every(({ signature }) => signature === "unknown-author")).toBe(true);
  expect(report(found).join("\n")).toContain("Numbers lost with them: 2.");
});

test("the command writes the transactions for this account only, and with a wrong key says so", async () => {
  const { file } = await leftOver();
  const right = join(folder, "recovery.key");
  writeFileSync(right, `${recovery.privateKey}\n`);
  const wrong = join(folder, "wrong.json");
  writeFileSync(wrong, JSON.stringify(makeRecoveryKeys()));
  const bundles = join(folder, "bundles.json");
  const script = fileURLToPath(new URL("index.ts", import.meta.url));
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [script, "--file", file, "--json", ...args], {
      encoding: "utf8",
    });
  const counts = JSON.parse(run("--key", right, "--bundles", bundles)) as object;
  expect(counts).toMatchObject({ acts: 3, unsent: 2, unopened: 0 });
  expect(statSync(bundles).mode & 0o777).toBe(0o600);
  expect(() => run("--key", wrong)).toThrow(/Command failed/u);
});
