import type { KeysView, PinProblem } from "../../../shared/contract/index.ts";
import type {
  ClinicianRole,
  HisTrust,
  PublicEcJwk,
  Rotation,
  Wipe,
} from "../../../shared/trust/index.ts";
import type { SigningTrust } from "../guard/index.ts";
import type { Journal, PinChangeRow, Remote } from "../store/index.ts";
import type {
  DeviceCertificate,
  DeviceSecrets,
  HeldPack,
  HeldEnvelope,
  ItPurpose,
  Keychain,
  OpenVault,
  RosterMember,
  SlotHolder,
  SlotState,
  When,
} from "../vault/index.ts";

/** What IT pinned at installation. */
export interface SitePolicy {
  readonly site: string;
  readonly workstation: string;
  readonly wards: readonly string[];
  readonly controlKey: PublicEcJwk;
  /** Null: the policy names no join address. A code, or a certificate as PEM texts, speaks for this PC. */
  readonly join: {
    readonly url: string;
    readonly code: string | null;
    readonly certificate: DeviceCertificate | null;
  } | null;
}

export interface PersonOnRoster {
  readonly id: string;
  readonly name: { readonly en: string; readonly ar: string };
  readonly roles: ClinicianRole[];
  readonly slot: SlotState;
}

/** What became of one text that was brought. */
export interface BroughtStatement {
  readonly kind: string | null;
  readonly subject: string | null;
  /** `accepted`, `known`, `elsewhere` (meant for another PC or for keys no longer in use), or why it was refused. */
  readonly verdict: string;
}

/** What the control key, or IT's spoken code, has ordered for this PC now. */
export interface SiteOrders {
  readonly sealed: { readonly reason: string; readonly since: string } | null;
  /** To be carried out; `wipe.ts` writes down that it was. */
  readonly wipe: Wipe | null;
  readonly extensionUntil: Date | null;
  readonly hisTrust: HisTrust | null;
  /** To be carried out; `rotation.ts` writes down that it was. */
  readonly rotation: Rotation | null;
}

/** The PIN she wants is not a good one. Nothing was changed, no try was counted. */
export class PinRejected extends Error {
  override readonly name = "PinRejected";
  readonly problem: PinProblem;
  constructor(problem: PinProblem) {
    super(`the wanted PIN is refused: ${problem}`);
    this.problem = problem;
  }
}

/** IT's spoken code is not the one for this challenge, or it is too soon for another try. */
export class CodeRefused extends Error {
  override readonly name = "CodeRefused";
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super("the code is refused");
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The join desk answered, but not with what a join is. */
export class JoinRefused extends Error {
  override readonly name = "JoinRefused";
}

/** What of the contract's KeysView the site knows; the rest (files, time, limits) is the wiring's. */
export type SiteKeys = Pick<
  KeysView,
  "slots" | "statements" | "refused" | "vaultEpoch" | "sealedByIt" | "hisTrusted" | "itChallenge"
> & { readonly extendedUntil: Date | null };

/** This PC's belonging: joined or not, who is on its roster, whether it has a vault, what it was ordered. */
export interface Site {
  device(): DeviceSecrets;
  /** After keys were made new: everything is read again with them. */
  replaceDevice(device: DeviceSecrets): Promise<void>;
  /** Reads the journal again, after somebody else (a rotation, a salvage) wrote to it. */
  reload(): Promise<void>;
  members(): readonly RosterMember[];
  /** By what time entries begin and end now: trusted time, or while it is doubtful a pair of moments. */
  when(): When;
  people(): PersonOnRoster[];
  /** Everyone who has or awaits a slot, envelopes among them: a new vault key is sealed to them. */
  holders(): readonly SlotHolder[];
  envelopes(): readonly HeldEnvelope[];
  /** Some envelope of this PC's wards would open it now. */
  envelopeReady(): boolean;
  /**
   * Opens the vault with an envelope's code. Whoever calls uses the envelope up in the journal before anything is shown.
   * @throws EnvelopeRefused (session), SealBroken
   */
  openEnvelope(code: string): Promise<{ readonly vault: OpenVault; readonly envelope: string }>;
  sealingKey(): Uint8Array | null;
  /** The knowledge pack of the drug-allergy check; null: the control key has signed none yet. */
  knowledge(): HeldPack | null;
  /** Whose signatures over clinical facts count here. */
  signingTrust(): SigningTrust;
  /** Compares the journal's public sealing key with the open vault's; answers false after putting the right one back. */
  confirmSealingKey(vault: OpenVault): Promise<boolean>;
  /** Asks the control desk for this PC's place in the site; does nothing when it has one. @throws what the network throws */
  join(signal?: AbortSignal): Promise<"joined" | "already" | "no-code">;
  /** Judges what the HIS brought (statements and changed PINs); keeps what is new; makes the vault at the first roster. */
  accept(jws: readonly string[]): Promise<void>;
  /** The same for text IT brings: JWSs found anywhere in it, with a verdict for each. */
  bring(text: string): Promise<BroughtStatement[]>;
  /** While a vault is open, every holder without a slot gets one. */
  makePendingSlots(vault: OpenVault): Promise<void>;
  orders(): SiteOrders;
  keys(): Promise<SiteKeys>;
  /**
   * Changes her PIN, on this PC's disk when it is answered. The caller counts wrong PINs, as at sign-in, before.
   * @throws PinRefused (the old one is wrong), {@link PinRejected}
   */
  changePin(input: {
    readonly clinician: string;
    readonly pin: string;
    readonly wanted: string;
  }): Promise<void>;
  /** Changed PINs that the HIS does not carry yet. */
  pendingPinChanges(): Promise<readonly PinChangeRow[]>;
  /** The HIS has it. */
  markSent(clinician: string, number: number): Promise<void>;
  /** Eight digits for IT's spoken code; null while this PC has no seed for one. */
  itChallenge(): string | null;
  /**
   * Uses a spoken code: `extend` moves the offline limit three days on, `unseal` lifts the seal that stands.
   * @throws {@link CodeRefused}
   */
  useItCode(purpose: ItPurpose, code: string): Promise<void>;
}

export interface SiteRoom {
  readonly policy: SitePolicy;
  readonly keychain: Keychain;
  readonly journal: Remote<Journal>;
  /** Trusted time; while it is doubtful, the last time that was certain. */
  readonly now: () => Date;
  /** While it is, nothing expires, and nothing that was not valid yet becomes valid. */
  readonly timeDoubtful: () => boolean;
  /** Milliseconds that only ever go up. */
  readonly monotonic: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly fetch: typeof globalThis.fetch;
  /** Seconds to wait after so many wrong tries in a row (`session/pin-delay.ts`). */
  readonly delayAfter: (failures: number) => number;
  /** Audit bodies by kind; chained with the change they speak of. */
  readonly audited: {
    statementKept(kind: string, subject: string, number: number): string;
    statementRefused(reason: string): string;
    slotMade(holder: string): string;
    slotRemoved(holder: string): string;
    joined(): string;
    /** `here`: at this PC, by herself; else the HIS brought it. */
    pinChanged(clinician: string, here: boolean): string;
    itCodeUsed(purpose: ItPurpose): string;
    itCodeRefused(purpose: ItPurpose, failures: number): string;
  };
  /** Roster, vault, orders or membership changed. */
  readonly onChange: () => void;
}
