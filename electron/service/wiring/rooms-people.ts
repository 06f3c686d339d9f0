import { ORPCError } from "@orpc/server";
import type { z } from "zod";
import type { Clinician, StatusView } from "../../../shared/contract/index.ts";
import type { Rooms } from "../api/index.ts";
import {
  Barred,
  EmergencyRefused,
  EnvelopeRefused,
  mayReview,
  NotReady,
  refusalOf,
  rightTo,
  WrongPin,
  type Ticket,
} from "../session/index.ts";
import { localInstant } from "./clock.ts";
import type { Running } from "./running-types.ts";
import { PinRejected, type Site } from "./site.ts";

type PeopleRooms = Pick<
  Rooms,
  | "authorise"
  | "signIn"
  | "emergency"
  | "wedge"
  | "copied"
  | "changePin"
  | "lock"
  | "signOut"
  | "activity"
  | "override"
  | "accesses"
  | "reviewed"
>;

export interface PeopleRoom {
  /** @throws UNAVAILABLE while this PC is not ready */
  readonly here: () => Running;
  readonly running: () => Running | null;
  readonly status: () => Promise<StatusView>;
  readonly onCopied: (digest: string) => void;
  /** Tells the page to ask again. */
  readonly changed: () => void;
}

/** Who is at the workstation, and by which right. */
export function peopleRooms(room: PeopleRoom): PeopleRooms {
  const { here, running, status } = room;

  /** A sign-in of any kind, its refusals in the contract's words. */
  async function entering(work: () => Promise<void>): Promise<StatusView> {
    try {
      await work();
    } catch (error) {
      throw entryError(error);
    }
    return await status();
  }

  return {
    authorise(ticket, procedure) {
      const why = refusalOf(ticket, procedure);
      if (why !== null) throw new ORPCError("FORBIDDEN", { status: 403, data: { why } });
    },
    signIn: (clinician, pin) => entering(() => here().session.signIn(clinician, pin)),
    emergency: (input) => entering(() => here().session.emergency(input)),
    async wedge(code) {
      running()?.session.wedge(code);
      return await status();
    },
    copied(digest) {
      room.onCopied(digest);
      return {};
    },
    async changePin(ticket, { pin, wanted }) {
      const { session, site } = here();
      try {
        await session.withOwnPin(ticket, ({ entry: { clinician } }) =>
          site.changePin({ clinician, pin, wanted }),
        );
      } catch (error) {
        if (error instanceof PinRejected)
          throw new ORPCError("PIN_REFUSED", { status: 422, data: { problem: error.problem } });
        throw entryError(error);
      }
      void here()
        .sync()
        ?.pullNow()
        .catch(() => undefined);
      return {};
    },
    async lock() {
      running()?.session.lock("user");
      return await status();
    },
    async signOut() {
      await running()?.session.signOut();
      return await status();
    },
    activity: () => running()?.session.activity(),

    async override(ticket, { patient, reason }) {
      const { session, records } = here();
      if (!(await records.read((reader) => reader.knows(patient))))
        throw new ORPCError("NOT_FOUND", { status: 404 });
      try {
        await session.override(ticket, patient, reason);
      } catch (error) {
        throw entryError(error);
      }
      return {};
    },
    async accesses() {
      const { journal, records, site } = here();
      const rows = await journal.accesses();
      const of = personOf(site);
      const patients = [...new Set(rows.flatMap(({ patient }) => patient ?? []))];
      const names = await records.read((reader) => reader.names(patients));
      return rows.map((row) => ({
        id: row.id,
        kind: row.kind,
        at: localInstant(new Date(row.at)),
        until: row.until === null ? null : localInstant(new Date(row.until)),
        clinician: row.kind === "emergency" ? null : of(row.clinician),
        name: row.name,
        by: of(row.by),
        patient: row.patient,
        patientName: row.patient === null ? null : (names[row.patient] ?? null),
        reason: row.reason,
        workstation: row.workstation,
        reviewedBy: of(row.reviewedBy),
        reviewedAt: row.reviewedAt === null ? null : localInstant(new Date(row.reviewedAt)),
      }));
    },
    async reviewed({ clinician: { clinician } }, id) {
      const { journal, audit } = here();
      const row = (await journal.accesses()).find((one) => one.id === id);
      if (row === undefined) throw new ORPCError("NOT_FOUND", { status: 404 });
      if (!mayReview(clinician, row))
        throw new ORPCError("FORBIDDEN", { status: 403, data: { why: "role" } });
      const body = audit.body({ kind: "access-reviewed", clinician, detail: { access: id } });
      await journal.reviewAccess(id, clinician, Date.now(), [body]);
      room.changed();
      return {};
    },
  };
}

/** Whoever the roster knows by this id, else by the id alone. */
export function personOf(
  site: Pick<Site, "people">,
): (id: string | null) => z.infer<typeof Clinician> | null {
  const people = new Map(
    site.people().map(({ id, name, roles }) => [id, { id, name, roles }] as const),
  );
  return (id) =>
    id === null ? null : (people.get(id) ?? { id, name: { en: id, ar: id }, roles: [] });
}

/** By which right a record is opened, and what makes its reading unusual. */
export interface Opening {
  readonly right: "remit" | "override" | "emergency";
  readonly careTeam: readonly string[];
  readonly restricted: boolean;
}

/**
 * By which right she opens a patient.
 * @throws OUTSIDE_REMIT when only an override would open
 */
export async function openingOf(
  { records }: Running,
  ticket: Ticket,
  patient: string,
): Promise<Opening> {
  const { ward, team, restricted } = await records.read((reader) => reader.remit(patient));
  const right = rightTo(ticket, patient, { ward, careTeam: team });
  if (right === null) throw new ORPCError("OUTSIDE_REMIT", { status: 403 });
  return { right, careTeam: team, restricted };
}

/** @throws OUTSIDE_REMIT when only an override would open */
export async function rightOf(
  here: Running,
  ticket: Ticket,
  patient: string,
): Promise<Opening["right"]> {
  return (await openingOf(here, ticket, patient)).right;
}

export function entryError(error: unknown): unknown {
  if (error instanceof WrongPin) {
    const { attempts, retryAfterSeconds } = error;
    return new ORPCError("WRONG_PIN", { status: 401, data: { attempts, retryAfterSeconds } });
  }
  if (error instanceof NotReady)
    return new ORPCError("NOT_READY", { status: 409, data: { why: error.why } });
  if (error instanceof EnvelopeRefused)
    return new ORPCError("ENVELOPE_REFUSED", { status: 409, data: { why: error.why } });
  if (error instanceof EmergencyRefused)
    return new ORPCError("FORBIDDEN", { status: 403, data: { why: "emergency" } });
  if (error instanceof Barred)
    return new ORPCError("UNAVAILABLE", {
      status: 503,
      data: { what: "policy", detail: `This PC is closed: ${error.why}.` },
    });
  return error;
}
