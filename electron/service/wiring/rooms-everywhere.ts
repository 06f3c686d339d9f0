import { ORPCError } from "@orpc/server";
import { MOST_REVIEW_PAGES, type AccessEntry } from "../../../shared/contract/index.ts";
import type { Rooms } from "../api/index.ts";
import {
  ACCESSES_QUESTION,
  readReported,
  reviewIn,
  reviewOf,
  type ReportedAccess,
  type ReportedReview,
} from "../audit/index.ts";
import { mayReview } from "../session/index.ts";
import { asCode } from "./auditing.ts";
import { localInstant } from "./clock.ts";
import type { Readings } from "./readings.ts";
import { personOf } from "./rooms-people.ts";
import type { Running } from "./running-types.ts";

/** Entries of this PC's trail that are looked through for reviews which the HIS may not have yet. */
const LOOKED_BACK = 10_000;

/**
 * Overrides and emergency accesses of all PCs in one list, for the privacy officer. What other PCs have done is as the HIS holds
 * their reports: it can leave some out, and nothing here proves that it did not. Nothing of it is kept.
 */
export function everywhereRooms(room: {
  /** @throws UNAVAILABLE while this PC is not ready */
  readonly here: () => Running;
  readonly readings: Readings;
  /** The list of this PC alone, and its reviews. */
  readonly own: Pick<Rooms, "accesses" | "reviewed">;
}): Pick<Rooms, "accessesEverywhere" | "reviewedEverywhere"> {
  const { here, own } = room;

  async function reported(pages: number): Promise<{
    readonly answered: boolean;
    readonly older: boolean;
    readonly more: boolean;
    readonly accesses: readonly ReportedAccess[];
    readonly reviews: readonly ReportedReview[];
  }> {
    const { sync, journal } = here();
    const asked = await sync()?.ask(ACCESSES_QUESTION, pages);
    const { rows } = await journal.auditBack(null, LOOKED_BACK, '"access-reviewed"');
    const { accesses, reviews, unread } = readReported(asked?.found ?? []);
    const older = asked?.more === true;
    return {
      answered: asked?.answered ?? false,
      older,
      more: older || unread > 0,
      accesses,
      reviews: [...reviews, ...rows.flatMap((row) => reviewIn(row) ?? [])],
    };
  }

  return {
    async accessesEverywhere(ticket, pages) {
      // SECURITY: the list is itself a reading of data about persons, and is in the trail before anything of it is shown.
      await room.readings.accesses(ticket, null);
      const { records, site } = here();
      const [mine, { answered, older, more, accesses, reviews }] = [
        await own.accesses(),
        await reported(pages),
      ];
      const known = new Set(mine.map(({ id }) => id));
      const others = accesses.filter(({ id }) => !known.has(id));
      const of = personOf(site);
      const names = await records.read((reader) =>
        reader.names([...new Set(others.flatMap(({ patient }) => patient ?? []))]),
      );
      const entries = others.map((one) =>
        shown(one, reviewOf(one, reviews), of, one.patient === null ? null : names[one.patient]),
      );
      // What was opened here may have been looked at elsewhere.
      for (const entry of mine.filter(({ reviewedAt }) => reviewedAt === null)) {
        const [clinician, by] = [entry.clinician?.id ?? null, entry.by?.id ?? null];
        const review = reviewOf({ id: entry.id, clinician, by }, reviews);
        if (review === null) continue;
        entry.reviewedBy = of(review.by);
        entry.reviewedAt = local(review.at);
      }
      const newest = (a: AccessEntry, b: AccessEntry): number =>
        Date.parse(b.at) - Date.parse(a.at);
      return { answered, older, more, entries: [...mine, ...entries].toSorted(newest) };
    },

    async reviewedEverywhere(ticket, id) {
      const { journal, audit } = here();
      if ((await journal.accesses()).some((one) => one.id === id))
        return await own.reviewed(ticket, id);
      const find = async (pages: number): Promise<ReportedAccess | undefined> =>
        (await reported(pages)).accesses.find((one) => one.id === id);
      const access = (await find(1)) ?? (await find(MOST_REVIEW_PAGES));
      if (access === undefined) throw new ORPCError("NOT_FOUND", { status: 404 });
      const { clinician } = ticket.clinician;
      if (!mayReview(clinician, access))
        throw new ORPCError("FORBIDDEN", { status: 403, data: { why: "role" } });
      // The trail goes to the HIS, and its signed heads with it: there every other PC finds who has looked.
      await audit.record({
        kind: "access-reviewed",
        clinician: asCode(clinician),
        detail: { access: id },
      });
      return {};
    },
  };
}

const local = (at: string): string => localInstant(new Date(at));

function shown(
  access: ReportedAccess,
  review: ReportedReview | null,
  of: ReturnType<typeof personOf>,
  patientName: AccessEntry["patientName"] | undefined,
): AccessEntry {
  return {
    ...access,
    at: local(access.at),
    until: access.until === null ? null : local(access.until),
    clinician: of(access.clinician),
    by: of(access.by),
    patientName: patientName ?? null,
    reviewedBy: of(review?.by ?? null),
    reviewedAt: review === null ? null : local(review.at),
  };
}
