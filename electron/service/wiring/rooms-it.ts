import { ORPCError } from "@orpc/server";
import type { EnrolmentView, StatusView } from "../../../shared/contract/index.ts";
import type { Rooms } from "../api/index.ts";
import { NoBadge, NotJoined, PinUnfit } from "../enrol/index.ts";
import { localInstant } from "./clock.ts";
import type { Running } from "./running-types.ts";
import { CodeRefused } from "./site.ts";

type ItRooms = Pick<
  Rooms,
  | "enrolment"
  | "enrolStart"
  | "enrolFinish"
  | "enrolCancel"
  | "enrolRequest"
  | "keys"
  | "bring"
  | "itCode"
>;

const NOBODY: EnrolmentView = {
  phase: "idle",
  url: null,
  person: null,
  badge: null,
  confirmation: null,
  problem: null,
  detail: null,
};

/** Enrolment, and what IT does at this PC. */
export function itRooms(room: {
  readonly here: () => Running;
  readonly running: () => Running | null;
  readonly status: () => Promise<StatusView>;
}): ItRooms {
  const { here, running, status } = room;

  async function withPin<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof PinUnfit)
        throw new ORPCError("PIN_REFUSED", { status: 422, data: { problem: error.problem } });
      if (error instanceof NoBadge) throw new ORPCError("NO_BADGE", { status: 409 });
      if (error instanceof NotJoined)
        throw new ORPCError("UNAVAILABLE", {
          status: 503,
          data: { what: "not-joined", detail: "This PC has not joined its site yet." },
        });
      throw error;
    }
  }

  return {
    enrolment: () => running()?.enrolment.view() ?? NOBODY,
    enrolStart: () => here().enrolment.start(),
    enrolFinish: (input) => withPin(() => here().enrolment.finish(input)),
    enrolCancel: () => Promise.resolve(running()?.enrolment.cancel() ?? NOBODY),
    enrolRequest: (input) => withPin(() => here().enrolment.request(input)),

    async keys() {
      const { site, time, journal, rollback } = here();
      const { extendedUntil, ...known } = await site.keys();
      const offline = time.offline(extendedUntil);
      const heard = time.heard();
      const doubt = time.doubt();
      const deviceKeyFrom = (await journal.meta())["device.key-from"] ?? null;
      return {
        ...known,
        deviceKeyFrom,
        rollback: rollback(),
        offline: {
          limitAt: offline.kind === "free" ? null : localInstant(new Date(offline.limitAt)),
          extendedUntil: extendedUntil === null ? null : localInstant(extendedUntil),
          lastHeard: heard === null ? null : localInstant(heard),
        },
        time: { doubtful: doubt !== null, detail: doubt },
      };
    },
    bring: (text) => here().site.bring(text),
    async itCode({ purpose, code }) {
      try {
        await here().site.useItCode(purpose, code);
      } catch (error) {
        if (error instanceof CodeRefused)
          throw new ORPCError("CODE_REFUSED", {
            status: 403,
            data: { retryAfterSeconds: error.retryAfterSeconds },
          });
        throw error;
      }
      return await status();
    },
  };
}
