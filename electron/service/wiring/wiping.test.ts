import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generationInFile, openJournal, UNREADABLE } from "../store/index.ts";
import { link } from "../audit/index.ts";
import { dieAt } from "../testing/die-at.ts";
import { fileKeychain } from "../testing/file-keychain.ts";
import { faultsOf, knownOf, makeKeysPc, PIN, placeOf, signIn } from "../testing/keys-pc.ts";
import { keysWork, WIPE_ID } from "../testing/keys-work.ts";
import { sampled } from "../testing/sampled.ts";
import { joinsAnew, readWiped, recoverEscrow } from "../vault/index.ts";
import { carryOutWipe } from "./wiping.ts";

const CODE = "first-join-code";
let home = "";
let keys: { device: Uint8Array; all: Uint8Array[] };
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "amanah-wiping-"));
  const pc = join(home, "pc");
  await makeKeysPc(pc);
  const { files } = placeOf(pc);
  writeFileSync(
    files.lastGoodPolicy,
    JSON.stringify({ site: "north", join: { url: "https://desk/", code: CODE } }),
  );
  // What salvage once set aside, and what a cut-off rotation left.
  cpSync(files.journal, join(files.dataDir, "journal.damaged-1.db"));
  cpSync(files.chart, join(files.dataDir, "chart-2.db"));
  const { vault, journal, deviceKey } = await signIn(pc, PIN);
  keys = {
    device: deviceKey,
    all: [deviceKey, ...Object.values(vault.keys).map((key) => Uint8Array.from(key))],
  };
  for (const name of ["site-pepper", "it-seed"] as const) {
    const secret = await fileKeychain(placeOf(pc).keychainFile).get(name);
    if (secret !== null) keys.all.push(secret);
  }
  journal.close();
  vault.close();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function freshPc(name: string): string {
  const folder = join(home, name);
  cpSync(join(home, "pc"), folder, { recursive: true });
  return folder;
}

/** Every way a saved key could still open something of this folder. */
function opened(dataDir: string): string[] {
  return readdirSync(dataDir).flatMap((name) => {
    const file = join(dataDir, name);
    const content = readFileSync(file);
    const plain = ["ACT-", "DRAFT-", "LEDGER-", "PAGE-", "CHART-", CODE, "nurse-1"].filter((word) =>
      content.includes(word),
    );
    const secrets = keys.all.filter((key) => content.includes(Buffer.from(key)));
    const openedBy = keys.all.filter(
      (key) => content.length >= 4096 && generationInFile(file, key) !== UNREADABLE,
    );
    return plain.length + secrets.length + openedBy.length > 0 ? [name] : [];
  });
}

async function signsIn(folder: string): Promise<boolean> {
  try {
    const { vault, journal } = await signIn(folder, PIN);
    vault.close();
    journal.close();
    return true;
  } catch {
    return false;
  }
}

test("what remains of a wiped PC holds nothing, whatever key of it was saved before", async () => {
  const folder = freshPc("wiped");
  const { files, keychainFile } = placeOf(folder);
  expect(opened(files.dataDir).toSorted()).toEqual(
    [
      "chart-2.db",
      "chart.db",
      "journal.damaged-1.db",
      "journal.db",
      "policy.last-good.json",
    ].toSorted(),
  );
  await keysWork("wipe", folder, () => undefined);
  expect(readdirSync(files.dataDir).toSorted()).toEqual([
    "policy.last-good.json",
    "unsent.escrow.before-wipe-1",
    "wiped.json",
  ]);
  expect(opened(files.dataDir)).toEqual([]);
  expect(JSON.parse(readFileSync(keychainFile, "utf8"))).toEqual({});
  expect(readWiped(files.dataDir)).toMatchObject({ state: "wiped", ids: [WIPE_ID] });

  // Old keychain, new remains: nothing. Old files, emptied keychain: nothing.
  cpSync(join(home, "pc", "keychain.json"), keychainFile);
  expect(await signsIn(folder)).toBe(false);
  const oldFiles = freshPc("old-files");
  rmSync(placeOf(oldFiles).keychainFile);
  expect(await signsIn(oldFiles)).toBe(false);
  // Not prevented, and said in the threat model: a copy of both, taken before, is the PC as it was.
  expect(await faultsOf(freshPc("old-both"))).toEqual([]);
});

test("every unsent act of a wiped PC opens with the hospital's recovery key, the one not yet in the file too", async () => {
  const folder = freshPc("recovered");
  await keysWork("wipe", folder, () => undefined);
  const { files } = placeOf(folder);
  const bytes = readFileSync(join(files.dataDir, "unsent.escrow.before-wipe-1"));
  const { acts, unopened } = await recoverEscrow(bytes, knownOf(folder).recovery.privateKey);
  expect(unopened).toEqual([]);
  expect(acts.map(({ uuid }) => uuid).toSorted()).toEqual([...knownOf(folder).acts].toSorted());
});

test("a kill at any step of a wipe loses nothing before the mark, opens nothing after the first key, and is ended by the next start", async () => {
  const { said } = await dieAt("wipe", freshPc("steps"), -1);
  const marked = said.indexOf("marked");
  const keyGone = said.indexOf("key device-key");
  expect(marked).toBeGreaterThan(0);
  expect(keyGone).toBeGreaterThan(marked);
  for (const [at, name] of sampled([...said.entries()], 3)) {
    // Every file is overwritten before it goes; one kill in between stands for all.
    if (name === "overwritten" && said.indexOf(name) !== at) continue;
    const folder = freshPc(`killed-${at}`);
    expect((await dieAt("wipe", folder, at)).killed).toBe(true);
    expect(readWiped(placeOf(folder).files.dataDir) !== null, `at ${name}`).toBe(at >= marked);
    const lost = at < marked ? await faultsOf(folder) : [];
    expect(lost, `after a kill at ${name}`).toEqual([]);
    const opens = at >= keyGone && (await signsIn(folder));
    expect(opens, `after a kill at ${name}`).toBe(false);
    await keysWork("wipe", folder, () => undefined);
    const { files, keychainFile } = placeOf(folder);
    expect(readWiped(files.dataDir)?.state, `at ${name}`).toBe("wiped");
    expect(opened(files.dataDir), `at ${name}`).toEqual([]);
    expect(JSON.parse(readFileSync(keychainFile, "utf8"))).toEqual({});
    const kept = readdirSync(files.dataDir).filter((each) => each.startsWith("unsent.escrow"));
    expect(kept, `at ${name}`).toEqual(["unsent.escrow.before-wipe-1"]);
  }
}, 120_000);

test("a PC whose unsent acts are nowhere else is sealed and waits: nothing of it is destroyed", async () => {
  const folder = freshPc("waits");
  const { files, keychainFile } = placeOf(folder);
  const journal = openJournal({ file: files.journal, key: keys.device, chain: link });
  const seen: string[] = [];
  const outcome = await carryOutWipe({
    dataDir: files.dataDir,
    keychain: fileKeychain(keychainFile),
    id: WIPE_ID,
    now: () => new Date("2026-11-23T10:00:00Z"),
    joinCode: CODE,
    journal: { acts: async (filter) => journal.acts(filter) },
    escrow: null,
    seal: async () => void seen.push("sealed"),
    push: async () => void seen.push("pushed"),
    close: async () => void seen.push("closed"),
    report: async () => undefined,
  });
  journal.close();
  expect(outcome).toEqual({ state: "waiting", unsent: 12 });
  expect(seen).toEqual(["sealed", "pushed"]);
  expect(existsSync(join(files.dataDir, "wiped.json"))).toBe(false);
  expect(await faultsOf(folder)).toEqual([]);
});

test("a wiped PC starts anew only with a join code it has not used, and the same words do not wipe it again", async () => {
  const folder = freshPc("anew");
  await keysWork("wipe", folder, () => undefined);
  const mark = readWiped(placeOf(folder).files.dataDir);
  if (mark === null) throw new Error("no mark");
  expect(joinsAnew(mark, CODE)).toBe(false);
  expect(joinsAnew(mark, null)).toBe(false);
  expect(joinsAnew(mark, "second-join-code")).toBe(true);
  expect(mark.ids).toContain(WIPE_ID);
  // Joined since: the code may leave the policy again, and it stays a PC like any other.
  writeFileSync(placeOf(folder).files.journal, "");
  const since = readWiped(placeOf(folder).files.dataDir);
  expect(since !== null && joinsAnew(since, null)).toBe(true);
});
