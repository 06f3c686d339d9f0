import type { BadgeWatch, FromBadge } from "../../../shared/badge.ts";
import type { BadgeView } from "../../../shared/contract/index.ts";
import type { RosterEntry } from "../../../shared/trust/index.ts";
import type { SessionEvent } from "./machine.ts";

/** A card that lies on a reader. */
export interface Presence {
  readonly presence: number;
  readonly reader: string;
  /** It can be cloned: it names, and never opens. */
  readonly uid: string | null;
  readonly piv: boolean;
}

/** A badge lies there and says who; a tapped one is named for a while. */
interface Named {
  readonly clinician: string | null;
  readonly until: number;
}

/** How long the lock screen names who tapped a keyboard-wedge reader, in milliseconds. */
export const NAMED_MS = 30_000;

/** The badges on this PC's readers. */
export interface Badges {
  /** What a message of the badge process means to the session, in order. */
  heard(message: FromBadge): readonly SessionEvent[];
  /** The badge process ended. */
  lost(): readonly SessionEvent[];
  /** Whose badge a keyboard-wedge reader typed; named for a while. */
  tapped(code: string, now: number): string | null;
  /** The presence of a clinician's badge; null: not there. */
  of(clinician: string): number | null;
  find(presence: number): Presence | null;
  all(): readonly Presence[];
  whose(card: Presence): string | null;
  view(now: number): Pick<BadgeView, "watch" | "clinician" | "unknown">;
}

export function createBadges(entries: () => readonly RosterEntry[]): Badges {
  let watch: BadgeWatch = "no-service";
  let cards: readonly Presence[] = [];
  let named: Named | null = null;

  /** SECURITY: a number that two people's entries claim names nobody. */
  function owner(has: (badge: RosterEntry["badges"][number]) => boolean): string | null {
    const owners = entries().filter(({ badges }) => badges.some(has));
    const [only] = owners;
    return owners.length === 1 && only !== undefined ? only.clinician : null;
  }
  const whose = ({ uid }: Presence): string | null =>
    uid === null ? null : owner((badge) => badge.uid === uid);

  function out(
    gone: readonly Presence[],
    why: Extract<SessionEvent, { kind: "badge-out" }>["why"],
  ): SessionEvent[] {
    cards = cards.filter((card) => !gone.includes(card));
    return gone.map((card) => ({
      kind: "badge-out",
      presence: card.presence,
      clinician: whose(card),
      why,
    }));
  }

  function watching(state: BadgeWatch, readers: readonly string[]): SessionEvent[] {
    watch = state;
    const gone = cards.filter(({ reader }) => state !== "watching" || !readers.includes(reader));
    const events = out(gone, state === "no-service" ? "service-lost" : "reader-lost");
    return state === "watching" ? events : [...events, { kind: "unwatched" }];
  }

  return {
    heard(message) {
      switch (message.kind) {
        case "watch":
          return watching(message.state, message.readers);
        case "card-in": {
          const { presence, reader, uid, piv } = message;
          // One card a reader: a swap whose removal nobody told is a removal.
          const before = cards.filter((card) => card.reader === reader);
          const events = out(before, "removed");
          const card = { presence, reader, uid, piv };
          cards = [...cards, card];
          return [...events, { kind: "badge-in", presence, clinician: whose(card) }];
        }
        case "card-out": {
          const gone = cards.filter(({ presence }) => presence === message.presence);
          return out(gone, message.why);
        }
        case "proof":
        case "no-proof":
          return [];
      }
    },
    lost: () => watching("no-service", []),
    tapped(code, now) {
      const typed = code.trim();
      const hex = typed.toLowerCase().replaceAll(/[\s:-]/gu, "");
      const clinician = owner((badge) =>
        badge.wedge === undefined ? badge.uid === hex : badge.wedge === typed,
      );
      named = { clinician, until: now + NAMED_MS };
      return clinician;
    },
    of: (clinician) => cards.findLast((card) => whose(card) === clinician)?.presence ?? null,
    find: (presence) => cards.find((card) => card.presence === presence) ?? null,
    all: () => cards,
    whose,
    view(now) {
      const tap = named !== null && now < named.until ? named : null;
      const lying = cards.map(whose);
      const clinician = lying.findLast((one) => one !== null) ?? tap?.clinician ?? null;
      const unknown = clinician === null && (cards.length > 0 || tap !== null);
      return { watch, clinician, unknown };
    },
  };
}
