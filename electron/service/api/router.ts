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

  const clinical = os.middleware(async ({ next, path }) => {
    const ticket = rooms.ticket();
    const locked = (): ORPCError<"LOCKED", { state: "sealed" | "locked" }> =>
      new ORPCError("LOCKED", { status: 423, data: { state: rooms.closedState() } });
    if (ticket === null) throw locked();
    rooms.authorise(ticket, path.join("."));
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
      emergency: os.session.emergency.use(known).handler(({ input }) => rooms.emergency(input)),
      wedge: os.session.wedge.use(known).handler(({ input }) => rooms.wedge(input.code)),
      copied: os.session.copied.use(known).handler(({ input }) => rooms.copied(input.digest)),
      changePin: os.session.changePin
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.changePin(context.ticket, input)),
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
      find: os.patient.find
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.findPatient(context.ticket, input.sought)),
      bring: os.patient.bring
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.bringPatient(context.ticket, input.patient)),
      override: os.patient.override
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.override(context.ticket, input)),
    },
    record: {
      vitals: os.record.vitals
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.chartVitals(context.ticket, input)),
      give: os.record.give
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.give(context.ticket, input)),
      medicineNames: os.record.medicineNames
        .use(known)
        .use(clinical)
        .handler(({ input }) => rooms.medicineNames(input.sought)),
      orderCheck: os.record.orderCheck
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.checkOrder(context.ticket, input)),
      order: os.record.order
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.order(context.ticket, input)),
      correct: os.record.correct
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.correctVitals(context.ticket, input)),
    },
    guard: {
      decide: os.guard.decide
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.decideHold(context.ticket, input)),
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
        .handler(({ input, context }) => rooms.outbox(context.ticket, input)),
      withdraw: os.outbox.withdraw
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.withdrawAct(context.ticket, input)),
      decide: os.outbox.decide
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.decideAct(context.ticket, input)),
      retry: os.outbox.retry
        .use(known)
        .use(clinical)
        .handler(({ input }) => rooms.retryAct(input.uuid)),
    },
    review: {
      list: os.review.list
        .use(known)
        .use(clinical)
        .handler(() => rooms.accesses()),
      done: os.review.done
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.reviewed(context.ticket, input.id)),
    },
    privacy: {
      accesses: os.privacy.accesses
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.seenBy(context.ticket, input)),
      everywhere: os.privacy.everywhere
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.accessesEverywhere(context.ticket, input.pages)),
      reviewed: os.privacy.reviewed
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.reviewedEverywhere(context.ticket, input.id)),
      sought: os.privacy.sought
        .use(known)
        .use(clinical)
        .handler(({ input, context }) => rooms.seekHere(context.ticket, input.sought)),
    },
    enrol: {
      view: os.enrol.view.use(known).handler(() => rooms.enrolment()),
      start: os.enrol.start.use(known).handler(() => rooms.enrolStart()),
      finish: os.enrol.finish.use(known).handler(({ input }) => rooms.enrolFinish(input)),
      cancel: os.enrol.cancel.use(known).handler(() => rooms.enrolCancel()),
      request: os.enrol.request.use(known).handler(({ input }) => rooms.enrolRequest(input)),
    },
    it: {
      keys: os.it.keys.use(known).handler(() => rooms.keys()),
      bring: os.it.bring.use(known).handler(({ input }) => rooms.bring(input.text)),
      code: os.it.code.use(known).handler(({ input }) => rooms.itCode(input)),
    },
    workstation: {
      view: os.workstation.view.use(known).handler(() => rooms.workstation()),
      diagnostics: os.workstation.diagnostics.use(known).handler(() => rooms.diagnostics()),
      checkTrail: os.workstation.checkTrail.use(known).handler(() => rooms.checkTrail()),
    },
  });
}

export type Router = ReturnType<typeof createRouter>;
