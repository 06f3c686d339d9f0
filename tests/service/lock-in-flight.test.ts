import { MessageChannel, type MessagePort } from "node:worker_threads";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import { RPCHandler } from "@orpc/server/message-port";
import type { RouterClient } from "@orpc/server";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRouter, type Rooms, type Router } from "../../electron/service/api/index.ts";
import { Locked, type Session, type Ticket } from "../../electron/service/session/index.ts";
import { workstation } from "../../electron/service/session/test-pc.ts";
import { makeHospital } from "../../electron/service/testing/index.ts";

/** Stands for clinical content: in every answer of a clinical room, with the number of the ticket it was read under. */
const CANARY = "canary-of-ticket-";

/** How long a room takes: some turns of the microtask queue, of the event loop, or of the clock. */
const pauses = fc.oneof(
  fc.record({ kind: fc.constant("microtasks" as const), turns: fc.nat(12) }),
  fc.record({ kind: fc.constant("turns" as const), turns: fc.nat(4) }),
  fc.record({ kind: fc.constant("timer" as const), turns: fc.nat(3) }),
);
type Pause = typeof pauses extends fc.Arbitrary<infer P> ? P : never;

/** Between steps: often long enough for an answer to get through, or nothing would ever leave. */
const gaps: fc.Arbitrary<Pause> = fc.oneof(
  pauses,
  fc.record({ kind: fc.constant("timer" as const), turns: fc.integer({ min: 2, max: 8 }) }),
);

async function pause({ kind, turns }: Pause): Promise<void> {
  if (kind === "timer") return new Promise((resolve) => setTimeout(resolve, turns));
  for (let turn = 0; turn < turns; turn += 1)
    await (kind === "turns" ? new Promise((resolve) => setImmediate(resolve)) : null);
}

const locks: Readonly<Record<string, (session: Session) => void>> = {
  user: (session) => session.lock("user"),
  "os-lock": (session) => session.osEvent("lock-screen"),
  suspend: (session) => session.osEvent("suspend"),
  "display-off": (session) => session.osEvent("display-off"),
  "page-lost": (session) => session.pageLost(),
  "sign-out": (session) => void session.signOut(),
  policy: (session) => void session.seal(),
  "badge-removed": (session) =>
    session.badge({ kind: "card-out", reader: "r", presence: 1, why: "removed", at: 0 }),
  "badge process dead": (session) => session.badgeLost(),
  tap: (session) => session.wedge("somebody"),
};

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("board", "view", "draft", "outbox", "reviews" as const),
      takes: pauses,
      fails: fc.nat(5).map((one) => one === 0),
      /** The lock falls inside the room itself. */
      locksInside: fc.oneof(
        { weight: 4, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom(...Object.keys(locks)) },
      ),
      next: gaps,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("lock" as const),
      how: fc.constantFrom(...Object.keys(locks)),
      next: gaps,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("sign-in" as const), next: gaps }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type Call = Extract<Step, { takes: Pause }>;

/** Rooms that answer when the test wants, over the session of a real workstation. */
function clinicalRooms(session: Session, calls: Call[], tickets: Ticket[]): Rooms {
  async function answer(ticket: Ticket): Promise<string> {
    const call = calls.shift();
    if (call === undefined) throw new Error("more calls than the test made");
    const mark = `${CANARY}${tickets.push(ticket) - 1}.`;
    await pause(call.takes);
    if (call.locksInside !== null) locks[call.locksInside]?.(session);
    // A room that fails says clinical things too; none of them may leave.
    if (call.fails) throw new Error(mark);
    return mark;
  }
  const ticket = (): Ticket | null => {
    try {
      return session.ticket();
    } catch (error) {
      if (error instanceof Locked) return null;
      throw error;
    }
  };
  const here = (): Ticket => session.ticket();
  const rooms: Partial<Rooms> = {
    ticket,
    closedState: () => (session.state() === "locked" ? "locked" : "sealed"),
    authorise: () => undefined,
    wardBoard: async (mine) => ({
      ward: { id: "w", name: await answer(mine), nameAr: null },
      rows: [],
      asOf: null,
      bedsAsOf: null,
      loading: 0,
    }),
    patientView: async (mine) => {
      throw Object.assign(new Error(await answer(mine)), { code: "damaged" });
    },
    getDraft: async (mine) => ({ text: await answer(mine), at: null }),
    outbox: async () => {
      await answer(here());
      return [];
    },
    accesses: async () => {
      const reason = await answer(here());
      return [
        {
          id: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
          kind: "override",
          at: "2026-11-20T10:00:00Z",
          until: null,
          clinician: null,
          name: null,
          by: null,
          patient: null,
          patientName: null,
          reason,
          workstation: "pc",
          reviewedBy: null,
          reviewedAt: null,
        },
      ];
    },
  };
  return rooms as Rooms;
}

/** What a port is given to post, as text, and what the test thinks of it at that very moment. */
function watchPosts(port: MessagePort, look: (text: string) => void): void {
  const post = port.postMessage.bind(port);
  port.postMessage = (message: unknown) => {
    look(typeof message === "string" ? message : JSON.stringify(message));
    post(message);
  };
}

function ask(client: RouterClient<Router>, { kind }: Call): Promise<unknown> {
  if (kind === "board") return client.ward.board({});
  if (kind === "view") return client.patient.view({ patient: "p" });
  if (kind === "draft") return client.drafts.get({ patient: "p", kind: "note" });
  return kind === "outbox" ? client.outbox.list() : client.review.list();
}

test("whatever calls and locks come in whatever order, nothing clinical leaves under a ticket that a lock has voided", async () => {
  const hospital = await makeHospital();
  const badges = { badges: [{ uid: "0102" }] };
  const pc = await workstation(hospital, {
    huda: badges,
    session: { badge: "optional", wedge: true },
  });
  let left = 0;
  let stopped = 0;

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
      const session = pc.start();
      const enter = async (): Promise<void> => {
        session.badge({ kind: "watch", state: "watching", readers: ["r"] });
        session.badge({ kind: "card-in", reader: "r", presence: 1, uid: "0102", piv: false });
        await session.signIn("huda", "4711").catch(() => undefined);
      };
      await enter();
      const calls: Call[] = [];
      const tickets: Ticket[] = [];
      const { port1, port2 } = new MessageChannel();
      const late: string[] = [];
      watchPosts(port2, (text) => {
        for (const [, number] of text.matchAll(/canary-of-ticket-(\d+)\./gu)) {
          left += 1;
          if (tickets[Number(number)]?.valid() !== true) late.push(text);
        }
      });
      new RPCHandler(createRouter(clinicalRooms(session, calls, tickets))).upgrade(port2, {
        context: {},
      });
      const client = createORPCClient<RouterClient<Router>>(new RPCLink({ port: port1 }));
      port1.start();
      port2.start();

      const answers: Promise<unknown>[] = [];
      for (const one of steps) {
        if (one.kind === "lock") locks[one.how]?.(session);
        else if (one.kind === "sign-in") await enter();
        else {
          calls.push(one);
          answers.push(
            ask(client, one).catch((error: { code?: string }) => {
              // A call that is refused at the door never came to its room.
              stopped += error.code === "LOCKED" ? 1 : 0;
            }),
          );
        }
        await pause(one.next);
      }
      await Promise.all(answers);
      port1.close();
      await session.stop();
      expect(late).toEqual([]);
    }),
    { numRuns: 50 },
  );
  // Both happened often, or the test has shown nothing.
  expect(left).toBeGreaterThan(20);
  expect(stopped).toBeGreaterThan(20);
}, 60_000);
