import type { Service } from "./service.ts";

/** A seat that a page took; `leave` is called when its port has closed. */
export interface Seat {
  leave(): void;
}

/**
 * One page at a time. A page that goes without a lock, or is pushed out by a newer one, locks the session first: whoever
 * opens a page gets a lock screen, never a colleague's open chart.
 *
 * SECURITY: P5. Both shells seat their pages here, so that the rule is one.
 */
export function createPageSeat(service: Pick<Service, "pageLost">) {
  let seated: { close: () => void } | null = null;
  return {
    take(close: () => void): Seat {
      const before = seated;
      if (before !== null) {
        seated = null;
        service.pageLost();
        before.close();
      }
      const mine = { close };
      seated = mine;
      return {
        leave() {
          // A page that was replaced (at lock, or by a newer one) is no longer seated and changes nothing.
          if (seated !== mine) return;
          seated = null;
          service.pageLost();
        },
      };
    },
    /** At lock: the page is asked to leave, and its port's end is expected. */
    dismiss(): void {
      const before = seated;
      seated = null;
      before?.close();
    },
  };
}
