import type { Page } from "@playwright/test";
import { accessible } from "./accessible.ts";
import type { HisProcess } from "./his.ts";
import {
  allSent,
  ar,
  bedOf,
  chartVitals,
  en,
  openPatient,
  PATIENCE,
  PICTURES,
  shortly,
  signIn,
  wholeBoard,
} from "./steps.ts";
import { expect, test } from "./ward.ts";

type Words = typeof en | typeof ar;

for (const [language, wording, place] of shortly(
  [
    ["English", en, 0],
    ["Arabic", ar, 1],
  ] as const,
  "Arabic",
))
  test(`A correction that meets another at the HIS is decided, a set charted by mistake is taken back, and both stay to be seen (${language})`, async ({
    newPc,
    nurse,
    ward: { his },
  }) => {
    const patient = (await his.patients()).filter(({ ward }) => ward === his.wards[0]?.id)[place];
    if (patient === undefined) throw new Error("the ward has patients");
    const pc = await newPc({ policy: { sync: { intervalSeconds: 5 } } });
    const { page } = await pc.start();
    const picture = (name: string) =>
      page.screenshot({ path: `${PICTURES}/11-${name}.${wording === en ? "en" : "ar"}.png` });
    if (language === "Arabic") await page.getByText(en.app.arabic).first().click();
    await signIn(page, nurse, nurse.pin, wording);
    await wholeBoard(page, wording);
    await openPatient(bedOf(page, patient.bed));
    await page.getByRole("tab", { name: wording.patient.tab.vitals }).click();
    const before = await his.charted();
    await chartVitals(page, 88, wording);
    await page.getByRole("button", { name: wording.app.close, exact: true }).first().click();
    await allSent(page, wording);
    const pulse = await pulseOf(his, new Set(before.map(({ id }) => id)));

    const newest = page.getByRole("table", { name: wording.vitals.table }).getByRole("row").nth(1);
    await expect(newest).toContainText("88");
    const correct = newest.getByRole("button", { name: wording.correct.button, exact: true });
    await expect(correct).toBeVisible(PATIENCE);

    await his.setOutage(true);
    await expect(page.locator(".bar-outage")).toBeVisible(PATIENCE);
    await correct.click();
    const correcting = page.getByRole("dialog", { name: wording.correct.title });
    await correcting.getByRole("button", { name: wording.correct.save }).click();
    await expect(correcting.getByText(wording.correct.nothing)).toBeVisible();
    await correcting.getByLabel(`${wording.vitals.pulse}: ${wording.correct.right}`).fill("92");
    await correcting.getByLabel(wording.correct.why).fill("Counted again over a full minute");
    await accessible(page, `correcting a set, ${language}`);
    await picture("correct");
    await correcting.getByRole("button", { name: wording.correct.save }).click();
    await expect(correcting).toBeHidden(PATIENCE);
    await picture("corrected");

    // Meanwhile somebody else corrects it at the HIS.
    await his.put({ ...(await his.read("Observation", pulse)), valueQuantity: beats(101) });
    await his.setOutage(false);
    await openOutbox(page, wording);
    const decide = page.getByRole("button", { name: wording.outbox.decide });
    await expect(decide).toBeVisible(PATIENCE);
    await picture("outbox-conflict");
    await decide.click();
    const deciding = page.getByRole("dialog", { name: wording.outbox.conflict.title });
    await deciding.getByRole("button", { name: wording.outbox.conflict.save }).click();
    await expect(deciding.getByText(wording.outbox.conflict.choose)).toBeVisible();
    await accessible(page, `deciding a conflict, ${language}`);
    await picture("conflict");
    await deciding.getByRole("button", { name: wording.outbox.conflict.keepMine }).click();
    await deciding.getByRole("button", { name: wording.outbox.conflict.save }).click();
    await expect(deciding).toBeHidden(PATIENCE);
    await expect
      .poll(async () => (await his.read("Observation", pulse))["valueQuantity"], PATIENCE)
      .toMatchObject({ value: 92 });
    await allSent(page, wording);

    await his.setOutage(true);
    await expect(page.locator(".bar-outage")).toBeVisible(PATIENCE);
    await page.locator(".bar-ward").first().click();
    await openPatient(bedOf(page, patient.bed));
    const arrived = (await his.charted()).length;
    await chartVitals(page, 61, wording);
    await openOutbox(page, wording);
    await page.getByRole("button", { name: wording.outbox.withdraw }).click();
    const withdrawing = page.getByRole("dialog", { name: wording.outbox.withdrawTitle });
    await withdrawing.getByRole("button", { name: wording.outbox.withdraw }).click();
    await expect(withdrawing.getByText(wording.outbox.reasonShort)).toBeVisible();
    await withdrawing.getByLabel(wording.outbox.withdrawWhy).fill("The wrong patient");
    await accessible(page, `withdrawing, ${language}`);
    await picture("withdraw");
    await withdrawing.getByRole("button", { name: wording.outbox.withdraw }).click();
    await expect(withdrawing).toBeHidden(PATIENCE);
    await expect(page.getByText(wording.outbox.empty)).toBeVisible(PATIENCE);
    await page.getByText(wording.outbox.settledTitle).click();
    const settled = page.getByRole("table", { name: wording.outbox.settledTitle });
    await expect(settled.getByText(wording.outbox.because.withdrawn).first()).toBeVisible(PATIENCE);
    await expect(settled.getByText("The wrong patient")).toBeVisible();
    await accessible(page, `what was withdrawn, ${language}`);
    await picture("settled");
    await his.setOutage(false);
    await allSent(page, wording);
    expect((await his.charted()).length).toBe(arrived);
  });

const beats = (value: number) => ({
  value,
  unit: "beats/minute",
  system: "http://unitsofmeasure.org",
  code: "/min",
});

/** The pulse among what the HIS was given since. */
async function pulseOf(his: HisProcess, known: ReadonlySet<string>): Promise<string> {
  for (const { type, id } of await his.charted()) {
    if (type !== "Observation" || known.has(id)) continue;
    if (JSON.stringify((await his.read(type, id))["code"]).includes("8867-4")) return id;
  }
  throw new Error("no pulse has arrived");
}

async function openOutbox(page: Page, wording: Words): Promise<void> {
  await page.getByRole("button", { name: new RegExp(`^${wording.bar.outbox}`, "u") }).click();
  await expect(page.getByRole("heading", { name: wording.outbox.title })).toBeVisible(PATIENCE);
}
