import type { Notice } from "../../../shared/contract/index.ts";
import type { Rotation, Wipe } from "../../../shared/trust/index.ts";
import type { AuditNote } from "../audit/index.ts";
import type { TimeDoubt } from "../clock/index.ts";
import type { Session } from "../session/index.ts";
import type { Journal, Remote } from "../store/index.ts";
import { beginDeviceRotation, type Keychain } from "../vault/index.ts";
import { localInstant } from "./clock.ts";
import type { Rollback } from "./rollback.ts";
import { partsDone } from "./rotating.ts";
import type { Site } from "./site.ts";
import type { SiteTime } from "./time.ts";

export type Bar = "sealed-by-it" | "offline-limit";

/** What the control key and the offline limit want of this PC, carried out. */
export interface Orders {
  /** Why nobody may sign in although everything works. */
  barred(): Bar | null;
  /** SECURITY: to be called whenever an order or the time may have changed: obeyed at once, whoever is signed in. */
  obey(): void;
  /** What everybody at this PC must know. */
  notices(): Notice[];
}

export interface OrdersRoom {
  readonly site: Pick<Site, "orders">;
  readonly time: Pick<SiteTime, "offline" | "doubt">;
  readonly rollback: Pick<Rollback, "notice">;
  readonly journal: Pick<Remote<Journal>, "meta">;
  readonly keychain: Keychain;
  readonly random: (bytes: number) => Uint8Array;
  readonly session: () => Pick<Session, "state" | "seal">;
  /** Why keys that were to be made new are still the old ones; null: nothing to say. */
  readonly rotationProblem: () => string | null;
  readonly onWipe: (order: Wipe) => void;
  readonly record: (note: AuditNote) => Promise<void>;
  readonly onProblem: (what: string, error: unknown) => void;
}

export function createOrders(room: OrdersRoom): Orders {
  const { site, time } = room;

  function barred(): Bar | null {
    const { sealed, extensionUntil } = site.orders();
    if (sealed !== null) return "sealed-by-it";
    return time.offline(extensionUntil).kind === "sealed" ? "offline-limit" : null;
  }

  let lastBar: Bar | null = null;
  let lastDoubt: TimeDoubt | null = null;
  const note = (entry: AuditNote): void => {
    room.record(entry).catch((error: unknown) => room.onProblem("audit", error));
  };

  /** In the trail once, when it begins and when it ends. */
  function tell(): void {
    const bar = barred();
    if (bar !== lastBar) {
      const which = bar ?? lastBar;
      const kind = which === "offline-limit" ? "offline-limit" : "seal";
      note({ kind, detail: { closed: bar !== null } });
      lastBar = bar;
    }
    const doubt = time.doubt();
    if (doubt !== lastDoubt) {
      note({ kind: "clock-doubtful", detail: { why: doubt ?? "well-again" } });
      lastDoubt = doubt;
    }
  }

  /** The device key changes at the next start, when the journal is closed. */
  async function prepare(rotation: Rotation): Promise<void> {
    const parts = partsDone(await room.journal.meta(), rotation);
    if (rotation.keys.includes("device") && !parts.includes("device"))
      await beginDeviceRotation(room.keychain, room.random);
  }

  return {
    barred,
    obey() {
      tell();
      if (barred() !== null && room.session().state() !== "sealed")
        room
          .session()
          .seal()
          .catch((error: unknown) => room.onProblem("seal", error));
      const { wipe, rotation } = site.orders();
      if (wipe !== null) room.onWipe(wipe);
      if (rotation !== null)
        prepare(rotation).catch((error: unknown) => room.onProblem("rotation", error));
    },
    notices() {
      const { hisTrust, extensionUntil } = site.orders();
      const told: Notice[] = [];
      if (hisTrust !== null && !hisTrust.trusted)
        told.push({ kind: "his-distrusted", since: hisTrust.since, detail: hisTrust.reason });
      const older = room.rollback.notice();
      if (older !== null) told.push(older);
      const doubt = time.doubt();
      if (doubt !== null) told.push({ kind: "time-doubtful", since: null, detail: doubt });
      const offline = time.offline(extensionUntil);
      if (offline.kind === "near") {
        const since = localInstant(new Date(offline.limitAt));
        told.push({ kind: "offline-limit-near", since, detail: null });
      }
      const rotation = room.rotationProblem();
      if (rotation !== null) told.push({ kind: "rotation-failed", since: null, detail: rotation });
      return told;
    },
  };
}
