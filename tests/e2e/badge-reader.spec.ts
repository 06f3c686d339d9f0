import { makePivIdentity, newKey } from "../badge/piv-identity.ts";
import { makeVirtualCard } from "../badge/virtual-card.ts";
import { accessible } from "./accessible.ts";
import { withCardReader } from "./reader.ts";
import { badgeNamed, en, openFirstPatient, PATIENCE, typePin, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

/** What the reader means is the service's, the same in every shell: it is looked at once, in the preview. */
const reader = withCardReader();
const BADGES = { policy: { session: { badge: "optional" } } };

test("Within the grace time a badge that proves itself opens the PC again without a PIN; a copy of its number and certificate does not", async ({
  newPc,
  person,
  ward,
}) => {
  const grace = person("nurse-grace");
  const uid = "04a1b2c3d4e502";
  const piv = makePivIdentity({ kind: "P-256", name: "Grace Mendoza" });
  const certificate = piv.certificate.toString("base64");
  await ward.his.changeEntry(grace.id, { badges: [{ uid, certificate }] });
  const genuine = makeVirtualCard({ uid, piv });
  const copy = makeVirtualCard({ uid, piv: { ...piv, privateKey: newKey("P-256") } });

  const pc = await newPc(BADGES);
  const app = await pc.start();
  await expect(app.page.getByRole("option", { name: grace.name.en })).toBeEnabled(PATIENCE);
  const first = await reader().insert(genuine);
  await badgeNamed(app.page, grace);
  await typePin(app.page, grace.pin);
  await wholeBoard(app.page);

  const locked = await app.replacedBy(() => first.remove());
  await expect(locked.getByText(en.lock.reason["badge-removed"])).toBeVisible(PATIENCE);
  const second = await reader().insert(genuine);
  await expect(locked.getByRole("heading", { name: en.ward.title })).toBeAttached(PATIENCE);

  const again = await app.replacedBy(() => second.remove());
  await expect(again.getByText(en.lock.reason["badge-removed"])).toBeVisible(PATIENCE);
  await reader().insert(copy);
  await expect(again.getByText(en.lock.badge.noProof)).toBeVisible(PATIENCE);
  await accessible(again, "lock, a badge refused");
  await expect(again.getByRole("heading", { name: en.ward.title })).toHaveCount(0);
  await badgeNamed(again, grace);
  await typePin(again, grace.pin);
  await wholeBoard(again);
});

test("A colleague's badge locks her session and names him; he signs in and sees nothing of her text; a reader that fails locks too, says so, and recovers @long", async ({
  newPc,
  person,
}) => {
  const salma = person("nurse-salma");
  const yusuf = person("nurse-yusuf");
  const pc = await newPc(BADGES);
  const app = await pc.start();
  await expect(app.page.getByRole("option", { name: salma.name.en })).toBeEnabled(PATIENCE);
  const hers = await reader().insert(makeVirtualCard({ uid: "04a1b2c3d4e501" }));
  await badgeNamed(app.page, salma);
  await typePin(app.page, salma.pin);
  await wholeBoard(app.page);
  const name = await openFirstPatient(app.page);
  await app.page.getByRole("button", { name: en.patient.chart }).click();
  await app.page.getByLabel(en.vitals.pulse, { exact: true }).fill("117");
  await expect(app.page.getByText(en.vitals.draftKept)).toBeVisible(PATIENCE);

  const his = makeVirtualCard({ uid: "04a1b2c3d4e503" });
  const page = await app.replacedBy(() => reader().insert(his, 1));
  await expect(page.getByText(en.lock.reason["other-badge"])).toBeVisible(PATIENCE);
  await badgeNamed(page, yusuf);
  await hers.remove();
  await typePin(page, yusuf.pin);
  await wholeBoard(page);
  expect(await openFirstPatient(page)).toBe(name);
  await expect(
    page.getByRole("button", { name: en.patient.continueDraft, exact: true }),
  ).toHaveCount(0);
  await page.getByRole("button", { name: en.patient.chart }).click();
  await expect(page.getByLabel(en.vitals.pulse, { exact: true })).toHaveValue("");

  const dark = await app.replacedBy(() => reader().kill());
  // A service that dies may let the card go first, or itself: both lock, and the screen says what is wrong now.
  await expect(
    dark
      .getByText(en.lock.reason["reader-lost"])
      .or(dark.getByText(en.lock.reason["badge-removed"])),
  ).toBeVisible(PATIENCE);
  await expect(dark.getByText(en.lock.badge["no-service"])).toBeVisible(PATIENCE);
  await accessible(dark, "lock, no reader");
  await reader().restart();
  await expect(dark.getByText(en.lock.badge.watching)).toBeVisible(PATIENCE);
  await reader().insert(his);
  await badgeNamed(dark, yusuf);
  await typePin(dark, yusuf.pin);
  await wholeBoard(dark);
});
