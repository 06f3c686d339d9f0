import { createTestHis } from "../../electron/service/sync/test-his.ts";
import type { Clock } from "./clock.ts";

export type Resource = Record<string, unknown> & { resourceType: string; id: string };

/** A HIS as a script sees it: asked by workstations over the network, and written to by people of its own. */
export interface Hospital {
  readonly fetch: typeof globalThis.fetch;
  /** Heeds `If-None-Exist`. */
  readonly conditionalCreate: boolean;
  put(resource: Record<string, unknown>): Promise<void>;
  remove(type: string, id: string): Promise<void>;
  /** What is current of a type, with its version and time. */
  all(type: string): readonly Resource[];
  /** Writes with a time of now that nobody sees before `commit`; null where this HIS cannot be made to. */
  begin(resources: readonly Record<string, unknown>[]): { commit(): void } | null;
  /** Forgets its history before that moment; `says`: answers 410 to who asks for it. */
  cutHistory(before: number, says: boolean): void;
  /** A backup of that moment takes the place of what is held now. */
  restore(to: number): Promise<void>;
  close(): Promise<void>;
}

/** The simulated HIS: in memory, exactly known. */
export function simulatedHospital(
  clock: Clock,
  what: {
    readonly updateCreate: boolean;
    readonly declaresUpdateCreate: boolean;
    readonly conditionalCreate: boolean;
    readonly offersHistory: boolean;
  },
): Hospital {
  const his = createTestHis();
  Object.assign(his, what);
  Object.defineProperty(his, "clock", { get: clock.now });
  return {
    fetch: his.fetch,
    conditionalCreate: what.conditionalCreate,
    put: async (resource) => void his.put(resource),
    remove: async (type, id) => his.remove(type, id),
    all: his.all,
    begin: his.begin,
    cutHistory(before, says) {
      his.historyFrom = before;
      his.saysHistoryIsCut = says;
    },
    restore: async (to) => his.goBack(to),
    close: async () => {},
  };
}
