import type { JSONWebKeySet } from "jose";
import {
  IdTokenRefused,
  NotAPractitioner,
  verifyIdToken,
} from "../../electron/service/his/index.ts";
import { confirmationOf, enrolmentNonce } from "../../electron/service/vault/index.ts";
import { EnrolmentRequest } from "../../shared/trust/index.ts";
import { json } from "./http.ts";
import type { Answer } from "./http.ts";

/** A request as the desk's screen shows it: enough to know who is meant, and the digits to compare by voice. */
export interface WaitingRequest {
  readonly id: string;
  readonly clinician: string;
  readonly name: string;
  readonly workstation: string;
  readonly badges: number;
  readonly confirmation: string;
  readonly at: string;
}

export interface EnrolDesk {
  /** `POST /enrol` */
  take(body: unknown): Promise<Answer>;
  /** `GET /enrol/<id>` */
  ask(id: string): Answer;
  waiting(): readonly WaitingRequest[];
  /** What somebody at the desk decided; false when nothing waits under that id. */
  decide(id: string, yes: boolean): Promise<boolean>;
}

export interface EnrolDeskOptions {
  readonly site: string;
  /** The HIS whose word for a person this desk believes, and how it verifies. */
  readonly issuer: string;
  readonly jwks: JSONWebKeySet;
  readonly clientId: string;
  /** The FHIR base, without a closing slash. */
  readonly base: string;
  readonly now: () => Date;
  readonly joined: (workstation: string) => boolean;
  /** What the staff list says of her; null: nobody who may chart. */
  readonly person: (clinician: string) => { readonly name: { readonly en: string } } | null;
  /** Signs her entry and puts it where workstations look. */
  readonly approve: (request: EnrolmentRequest) => Promise<string>;
  /** Whether the desk says yes by itself. */
  readonly approvesAlone: () => boolean;
}

type State =
  | { readonly state: "waiting" }
  | { readonly state: "approved"; readonly statement: string }
  | { readonly state: "refused"; readonly detail: string };

/** The oldest answers are forgotten beyond this: whoever still asks sends the request again. */
const MOST = 500;

/**
 * The hospital's enrolment desk, on line: it believes the HIS's id token about who sat there, only for the keys that the
 * token was asked for, and only for people on the staff list. What waits is in memory: a PC that hears "unknown" asks anew.
 */
export function openEnrolDesk(options: EnrolDeskOptions): EnrolDesk {
  const requests = new Map<string, { request: EnrolmentRequest; state: State }>();

  async function take(body: unknown): Promise<Answer> {
    const parsed = EnrolmentRequest.safeParse(body);
    if (!parsed.success) return json(400, { error: "Not an enrolment request" });
    const request = parsed.data;
    const known = requests.get(request.id);
    if (known !== undefined) {
      // SECURITY: who knows an id may ask about it, not put other keys in its place.
      const same = confirmationOf(known.request) === confirmationOf(request);
      return same && known.request.keys.box === request.keys.box
        ? shown(request.id, known.state)
        : json(403, { error: "Another request has this id" });
    }
    const objection = await objectionTo(request);
    if (objection !== null) return json(403, { error: objection });
    const held = { request, state: { state: "waiting" } as State };
    requests.set(request.id, held);
    const [oldest] = requests.keys();
    if (requests.size > MOST && oldest !== undefined) requests.delete(oldest);
    if (options.approvesAlone()) await decide(request.id, true);
    return shown(request.id, held.state);
  }

  async function objectionTo(request: EnrolmentRequest): Promise<string | null> {
    if (request.site !== options.site) return "This desk is another site's";
    if (!options.joined(request.workstation)) return "This workstation has not joined";
    if (request.idToken === null)
      return "Without the HIS's sign-in a request is carried to the control tool by hand";
    try {
      const { practitioner } = await verifyIdToken(request.idToken, {
        jwks: options.jwks,
        issuer: options.issuer,
        clientId: options.clientId,
        base: `${options.base}/`,
        nonce: enrolmentNonce(request.keys),
        now: options.now(),
      });
      if (practitioner !== request.clinician) return "The HIS's sign-in names somebody else";
    } catch (error) {
      if (error instanceof IdTokenRefused || error instanceof NotAPractitioner)
        return `The HIS's sign-in: ${error.message}`;
      throw error;
    }
    return options.person(request.clinician) === null
      ? "Nobody of this name is on the staff list"
      : null;
  }

  async function decide(id: string, yes: boolean): Promise<boolean> {
    const held = requests.get(id);
    if (held?.state.state !== "waiting") return false;
    held.state = yes
      ? { state: "approved", statement: await options.approve(held.request) }
      : { state: "refused", detail: "The enrolment desk refused" };
    return true;
  }

  return {
    take,
    ask(id) {
      const held = requests.get(id);
      return held === undefined ? json(404, { error: "No such request" }) : shown(id, held.state);
    },
    waiting: () =>
      [...requests.values()]
        .filter(({ state }) => state.state === "waiting")
        .map(({ request }) => ({
          id: request.id,
          clinician: request.clinician,
          name: options.person(request.clinician)?.name.en ?? request.clinician,
          workstation: request.workstation,
          badges: request.badges.length,
          confirmation: confirmationOf(request),
          at: request.at,
        })),
    decide,
  };
}

function shown(id: string, state: State): Answer {
  return json(200, { id, ...state });
}
