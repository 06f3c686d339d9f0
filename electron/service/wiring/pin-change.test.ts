import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { childProgram } from "../testing/child-program.ts";
import { makeHospital, NOW, SITE, WORKSTATION } from "../testing/index.ts";
import { PinRefused, unlock } from "../vault/index.ts";
import { DEVICE_KEY, PEPPER, testSite } from "./test-site.ts";

const CHILD = childProgram("pin-change-child");
const OLD = "471182";
const NEW = "903417";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amanah-pin-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function enrolledPc() {
  const hospital = await makeHospital();
  hospital.pepper.set(PEPPER);
  const { site, close } = await testSite(folder, hospital);
  await site.accept([(await hospital.enrol("huda", OLD)).jws]);
  close();
  const { controlKey } = hospital;
  writeFileSync(join(folder, "site.json"), JSON.stringify({ controlKey, now: NOW }));
  return hospital;
}

/** Which of both PINs opens the vault after a new start. */
async function openingPins(hospital: Awaited<ReturnType<typeof makeHospital>>) {
  const { site, journal, close } = await testSite(folder, hospital);
  const [member] = site.members();
  if (member === undefined || member.slot === null) throw new Error("her slot is gone");
  const { entry, slot } = member;
  const place = { workstation: WORKSTATION, deviceKey: DEVICE_KEY };
  const opening: string[] = [];
  for (const pin of [OLD, NEW])
    try {
      (await unlock({ entry, pin, pepper: PEPPER, site: SITE, slot, place })).close();
      opening.push(pin);
    } catch (error) {
      if (!(error instanceof PinRefused)) throw error;
    }
  const trail = (await journal.audit(0, 1_000)).filter(({ body }) => body.includes("pin-changed"));
  const pending = await site.pendingPinChanges();
  close();
  return { opening, trail: trail.length, pending: pending.length };
}

test.each([
  ["at draw 1", OLD],
  ["at draw 2", OLD],
  ["before the commit", OLD],
  ["in the transaction", OLD],
  ["after the commit", NEW],
  ["before the answer", NEW],
  ["after the answer", NEW],
])(
  "a PC killed %s of a PIN change is opened by one PIN, and never by none or both",
  async (step, right) => {
    const hospital = await enrolledPc();
    const child = spawnSync(process.execPath, [CHILD, folder, step, OLD, NEW], {
      encoding: "utf8",
    });
    expect(child.stderr).toBe("");
    // Killed at the step, not ended by itself: or the step is none.
    expect(child.signal).toBe("SIGKILL");
    const changed = right === NEW ? 1 : 0;
    expect(await openingPins(hospital)).toEqual({
      opening: [right],
      trail: changed,
      pending: changed,
    });
  },
);

test("and one that was let finish answers, with the new PIN on its disk", async () => {
  const hospital = await enrolledPc();
  const child = spawnSync(process.execPath, [CHILD, folder, "never", OLD, NEW], {
    encoding: "utf8",
  });
  expect([child.stdout, child.status]).toEqual(["answered\n", 0]);
  expect((await openingPins(hospital)).opening).toEqual([NEW]);
});
