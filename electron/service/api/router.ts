import { implement, ORPCError } from "@orpc/server";
import { contract } from "../../../shared/contract/index.ts";
import { asContractError } from "./errors.ts";
import type { Rooms } from "./rooms.ts";

const os = implement(contract);

const notFound = (): ORPCError<"NOT_FOUND", undefined> =>
  new ORPCError("NOT_FOUND", { status: 404 });

/**
 * The contract's handlers: authorise, call one room above, answer. No logic of their own.
 *
 * SECURITY: P4, P5. Every clinical procedure runs under a ticket of the open session, asked for before the call and checked
 * again after it: an answer that was in flight when the lock fell never leaves the service.
 */
export function createRouter(rooms: Rooms) {
  const known = os.middleware(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw asContractError(error);
    }
  });

  const clinical = os.middleware(async ({ next }) => {
    const ticket = rooms.ticket();
    const locked = (): ORPCError<"LOCKED", { state: "sealed" | "locked" }> =>
      new ORPCError("LOCKED", { status: 423, data: { state: rooms.closedState() } });
    if (ticket === null) throw locked();
    try {
      const answer = await next({ context: { ticket } });
      if (!ticket.valid()) throw locked();
      return answer;
    } catch (error) {
      // A room that failed because its keys went with the lock failed for one reason: the lock.
      if (!ticket.valid()) throw locked();
      throw error;
    }
  });

  return os.router({
    status: os.status.use(known).handler(() => rooms.status()),
    hints: os.hints.handler(({ signal }) => rooms.hints(signal)),
    session: {
      signIn: os.session.signIn
        .use(known)
        .handler(({ input }) => rooms.signIn(input.clinician, input.pin)),
      lock: os.session.lock.use(known).handler(() => rooms.lock()),
      signOut: os.session.signOut.use(known).handler(() => rooms.signOut()),
      activity: os.session.activity.use(known).handler(() => {
        rooms.activity();
        return {};
      }),
    },
    ward: {
      board: os.ward.board
        .use(known)
        .use(clinical)
        .handler(async ({ input, context }) => {
          const board = await rooms.wardBoard(context.ticket, input.ward);
          if (board === null) throw notFound();
          return board;
        }),
    },
    patient: {
      view: os.patient.view
        .use(known)
        .use(clinical)
        .handler(async ({ input, context }) => {
          const view = await rooms.patientView(context.ticket, input.patient);
          if (view === null) throw notFound();
          return view;
        }),
    },
    record: {
      vitals: os.record.vitals
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.chartVitals(context.ticket, input)),
    },
    drafts: {
      put: os.drafts.put
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.putDraft(context.ticket, input)),
      get: os.drafts.get
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.getDraft(context.ticket, input)),
      discard: os.drafts.discard
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.discardDraft(context.ticket, input)),
    },
    outbox: {
      list: os.outbox.list
        .use(known)
        .use(clinical)
        .handler(() => rooms.outbox()),
      retry: os.outbox.retry
        .use(known)
        .use(clinical)
        .handler(({ input }) => rooms.retryAct(input.uuid)),
    },
    workstation: {
      view: os.workstation.view.use(known).handler(() => rooms.workstation()),
      diagnostics: os.workstation.diagnostics.use(known).handler(() => rooms.diagnostics()),
    },
  });
}

export type Router = ReturnType<typeof createRouter>;
