import { createRouterClient, ORPCError, type RouterClient } from "@orpc/server";
import { describe, expect, test, vi } from "vitest";
import type { StatusView, WardBoard } from "../../../shared/contract/index.ts";
import { DEFAULT_POLICY } from "../policy/index.ts";
import type { Ticket } from "../session/index.ts";
import { createHints } from "./hints.ts";
import type { Rooms } from "./rooms.ts";
import { createRouter, type Router } from "./router.ts";

const at = "2026-11-23T20:00:00+03:00";
const status = (): StatusView => ({
  session: {
    state: "open",
    clinician: null,
    wards: [],
    clinicians: [],
    lastLock: null,
    idleLockAt: null,
    obstacle: null,
    obstacleDetail: null,
    workstation: "ward-pc-1",
    display: { locale: "en", digits: "latin" },
    badge: {
      policy: "off",
      watch: "off",
      clinician: null,
      unknown: false,
      reopens: false,
      unproven: false,
      wedge: false,
    },
    emergency: null,
    envelope: false,
    enrols: false,
    preview: false,
    version: "0",
    now: at,
  },
  connection: {
    state: "live",
    since: at,
    done: null,
    total: null,
    secondsLeft: null,
    asOf: at,
    skewMs: null,
    cause: null,
    nextTry: null,
    detail: null,
  },
  unsent: { waiting: 0, parked: 0, oldest: null, drain: null },
  notices: [],
  freshness: DEFAULT_POLICY.freshness,
  hisSigns: true,
});
const board: WardBoard = {
  ward: { id: "w", name: "Ward", nameAr: null },
  rows: [],
  asOf: at,
  bedsAsOf: at,
  loading: 0,
};

const UUID = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
const refuse = (): never => {
  throw new Error("not in this test");
};

function makeRooms(change: Partial<Rooms> = {}): { rooms: Rooms; session: { open: boolean } } {
  const session = { open: true };
  const ticket = { valid: () => session.open } as unknown as Ticket;
  const rooms: Rooms = {
    ticket: () => (session.open ? ticket : null),
    closedState: () => "locked",
    status: () => Promise.resolve(status()),
    hints: refuse,
    authorise: () => undefined,
    signIn: refuse,
    emergency: refuse,
    wedge: refuse,
    copied: refuse,
    changePin: refuse,
    override: refuse,
    findPatient: refuse,
    bringPatient: refuse,
    accesses: refuse,
    reviewed: refuse,
    seenBy: refuse,
    accessesEverywhere: refuse,
    reviewedEverywhere: refuse,
    seekHere: refuse,
    enrolment: refuse,
    enrolStart: refuse,
    enrolFinish: refuse,
    enrolCancel: refuse,
    enrolRequest: refuse,
    keys: refuse,
    bring: refuse,
    itCode: refuse,
    lock: () => {
      session.open = false;
      return Promise.resolve(status());
    },
    signOut: refuse,
    activity: () => undefined,
    wardBoard: () => Promise.resolve(board),
    patientView: () => Promise.resolve(null),
    correctVitals: refuse,
    withdrawAct: refuse,
    decideAct: refuse,
    chartVitals: refuse,
    decideHold: refuse,
    give: refuse,
    medicineNames: refuse,
    checkOrder: refuse,
    order: refuse,
    putDraft: () => Promise.resolve({}),
    getDraft: () => Promise.resolve({ text: null, at: null }),
    discardDraft: () => Promise.resolve({}),
    outbox: () => Promise.resolve([]),
    retryAct: () => Promise.resolve({}),
    workstation: refuse,
    diagnostics: refuse,
    checkTrail: refuse,
    ...change,
  };
  return { rooms, session };
}

const clinicalCalls = (client: RouterClient<Router>) => [
  () => client.ward.board({}),
  () => client.patient.view({ patient: "p" }),
  () =>
    client.record.vitals({
      uuid: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
      patient: "p",
      at,
      values: {
        respiratoryRate: 16,
        spo2: null,
        oxygenFlow: null,
        systolic: null,
        diastolic: null,
        pulse: null,
        consciousness: null,
        temperature: null,
      },
      confirmed: [],
    }),
  () =>
    client.record.give({
      uuid: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
      patient: "p",
      order: "o",
      version: null,
      due: null,
      at,
      outcome: { kind: "given", compared: [] },
      override: null,
    }),
  () => client.drafts.put({ patient: "p", kind: "vitals", text: "x" }),
  () => client.drafts.get({ patient: "p", kind: "vitals" }),
  () => client.drafts.discard({ patient: "p", kind: "vitals" }),
  () => client.outbox.list(),
  () => client.privacy.accesses({ boards: false }),
  () => client.privacy.everywhere({ pages: 1 }),
  () => client.privacy.reviewed({ id: UUID }),
  () => client.outbox.retry({ uuid: "u" }),
  () => client.outbox.withdraw({ uuid: UUID, act: "a", at, reason: "wrong bed" }),
  () => client.outbox.decide({ uuid: UUID, act: "a", at, mine: [] }),
  () =>
    client.record.correct({
      uuid: UUID,
      patient: "p",
      at,
      ids: ["o"],
      values: { pulse: 80 },
      wrong: [],
      confirmed: [],
      reason: "typed wrongly",
    }),
];

describe("a page's calls", () => {
  test("every clinical call is answered with LOCKED unless a session is open", async () => {
    const { rooms, session } = makeRooms();
    session.open = false;
    for (const call of clinicalCalls(createRouterClient(createRouter(rooms)))) {
      await expect(call()).rejects.toMatchObject({ code: "LOCKED", data: { state: "locked" } });
    }
  });

  test("an answer in flight when the lock falls never leaves the service", async () => {
    const { rooms, session } = makeRooms({
      wardBoard: () => {
        session.open = false;
        return Promise.resolve(board);
      },
    });
    const client = createRouterClient(createRouter(rooms));
    await expect(client.ward.board({})).rejects.toMatchObject({ code: "LOCKED" });
  });

  test("a room that fails because its keys went with the lock answers LOCKED, not an error", async () => {
    const { rooms, session } = makeRooms({
      patientView: () => {
        session.open = false;
        return Promise.reject(new Error("database is closed"));
      },
    });
    const client = createRouterClient(createRouter(rooms));
    await expect(client.patient.view({ patient: "p" })).rejects.toMatchObject({ code: "LOCKED" });
  });

  test("a full disk is told as such, an unknown error without its words", async () => {
    const full = makeRooms({
      wardBoard: () => Promise.reject(Object.assign(new Error("x"), { code: "disk-full" })),
    });
    await expect(createRouterClient(createRouter(full.rooms)).ward.board({})).rejects.toMatchObject(
      { code: "UNAVAILABLE", data: { what: "disk-full" } },
    );
    const odd = makeRooms({
      wardBoard: () => Promise.reject(new Error("MRN 1000123 is unhappy")),
    });
    const error = await createRouterClient(createRouter(odd.rooms))
      .ward.board({})
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ORPCError);
    expect(String(error)).not.toContain("1000123");
  });

  test("a patient this PC does not hold is not found", async () => {
    const { rooms } = makeRooms();
    await expect(
      createRouterClient(createRouter(rooms)).patient.view({ patient: "nobody" }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("hints", () => {
  test("many changes reach a slow page as one hint, and the status is read when it leaves", async () => {
    const read = vi.fn(() => Promise.resolve(status()));
    const hints = createHints(read);
    const abort = new AbortController();
    const events = hints.subscribe(abort.signal);
    expect(await events.next()).toMatchObject({ value: { kind: "status" } });
    for (let i = 0; i < 1000; i += 1) hints.records([`p${i % 3}`]);
    hints.outbox();
    expect(await events.next()).toMatchObject({ value: { kind: "outbox" } });
    expect(await events.next()).toMatchObject({
      value: { kind: "records", patients: ["p0", "p1", "p2"], beds: false },
    });
    hints.records([], true);
    expect(await events.next()).toMatchObject({
      value: { kind: "records", patients: [], beds: true },
    });
    hints.records(["p1"]);
    hints.records(null);
    hints.records(["p2"]);
    expect(await events.next()).toMatchObject({
      value: { kind: "records", patients: null, beds: true },
    });
    abort.abort();
    expect((await events.next()).done).toBe(true);
    expect(read).toHaveBeenCalledTimes(1);
  });
});
