import { heapText } from "./heap.ts";
import { beds, en, openFirstPatient, PATIENCE, signIn, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

test("After the idle time the page is replaced by a fresh lock screen whose memory holds nothing of the patient", async ({
  newPc,
  nurse,
}) => {
  const pc = await newPc({ policy: { session: { idleSeconds: 30, warningSeconds: 10 } } });
  const app = await pc.start();
  await signIn(app.page, nurse);
  await wholeBoard(app.page);
  const mrn = (
    await beds(app.page)
      .getByText(/\d{6,}/u)
      .first()
      .innerText()
  ).trim();
  const name = await openFirstPatient(app.page);
  const open = await heapText(app.page);
  expect(open).toContain(name);
  expect(open).toContain(mrn);

  const page = await app.replacedBy(async () => {
    await expect(app.page.getByText(/Locking in \d+ seconds?/u)).toBeVisible(PATIENCE);
  });
  await expect(page.getByRole("heading", { name: en.lock.choose })).toBeVisible(PATIENCE);
  await expect(page.getByText(en.lock.reason.idle)).toBeVisible();
  const locked = await heapText(page);
  expect(locked).toContain(nurse.name.en);
  expect(locked).not.toContain(name);
  expect(locked).not.toContain(mrn);
});

test("At a lock the next frame shows nothing of a patient, before the board is taken down; only then does the page show anything again", async ({
  newPc,
  nurse,
}) => {
  const pc = await newPc();
  const app = await pc.start();
  const seen: { readonly inDocument: boolean; readonly visible: boolean }[] = [];
  await app.page.exposeFunction("seen", (one: (typeof seen)[number]) => seen.push(one));
  await signIn(app.page, nurse);
  await wholeBoard(app.page);
  await app.page.evaluate(() => {
    const { seen: tell } = globalThis as unknown as { seen: (one: object) => void };
    // Runs before a frame can be drawn of what was changed.
    const look = (): void => {
      const cell = document.querySelector(".board-name");
      tell({ inDocument: cell !== null, visible: cell?.checkVisibility() === true });
    };
    new MutationObserver(look).observe(document.body, { attributeFilter: ["style"] });
  });
  const page = await app.replacedBy(() =>
    app.page.getByRole("button", { name: en.bar.lock, exact: true }).click(),
  );
  await expect(page.getByRole("heading", { name: en.lock.choose })).toBeVisible(PATIENCE);
  expect(seen).toEqual([
    { inDocument: true, visible: false },
    { inDocument: false, visible: false },
  ]);
});
