import type { KeysView, Notice } from "../../../shared/contract/index.ts";
import type { Wipe } from "../../../shared/trust/index.ts";
import type { Audit } from "../audit/index.ts";
import type { Enrolment } from "../enrol/index.ts";
import type { OpenSocket, Carry } from "../his/index.ts";
import type { Policy } from "../policy/index.ts";
import type { Drafts, KeptDrafts, Record } from "../record/index.ts";
import type { BadgeChannel } from "../service.ts";
import type { Session } from "../session/index.ts";
import type { JournalThread, Sync } from "../sync/index.ts";
import type { DeviceSecrets, Keychain } from "../vault/index.ts";
import type { Files } from "./files.ts";
import type { Bar } from "./orders.ts";
import type { Records } from "./records.ts";
import type { Saves } from "./saves.ts";
import type { Site } from "./site.ts";
import type { Thread } from "./threads.ts";
import type { SiteTime } from "./time.ts";
import type { Trail } from "./trail.ts";
import type { WipeOutcome } from "./wiping.ts";

/** A PC whose journal is open and which knows its site: everything works, or says why it does not. */
export interface Running {
  readonly journal: Thread<JournalThread>;
  readonly audit: Audit;
  readonly trail: Trail;
  readonly site: Site;
  readonly session: Session;
  readonly records: Records;
  readonly record: Record;
  readonly saves: Saves;
  /** Of the open vault; null while sealed. */
  drafts(): Drafts | null;
  readonly enrolment: Enrolment;
  readonly time: SiteTime;
  /** What the rollback guard found at this start. */
  rollback(): KeysView["rollback"];
  /** What everybody at this PC must know. */
  notices(): Notice[];
  /** Why nobody may sign in although everything works: an order of the control key, or the offline limit. */
  barred(): Bar | null;
  /** A shell's badge process. */
  badge(channel: BadgeChannel): void;
  /** Null until the PC has joined and knows its HIS. */
  sync(): Sync | null;
  /** Why joining has not succeeded yet; null when there is nothing to say. */
  joinProblem(): string | null;
  /** Damaged pages found in chart.db since the start. */
  damagedPages(): number;
  /** Carries out a signed wipe; afterwards (unless it has to wait) everything is stopped. */
  wipe(order: Wipe, joinCode: string | null): Promise<WipeOutcome>;
  stop(): Promise<void>;
}

export interface RunningRoom {
  readonly files: Files;
  readonly policy: Policy & { readonly site: string };
  readonly controlKey: NonNullable<Policy["trust"]["controlKey"]>;
  readonly workstation: string;
  readonly version: string;
  readonly keychain: Keychain;
  readonly device: DeviceSecrets;
  readonly journal: Thread<JournalThread>;
  readonly random: (bytes: number) => Uint8Array;
  readonly fetch: typeof globalThis.fetch;
  readonly carry: Carry;
  readonly socket: OpenSocket;
  readonly log: (message: string) => void;
  readonly openBrowser: (url: string) => void;
  /** Whether journal.db was there before this start. */
  readonly journalExisted: boolean;
  /** At this start the device key was made new. */
  readonly deviceKeyRenewed: boolean;
  /** Of a journal before this one, which could not write them. */
  readonly keptDrafts: KeptDrafts;
  /** The journal is damaged: everything is to be stopped and started again. */
  readonly onJournalDamage: () => void;
  /** The control key orders this PC's end. */
  readonly onWipe: (order: Wipe) => void;
  readonly changed: {
    status(): void;
    records(patients: readonly string[] | null, beds?: boolean): void;
    outbox(): void;
  };
}
