import type { InferContractRouterInputs, InferContractRouterOutputs } from "@orpc/contract";
import type {
  AccessEntry,
  Contract,
  EnrolmentView,
  FoundPatient,
  GiveInput,
  Hint,
  KeysView,
  NamedMedicine,
  OrderCheck,
  OrderInput,
  OutboxEntry,
  PatientView,
  SeenPage,
  StatusView,
  WardBoard,
  WorkstationView,
} from "../../../shared/contract/index.ts";
import type { Ticket } from "../session/index.ts";

type Inputs = InferContractRouterInputs<Contract>;
type Outputs = InferContractRouterOutputs<Contract>;
export type VitalsInput = Inputs["record"]["vitals"];
export type DecisionInput = Inputs["guard"]["decide"];
export type DraftInput = Inputs["drafts"]["put"];
export type EmergencyInput = Inputs["session"]["emergency"];
export type DraftKey = Inputs["drafts"]["get"];

/** What the handlers call: one function each, wired in `compose.ts`. */
export interface Rooms {
  /** The open session's ticket, or null when the session is not open. */
  ticket(): Ticket | null;
  closedState(): "sealed" | "locked";
  /** Whether her role, or an emergency access, may do this (`ward.board`, …). @throws ORPCError FORBIDDEN */
  authorise(ticket: Ticket, procedure: string): void;

  status(): Promise<StatusView>;
  hints(signal: AbortSignal | undefined): AsyncGenerator<Hint, void, void>;
  signIn(clinician: string, pin: string): Promise<StatusView>;
  emergency(input: EmergencyInput): Promise<StatusView>;
  wedge(code: string): Promise<StatusView>;
  copied(digest: string): Record<string, never>;
  changePin(ticket: Ticket, input: Inputs["session"]["changePin"]): Promise<Record<string, never>>;
  lock(): Promise<StatusView>;
  signOut(): Promise<StatusView>;
  activity(): void;

  wardBoard(ticket: Ticket, ward: string | undefined): Promise<WardBoard | null>;
  patientView(ticket: Ticket, patient: string): Promise<PatientView | null>;
  findPatient(ticket: Ticket, sought: string): Promise<Outputs["patient"]["find"]>;
  bringPatient(ticket: Ticket, patient: string): Promise<Outputs["patient"]["bring"]>;
  chartVitals(ticket: Ticket, input: VitalsInput): Promise<{ uuid: string }>;
  decideHold(ticket: Ticket, input: DecisionInput): Promise<{ settled: boolean }>;
  give(ticket: Ticket, input: GiveInput): Promise<{ uuid: string }>;
  medicineNames(sought: string): Promise<NamedMedicine[]>;
  checkOrder(ticket: Ticket, input: Inputs["record"]["orderCheck"]): Promise<OrderCheck>;
  order(ticket: Ticket, input: OrderInput): Promise<{ uuid: string }>;
  correctVitals(ticket: Ticket, input: Inputs["record"]["correct"]): Promise<{ uuid: string }>;
  putDraft(ticket: Ticket, input: DraftInput): Promise<Record<string, never>>;
  getDraft(ticket: Ticket, input: DraftKey): Promise<{ text: string | null; at: string | null }>;
  discardDraft(ticket: Ticket, input: DraftKey): Promise<Record<string, never>>;
  override(ticket: Ticket, input: Inputs["patient"]["override"]): Promise<Record<string, never>>;
  accesses(): Promise<AccessEntry[]>;
  reviewed(ticket: Ticket, id: string): Promise<Record<string, never>>;

  seenBy(ticket: Ticket, input: Inputs["privacy"]["accesses"]): Promise<SeenPage>;
  accessesEverywhere(ticket: Ticket, pages: number): Promise<Outputs["privacy"]["everywhere"]>;
  reviewedEverywhere(ticket: Ticket, id: string): Promise<Record<string, never>>;
  seekHere(ticket: Ticket, sought: string): Promise<FoundPatient[]>;

  enrolment(): EnrolmentView;
  enrolStart(): Promise<EnrolmentView>;
  enrolFinish(input: Inputs["enrol"]["finish"]): Promise<EnrolmentView>;
  enrolCancel(): Promise<EnrolmentView>;
  enrolRequest(input: Inputs["enrol"]["request"]): Promise<{ text: string; confirmation: string }>;

  keys(): Promise<KeysView>;
  bring(text: string): Promise<{ kind: string | null; subject: string | null; verdict: string }[]>;
  itCode(input: Inputs["it"]["code"]): Promise<StatusView>;

  outbox(ticket: Ticket, page: Inputs["outbox"]["list"]): Promise<OutboxEntry[]>;
  withdrawAct(ticket: Ticket, input: Inputs["outbox"]["withdraw"]): Promise<{ settled: boolean }>;
  decideAct(ticket: Ticket, input: Inputs["outbox"]["decide"]): Promise<{ settled: boolean }>;
  retryAct(uuid: string): Promise<Record<string, never>>;
  workstation(): Promise<WorkstationView>;
  diagnostics(): Promise<{ text: string }>;
  checkTrail(): Promise<Record<string, never>>;
}
