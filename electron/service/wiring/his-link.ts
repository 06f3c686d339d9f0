import { createHash, randomUUID } from "node:crypto";
import type { Wipe } from "../../../shared/trust/index.ts";
import { createHisClient, type Carry, type HisClient, type OpenSocket } from "../his/index.ts";
import type { Policy } from "../policy/index.ts";
import { createSync, type Sync } from "../sync/index.ts";
import { createCarrier, wipeReport } from "./carry.ts";
import { createTrailCarrier, type TrailCarrier } from "./carry-trail.ts";
import { calmly } from "./foreground.ts";
import { SCOPES, type Renewing } from "./renewing.ts";
import type { Site } from "./site.ts";
import type { SiteTime } from "./time.ts";

type SyncParts = Parameters<typeof createSync>[0];

/** This PC's line to its HIS: joins first, then keeps the records in step, for as long as the service runs. */
export interface HisLink {
  /** Null until the PC has joined and knows its HIS. */
  sync(): Sync | null;
  /** Why joining has not succeeded yet; null when there is nothing to say. */
  joinProblem(): string | null;
  /** What of the trail the HIS has not yet. */
  trailLeft: TrailCarrier["left"];
  start(): void;
  stop(): Promise<void>;
  /** The hospital learns that a wipe is done, by a request only this PC's key can make. */
  reportWipe(order: Wipe): Promise<void>;
}

export type HisLinkRoom = Pick<
  SyncParts,
  | "journal"
  | "chart"
  | "timers"
  | "log"
  | "onStatements"
  | "onOver"
  | "onUnsentAgain"
  | "onChange"
  | "onAlarm"
  | "auditOf"
> & {
  readonly policy: Policy;
  readonly workstation: string;
  readonly site: Pick<Site, "join" | "device" | "orders">;
  readonly time: Pick<SiteTime, "hearing">;
  readonly renewing: Pick<Renewing, "signInKeys" | "workstationKey">;
  readonly fetch: typeof globalThis.fetch;
  readonly carry: Carry;
  readonly socket: OpenSocket;
  /** Resolves when nobody at the PC waits; what is only read from the HIS waits for that. */
  readonly calm: () => Promise<void>;
  readonly onStatus: () => void;
  readonly onProblem: (what: string, error: unknown) => void;
};

const JOIN_AGAIN_MS = 10_000;

export function createHisLink(room: HisLinkRoom): HisLink {
  const { policy, workstation, site, journal } = room;
  const carryNews = createCarrier({ journal, workstation });
  const trail = createTrailCarrier({ journal, workstation });
  let sync: Sync | null = null;
  let joinProblem: string | null = null;
  let stopped = false;
  let cancelJoin = (): void => undefined;

  function client(baseUrl: string): HisClient {
    return createHisClient({
      baseUrl,
      signIn: { clientId: workstation, keys: room.renewing.signInKeys, scope: SCOPES },
      fetch: room.fetch,
      carry: room.carry,
      socket: room.socket,
      now: Date.now,
      random: randomUUID,
    });
  }

  function startSync(): void {
    const { baseUrl } = policy.his;
    if (sync !== null || stopped || baseUrl === null || site.device().pepper === null) return;
    sync = createSync({
      his: room.time.hearing(calmly(client(baseUrl), room.calm)),
      journal,
      chart: room.chart,
      policy: {
        ...policy.sync,
        // A return costs the HIS no more than any other minute.
        returnSpreadSeconds: policy.sync.intervalSeconds,
        wards: policy.wards.map(({ id }) => id),
      },
      nudges: nudgeName(workstation),
      now: Date.now,
      random: Math.random,
      timers: room.timers,
      log: room.log,
      onStatements: room.onStatements,
      onOver: room.onOver,
      onUnsentAgain: room.onUnsentAgain,
      believed: () => site.orders().hisTrust?.trusted ?? true,
      async carry(his) {
        await carryNews(his);
        await room.renewing.workstationKey();
      },
      carryTrail: (his) => trail.carry(his),
      onChange: room.onChange,
      onAlarm: room.onAlarm,
      auditOf: room.auditOf,
    });
    sync.start();
  }

  async function joinAndSync(): Promise<void> {
    if (stopped) return;
    try {
      const joined = await site.join();
      joinProblem =
        joined === "no-code" ? "The policy names no join address and code for this PC." : null;
    } catch (error) {
      joinProblem =
        error instanceof Error && error.name !== "TypeError" && error.name !== "TimeoutError"
          ? error.message
          : "The control desk cannot be reached; it is tried again every few seconds.";
      room.onProblem("join", error);
      cancelJoin = room.timers.after(JOIN_AGAIN_MS, () => void joinAndSync());
    }
    startSync();
    room.onStatus();
  }

  return {
    sync: () => sync,
    trailLeft: trail.left,
    joinProblem: () => joinProblem,
    start: () => void joinAndSync(),
    async stop() {
      stopped = true;
      cancelJoin();
      await sync?.stop();
    },
    async reportWipe(order) {
      if (policy.his.baseUrl === null) return;
      const his = client(policy.his.baseUrl);
      try {
        const body = wipeReport({ order, workstation, at: new Date() });
        await his.send("POST", "AuditEvent", JSON.stringify(body));
      } finally {
        his.close();
      }
    },
  };
}

/** What this PC's Subscriptions are called at the HIS: a FHIR id, whatever the PC is called. */
function nudgeName(workstation: string): string {
  return `amanah-${createHash("sha256").update(workstation).digest("hex").slice(0, 24)}`;
}

/** With its closing slash; a PC without a HIS believes no reference to one. */
export function baseOf(policy: Policy): string {
  const base = policy.his.baseUrl ?? "";
  return base === "" || base.endsWith("/") ? base : `${base}/`;
}
