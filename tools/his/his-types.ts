import type { AuditEvent } from "@medplum/fhirtypes";
import type {
  ClinicianRole,
  KdfParameters,
  SigningKeys,
  StatementKind,
} from "../../shared/trust/index.ts";
import type { ItPurpose } from "../../electron/service/vault/index.ts";
import type { AllergyChange } from "./allergy-change.ts";
import type { EnrolDesk } from "./enrol-desk.ts";
import type { EntryChange } from "./enrolment.ts";
import type { Personality } from "./personalities.ts";
import type { Stored } from "./resource-file.ts";
import type { Counters } from "./server.ts";
import type { ChartedChange, HisSigner, SignedChange } from "./signing.ts";
import type { SwitchChange, Switches } from "./switches.ts";
import type { BedPatient, StoredAct } from "./views.ts";
import type { Ward } from "./ward/index.ts";

export interface HisOptions {
  /** Kept over restarts: his.db, signin.db, desk.db. */
  readonly dataDir: string;
  /** Beds made at the first start; 28 by default. */
  readonly beds?: number;
  /** Wards that the beds are shared among at the first start; by default as many as so many beds need. */
  readonly wards?: number;
  /** Folders of FHIR bundles; each file is loaded once. */
  readonly load?: readonly string[];
  readonly now?: () => Date;
  /** 0 or absent: the port of the last start if it is free, else any. */
  readonly port?: number;
  readonly controlPort?: number;
  readonly seed?: string;
  readonly random?: () => number;
  readonly kdf?: KdfParameters;
  readonly site?: string;
  /** What this HIS gets wrong, one of `PERSONALITIES` or of a test's own; nothing by default. */
  readonly personality?: Personality;
}

export interface His {
  readonly baseUrl: string;
  readonly tokenUrl: string;
  readonly joinUrl: string;
  readonly enrolUrl: string;
  readonly controlUrl: string;
  readonly people: readonly {
    id: string;
    name: { en: string; ar: string };
    roles: readonly ClinicianRole[];
    pin: string;
  }[];
  readonly wards: readonly Ward[];
  readonly resources: number;
  /** The policy file of a PC, a join code of its own included. Wards: the first one and "Imported", unless named. */
  policyFor(workstation: string, wards?: readonly string[]): object;
  newJoinCode(workstation?: string): string;
  /** What waits at the enrolment desk, and the desk's decision; false when nothing waits under that id. */
  readonly enrolments: Pick<EnrolDesk, "waiting" | "decide">;
  readonly switches: { get(): Switches; set(change: SwitchChange): Switches };
  /**
   * The HIS is restored from the backup of that moment: what was written after it never was, and versions and times are
   * given again. Gives how many versions were forgotten.
   */
  restore(to: Date): Promise<number>;
  /** From the next request on it is another server; what it holds stays. */
  behave(personality: Personality): void;
  counters(): Counters;
  countObservationsByAct(uuid: string): number;
  acts(): StoredAct[];
  /** What workstations have told of who did what. */
  auditEvents(): AuditEvent[];
  patients(): BedPatient[];
  /** Changes an allergy beneath the API. */
  changeAllergy(input: {
    id: string;
    change: AllergyChange;
    toPatient?: string;
  }): Promise<{ id: string; version: number }>;
  /** Somebody changes a fact with the HIS's own program, which signs for her: see `signing.ts`. */
  chart(change: SignedChange): Promise<ChartedChange>;
  /** The HIS's own signing key. */
  readonly signer: HisSigner;
  /** The control key certifies a service's keys. */
  certify(keys: SigningKeys): Promise<string>;
  /** From then on the HIS's own key signs nothing any more; null: it does again. */
  revokeSigner(from: Date | null): Promise<string>;
  /** Writes any resource beneath the API, unvalidated: for tests of what a HIS can do to a workstation. */
  put(resource: Stored): Promise<void>;
  /** A resource as it is held now; null when it is not (any more). */
  read(type: string, id: string): Stored | null;
  remove(type: string, id: string): Promise<void>;
  /** The control key says so: signs a statement and puts it where workstations look. */
  issue(kind: StatementKind, subject: string, body: unknown): Promise<string>;
  /** Badges or wards of somebody on the roster, put right at the desk. */
  changeEntry(clinician: string, change: EntryChange): Promise<void>;
  /** IT's spoken code for the challenge that a PC shows. */
  spokenCode(workstation: string, purpose: ItPurpose, challenge: string): string;
  /** A new sealed envelope for a ward; gives the code in it. */
  newEnvelope(ward: string): Promise<string>;
  close(): Promise<void>;
}
