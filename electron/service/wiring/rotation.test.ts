import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dieAt } from "../testing/die-at.ts";
import { faultsOf, makeKeysPc, placeOf } from "../testing/keys-pc.ts";
import { keysWork } from "../testing/keys-work.ts";

let home = "";
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "amanah-rotation-"));
  await makeKeysPc(join(home, "pc"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The same PC again, so that each kill meets it as it was. */
function freshPc(name: string): string {
  const folder = join(home, name);
  cpSync(join(home, "pc"), folder, { recursive: true });
  return folder;
}

test.each(["vault", "device"])(
  "a kill at any step of making the %s key new leaves a PC that her PIN opens whole, and no other PIN",
  async (work) => {
    expect(await faultsOf(freshPc(`${work}-untouched`))).toEqual([]);
    const { said } = await dieAt(work, freshPc(`${work}-whole`), -1);
    expect(await faultsOf(join(home, `${work}-whole`))).toEqual([]);
    for (const [at, name] of said.entries()) {
      const folder = freshPc(`${work}-${at}`);
      expect((await dieAt(work, folder, at)).killed).toBe(true);
      expect(await faultsOf(folder), `after a kill at ${name}`).toEqual([]);
      // And the work can be done once more, whatever was left of the first time.
      await keysWork(work, folder, () => undefined);
      expect(await faultsOf(folder), `again, after a kill at ${name}`).toEqual([]);
    }
  },
  180_000,
);

test("after a rotation nothing on the disk opens with the keys of before", async () => {
  const folder = freshPc("old-keys");
  const before = placeOf(folder);
  const oldKeychain = readFileSync(before.keychainFile, "utf8");
  await keysWork("device", folder, () => undefined);
  await keysWork("vault", folder, () => undefined);
  expect(readdirSync(before.files.dataDir).filter((name) => name.includes("chart"))).toEqual([
    "chart-2.db",
  ]);
  const again = freshPc("old-keys-put-back");
  cpSync(join(folder, "data"), join(again, "data"), { recursive: true });
  expect(readFileSync(placeOf(again).keychainFile, "utf8")).toBe(oldKeychain);
  await expect(faultsOf(again)).rejects.toThrow(/key/u);
});
