import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDeskFile } from "../../tools/his/desk-file.ts";
import { accessible } from "./accessible.ts";
import {
  chartVitals,
  en,
  openFirstPatient,
  PATIENCE,
  signIn,
  signOut,
  unsent,
  wholeBoard,
} from "./steps.ts";
import { expect, test } from "./ward.ts";

test("In an outage IT brings the order to wipe a PC: it says that it was wiped, stays so, and what was charted on it is recovered with the hospital's key @long", async ({
  newPc,
  nurse,
  ward,
}) => {
  const pc = await newPc();
  const app = await pc.start();
  await signIn(app.page, nurse);
  await wholeBoard(app.page);
  await ward.his.setOutage(true);
  await expect(app.page.getByText(/Outage since/u).first()).toBeVisible(PATIENCE);
  await openFirstPatient(app.page);
  await chartVitals(app.page, 88);
  await unsent(app.page, 1);
  const page = await signOut(app, nurse);

  const order = { workstation: pc.name, id: randomUUID(), reason: "stolen and found again" };
  const statement = await ward.his.issue("wipe", pc.name, order);
  await page.getByRole("button", { name: en.lock.workstation }).click();
  await page.getByRole("tab", { name: en.keys.tab.orders }).click();
  await page.getByRole("textbox", { name: en.keys.bringField }).fill(statement);
  await page.getByRole("button", { name: en.keys.bringNow }).click();
  await expect(page.getByText(en.keys.verdict.accepted)).toBeVisible(PATIENCE);
  await page.getByRole("button", { name: en.lock.back }).click();
  await expect(page.getByText(en.obstacle.wiped.title)).toBeVisible(PATIENCE);
  await expect(page.getByText(en.lock.unsentNone)).toHaveCount(0);
  await expect(page.getByRole("option", { name: nurse.name.en })).toHaveCount(0);
  await accessible(page, "wiped");
  await app.kill9();
  const again = await pc.start();
  await expect(again.page.getByText(en.obstacle.wiped.title)).toBeVisible(PATIENCE);
  await again.stop();

  const left = readdirSync(pc.dataDir);
  expect(left.filter((file) => file.includes(".db"))).toEqual([]);
  const escrow = left.filter((file) => file.includes("escrow"));
  expect(escrow).toHaveLength(1);
  const desk = openDeskFile(join(ward.his.dataDir, "desk.db"));
  const key = join(pc.dataDir, "..", "recovery.key");
  writeFileSync(key, desk.secret("recovery-key") ?? "");
  desk.close();
  const said = execFileSync(process.execPath, [
    "tools/recover/index.ts",
    "--json",
    `--file=${join(pc.dataDir, escrow[0] ?? "")}`,
    `--key=${key}`,
  ]).toString();
  expect(JSON.parse(said)).toMatchObject({ acts: 1, unsent: 1, unopened: 0, damaged: 0 });
});
