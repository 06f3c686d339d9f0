/** A small PC with something of everything on it, for the tests that kill it while its keys change. Never shipped. */
import { randomBytes, webcrypto } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RosterEntry } from "../../../shared/trust/index.ts";
import { link } from "../audit/index.ts";
import {
  moveJournal,
  openChart,
  openJournal,
  rekeyVault,
  resealStragglers,
  StoreError,
  type InboxPage,
  type Journal,
  NO_CHANGES,
} from "../store/index.ts";
import {
  createPageOpener,
  createPageSealer,
  createVault,
  draftBinding,
  INBOX_INFO,
  inboxBinding,
  ledgerPageBinding,
  openEscrow,
  openRow,
  PinRefused,
  readSealingKey,
  SealBroken,
  sealRow,
  unlock,
  vaultMeta,
  type OpenVault,
} from "../vault/index.ts";
import { openFiles, type Files } from "../wiring/files.ts";
import {
  chartFileOf,
  finishDeviceKey,
  finishVaultRotation,
  tidyCharts,
  type RekeyWork,
} from "../wiring/upkeep.ts";
import { fileKeychain } from "./file-keychain.ts";
import { makeHospital, SITE, WORKSTATION } from "./index.ts";

export const PIN = "415926";
const WRONG_PIN = "415927";
const PATIENTS = ["p1", "p2", "p3"];
const chart = { card: (previous: unknown) => previous ?? {} };

/** What the test knows of the PC and the PC does not say: the person, the site's pepper, the recovery key. */
export interface Known {
  readonly entry: RosterEntry;
  readonly pepper: string;
  readonly recovery: { readonly publicKey: string; readonly privateKey: string };
  readonly acts: readonly string[];
}

export interface Place {
  readonly files: Files;
  readonly keychainFile: string;
}
export function placeOf(folder: string): Place {
  mkdirSync(folder, { recursive: true });
  return { files: openFiles(join(folder, "data")), keychainFile: join(folder, "keychain.json") };
}
export function knownOf(folder: string): Known {
  return JSON.parse(readFileSync(join(folder, "known.json"), "utf8")) as Known;
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "utf8"));
const text = (plain: Uint8Array): string => Buffer.from(plain).toString("utf8");

/** A joined PC with a vault, acts, drafts, a ledger, sealed pages, an escrow file and a chart. */
export async function makeKeysPc(folder: string): Promise<void> {
  const { files, keychainFile } = placeOf(folder);
  const keychain = fileKeychain(keychainFile);
  const hospital = await makeHospital();
  const { entry } = await hospital.enrol("nurse-1", PIN);
  const deviceKey = new Uint8Array(randomBytes(32));
  await keychain.set("device-key", deviceKey);
  await keychain.set("site-pepper", hospital.pepper);
  await keychain.set("it-seed", new Uint8Array(randomBytes(32)));
  await keychain.set("pin-failures", bytes("{}"));
  const pkcs8 = await webcrypto.subtle
    .generateKey({ name: "ECDSA", namedCurve: "P-384" }, true, ["sign", "verify"])
    .then((pair) => webcrypto.subtle.exportKey("pkcs8", pair.privateKey));
  await keychain.set("workstation-key", new Uint8Array(pkcs8));

  const place = { workstation: WORKSTATION, deviceKey };
  const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  const made = await createVault({ entries: [entry], place, epoch: 1, random });
  const journal = openJournal({ file: files.journal, key: deviceKey, chain: link, create: true });
  journal.putSlots(made.slots, ["slots made"]);
  journal.setMeta(vaultMeta(made));
  const [slot] = made.slots;
  if (slot === undefined) throw new Error("no slot");
  const vault = await unlock({ entry, pin: PIN, pepper: hospital.pepper, site: SITE, slot, place });

  const acts = Array.from({ length: 12 }, (_, each) => `act-${each}`);
  const escrow = await openEscrow({
    file: files.escrow,
    site: SITE,
    workstation: WORKSTATION,
    version: "test",
    recoveryKey: hospital.recovery.publicKey,
  });
  for (const uuid of acts) {
    journal.putAct(
      {
        uuid,
        kind: "vitals",
        patient: "p1",
        author: "nurse-1",
        at: "2026-11-20T10:00:00Z",
        queuedAt: 1,
        body: JSON.stringify({ uuid, canary: `ACT-${uuid}` }),
      },
      [`charted ${uuid}`],
    );
    // The last ones are not in it yet: a kill came between journal and escrow.
    if (uuid !== "act-11")
      await escrow.append(uuid, bytes(JSON.stringify({ uuid, canary: `ACT-${uuid}` })));
  }
  await escrow.close();
  for (const patient of PATIENTS)
    journal.putDraft({
      clinician: "nurse-1",
      patient,
      kind: "note",
      at: 5,
      sealed: sealRow(
        vault.keys.drafts,
        draftBinding("nurse-1", patient, "note"),
        bytes(`DRAFT-${patient}`),
      ),
    });
  await putSealed(journal, vault, PATIENTS);
  const writer = openChart({ file: files.chart, key: vault.keys.chart, create: true, ...chart });
  writer.write({
    ...NO_CHANGES,
    upserts: PATIENTS.flatMap((patient) =>
      Array.from({ length: 40 }, (_, each) => ({
        patient,
        resource: {
          resourceType: "Observation",
          id: `${patient}-${each}`,
          meta: { versionId: "1" },
          note: `CHART-${patient}-${each} `.repeat(20),
        },
      })),
    ),
  });
  writer.setGeneration(3);
  writer.close();
  journal.setGeneration(4);
  journal.close();
  vault.close();
  const known: Known = {
    entry,
    pepper: Buffer.from(hospital.pepper).toString("base64"),
    recovery: hospital.recovery,
    acts,
  };
  writeFileSync(join(folder, "known.json"), JSON.stringify(known));
}

async function putSealed(
  journal: Journal,
  vault: OpenVault,
  patients: readonly string[],
): Promise<void> {
  const sealingKey = readSealingKey(journal.meta());
  if (sealingKey === null) throw new Error("no vault");
  const sealer = createPageSealer(sealingKey, INBOX_INFO, () => 0);
  for (const patient of patients) {
    const aad = inboxBinding("pull", "Observation", patient);
    const sealed = await sealer.seal(aad, bytes(`PAGE-${patient}`));
    journal.receive({
      page: {
        kind: "pull",
        type: "Observation",
        patient,
        last: false,
        asOf: patient,
        resources: 1,
        sealed,
      },
    });
  }
  journal.applied({
    seqs: [],
    audit: [],
    ledger: patients.map((patient) => ({
      number: null,
      type: "AllergyIntolerance",
      patient,
      placed: [`a-${patient}`],
      sealed: sealRow(
        vault.keys.ledger,
        ledgerPageBinding("AllergyIntolerance", patient),
        bytes(`LEDGER-${patient}`),
      ),
    })),
  });
}

/** The work of rotations in this very process, with a word at each step. */
export function rekeyHere(step: (name: string) => void): RekeyWork {
  return {
    vault: (input) => rekeyVault(input, { chain: link, now: () => performance.now(), step }),
    stragglers: (input) => resealStragglers(input, () => performance.now()),
    device: async ({ file, workstation, from, to, meta }) =>
      moveJournal({
        file,
        from: { workstation, deviceKey: from },
        to: { workstation, deviceKey: to },
        meta,
        step,
      }),
  };
}

const nothing = (): void => undefined;

/** A sign-in as a fresh start makes it. */
export async function signIn(
  folder: string,
  pin: string,
): Promise<{ vault: OpenVault; journal: ReturnType<typeof openJournal>; deviceKey: Uint8Array }> {
  const { files, keychainFile } = placeOf(folder);
  const known = knownOf(folder);
  const keychain = fileKeychain(keychainFile);
  await finishDeviceKey({
    files,
    keychain,
    workstation: WORKSTATION,
    meta: {},
    work: rekeyHere(nothing),
  });
  const deviceKey = await keychain.get("device-key");
  if (deviceKey === null) throw new StoreError("wrong-key", "no device key");
  const journal = openJournal({ file: files.journal, key: deviceKey, chain: link });
  try {
    const [slot] = journal.slots();
    if (slot === undefined) throw new Error("no slot");
    const vault = await unlock({
      entry: known.entry,
      pin,
      pepper: new Uint8Array(Buffer.from(known.pepper, "base64")),
      site: SITE,
      slot,
      place: { workstation: WORKSTATION, deviceKey },
    });
    return { vault, journal, deviceKey };
  } catch (error) {
    journal.close();
    throw error;
  }
}

/** Everything that must be there, opened as the app opens it; answers what is not as it should be. */
export async function faultsOf(folder: string): Promise<string[]> {
  const faults: string[] = [];
  const expect = (what: string, is: boolean): void => {
    if (!is) faults.push(what);
  };
  const { files } = placeOf(folder);
  try {
    const opened = await signIn(folder, WRONG_PIN);
    opened.journal.close();
    faults.push("a wrong PIN opened");
  } catch (error) {
    if (!(error instanceof PinRefused)) faults.push(`wrong PIN: ${String(error)}`);
  }
  const { vault, journal, deviceKey } = await signIn(folder, PIN);
  try {
    await finishVaultRotation({
      files,
      journal: { meta: async () => journal.meta() },
      deviceKey,
      vault,
      work: rekeyHere(nothing),
    });
    const meta = journal.meta();
    tidyCharts(files, meta);
    expect("the sealing key is the vault's", meta["vault.epoch"] === String(vault.epoch));
    expect("no old inbox key is left", meta["vault.inbox-old"] === undefined);
    const acts = journal.acts({ acknowledged: true });
    const { acts: charted } = knownOf(folder);
    expect(
      "every act",
      charted.every((uuid) => acts.some((act) => act.body.includes(`ACT-${uuid}`))),
    );
    expect("no act twice", acts.length === charted.length);
    await sealedFaults(journal, vault, expect);
    chartFaults(chartFileOf(meta, files), vault, expect);
  } finally {
    journal.close();
    vault.close();
  }
  return faults;
}

async function sealedFaults(
  journal: Journal,
  vault: OpenVault,
  expect: (what: string, is: boolean) => void,
): Promise<void> {
  const opens = (work: () => string): string => {
    try {
      return work();
    } catch (error) {
      if (error instanceof SealBroken) return "does not open";
      throw error;
    }
  };
  for (const patient of PATIENTS) {
    const draft = journal.draft("nurse-1", patient, "note");
    const aad = draftBinding("nurse-1", patient, "note");
    expect(
      `draft of ${patient}`,
      draft !== null &&
        opens(() => text(openRow(vault.keys.drafts, aad, draft.sealed))) === `DRAFT-${patient}`,
    );
    const id = `a-${patient}`;
    const [fact] = journal.ledger([{ type: "AllergyIntolerance", id }]).pages;
    const bound = ledgerPageBinding("AllergyIntolerance", patient);
    expect(
      `ledger of ${patient}`,
      fact !== undefined &&
        opens(() => text(openRow(vault.keys.ledger, bound, fact.sealed))) === `LEDGER-${patient}`,
    );
  }
  const opener = createPageOpener(vault.keys.inbox, INBOX_INFO);
  const pages: InboxPage[] = journal.inbox(1_000);
  for (const patient of PATIENTS) {
    const page = pages.find((one) => one.patient === patient);
    const plain =
      page === undefined
        ? null
        : await opener
            .open(inboxBinding(page.kind, page.type, page.patient), page.sealed)
            .catch(() => null);
    expect(`page of ${patient}`, plain !== null && text(plain) === `PAGE-${patient}`);
  }
  opener.close();
}

function chartFaults(
  file: string,
  vault: OpenVault,
  expect: (what: string, is: boolean) => void,
): void {
  expect("the chart is there", existsSync(file));
  const opened = openChart({ file, key: vault.keys.chart, ...chart });
  expect("the chart is whole", opened.verify().damaged === 0);
  for (const patient of PATIENTS)
    expect(`chart of ${patient}`, opened.resources(patient, "Observation").resources.length === 40);
  expect("the chart's generation", opened.generation() === 3);
  opened.close();
}
