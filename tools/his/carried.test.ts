import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHisClient } from "../../electron/service/his/index.ts";
import type { HisClient } from "../../electron/service/his/index.ts";
import { createReceiver } from "../../electron/service/sync/index.ts";
import { statementsQuestion } from "../../electron/service/sync/questions.ts";
import type { AccessRow, PinChangeRow } from "../../electron/service/store/index.ts";
import { createCarrier } from "../../electron/service/wiring/carry.ts";
import { startHis } from "./his.ts";
import type { His } from "./his-types.ts";
import { joinWorkstation, QUICK_KDF } from "./test-workstation.ts";
import type { TestWorkstation } from "./test-workstation.ts";

let folder: string;
let his: His;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "his-"));
  his = await startHis({ dataDir: folder, beds: 4, kdf: QUICK_KDF });
});
afterAll(async () => {
  await his.close();
  rmSync(folder, { recursive: true });
});

function clientOf(pc: TestWorkstation, clientId: string): HisClient {
  const key = { algorithm: "ES384", privateKey: pc.privateKey, thumbprint: pc.kid } as const;
  return createHisClient({
    baseUrl: his.baseUrl,
    signIn: { clientId, keys: () => [key], scope: "system/*.cruds" },
    fetch,
    now: Date.now,
    random: randomUUID,
  });
}

/** What a PC's own search for statements brings it. */
async function carriedTo(
  client: HisClient,
  since: string | null = null,
): Promise<readonly string[]> {
  const { readStatements } = createReceiver({
    journal: {} as Parameters<typeof createReceiver>[0]["journal"],
    sealingKey: null,
    now: Date.now,
  });
  const { bytes } = await client.get(statementsQuestion(since, 500));
  const page = readStatements(bytes);
  expect(page.problem).toBe(null);
  return page.jws;
}

/** A PC's own news, sent once by the app's own carrier. */
async function carry(
  client: HisClient,
  workstation: string,
  news: {
    changes?: PinChangeRow[];
    accesses?: AccessRow[];
  },
): Promise<void> {
  await createCarrier({
    workstation,
    journal: {
      pinChanges: () => Promise.resolve(news.changes ?? []),
      accesses: () => Promise.resolve(news.accesses ?? []),
      setPinChangeSent: () => Promise.resolve(),
      setAccessReported: () => Promise.resolve(),
    },
  })(client);
}

const pin = (number: number): PinChangeRow => ({
  clinician: "nurse-salma",
  box: "b",
  number,
  jws: `header.change-${number}.signature`,
  sent: false,
});

test("a PIN changed at one PC is found by every other, in its latest form only", async () => {
  const one = clientOf(await joinWorkstation(his, "pc-one"), "pc-one");
  const two = clientOf(await joinWorkstation(his, "pc-two"), "pc-two");
  await carry(one, "pc-one", { changes: [pin(1)] });
  expect(await carriedTo(two)).toContain("header.change-1.signature");
  await carry(two, "pc-two", { changes: [pin(2)] });
  const after = await carriedTo(one);
  expect(after).toContain("header.change-2.signature");
  expect(after).not.toContain("header.change-1.signature");
  expect(await carriedTo(one, new Date(Date.now() + 60_000).toISOString())).toEqual([]);
});

test("every kind of statement that concerns a running PC is found by it; an answer to a join is not", async () => {
  const pc = clientOf(await joinWorkstation(his, "pc-three"), "pc-three");
  const order = { workstation: "pc-three", id: randomUUID(), reason: "stolen" };
  const issued = [
    await his.issue("revocation", "nurse-grace", {
      clinician: "nurse-grace",
      from: new Date().toISOString(),
      reason: "left",
    }),
    await his.issue("wipe", "pc-three", order),
    await his.issue("rotation", "pc-three", { ...order, keys: ["workstation"] }),
  ];
  const found = await carriedTo(pc);
  for (const jws of issued) expect(found).toContain(jws);
});

test("overrides and emergency accesses are taken as AuditEvents, with and without a patient", async () => {
  const pc = await joinWorkstation(his, "pc-four");
  const [patient] = his.patients();
  const access: AccessRow = {
    id: randomUUID(),
    kind: "override",
    at: Date.now(),
    until: null,
    clinician: "doctor-layla",
    name: null,
    by: null,
    patient: patient?.id ?? "",
    reason: "called to help",
    workstation: "pc-four",
    reviewedBy: null,
    reviewedAt: null,
    reported: false,
  };
  const emergency: AccessRow = {
    ...access,
    id: randomUUID(),
    kind: "emergency",
    until: Date.now() + 1000,
    clinician: null,
    name: "Dr Visiting",
    by: "nurse-salma",
    patient: null,
  };
  await carry(clientOf(pc, "pc-four"), "pc-four", { accesses: [access, emergency] });
  for (const { id } of [access, emergency])
    expect(await pc.json(`AuditEvent/${id}`)).toMatchObject({
      status: 200,
      body: { resourceType: "AuditEvent", source: { observer: { display: "pc-four" } } },
    });
  const posted = await pc.json("AuditEvent", {
    method: "POST",
    body: JSON.stringify({
      resourceType: "AuditEvent",
      type: { system: "http://dicom.nema.org/resources/ontology/DCM", code: "110113" },
      recorded: new Date().toISOString(),
      agent: [{ altId: "pc-four", requestor: true }],
      source: { observer: { display: "pc-four" } },
    }),
  });
  expect(posted.status).toBe(201);
});
