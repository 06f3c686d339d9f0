import type { InferContractRouterInputs } from "@orpc/contract";
import type {
  Contract,
  Hint,
  OutboxEntry,
  PatientView,
  StatusView,
  WardBoard,
  WorkstationView,
} from "../../../shared/contract/index.ts";
import type { Ticket } from "../session/index.ts";

type Inputs = InferContractRouterInputs<Contract>;
export type VitalsInput = Inputs["record"]["vitals"];
export type DraftInput = Inputs["drafts"]["put"];
export type DraftKey = Inputs["drafts"]["get"];

/** What the handlers call: one function each, wired in `compose.ts`. */
export interface Rooms {
  /** The open session's ticket, or null when the session is not open. */
  ticket(): Ticket | null;
  closedState(): "sealed" | "locked";

  status(): Promise<StatusView>;
  hints(signal: AbortSignal | undefined): AsyncGenerator<Hint, void, void>;
  signIn(clinician: string, pin: string): Promise<StatusView>;
  lock(): Promise<StatusView>;
  signOut(): Promise<StatusView>;
  activity(): void;

  wardBoard(ticket: Ticket, ward: string | undefined): Promise<WardBoard | null>;
  patientView(ticket: Ticket, patient: string): Promise<PatientView | null>;
  chartVitals(ticket: Ticket, input: VitalsInput): Promise<{ uuid: string }>;
  putDraft(ticket: Ticket, input: DraftInput): Promise<Record<string, never>>;
  getDraft(ticket: Ticket, input: DraftKey): Promise<{ text: string | null; at: string | null }>;
  discardDraft(ticket: Ticket, input: DraftKey): Promise<Record<string, never>>;
  outbox(): Promise<OutboxEntry[]>;
  retryAct(uuid: string): Promise<Record<string, never>>;
  workstation(): Promise<WorkstationView>;
  diagnostics(): Promise<{ text: string }>;
}
