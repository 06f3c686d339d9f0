import type { EnrolmentView, PinProblem } from "../../../shared/contract/index.ts";
import { EnrolmentRequest } from "../../../shared/trust/index.ts";
import type { Badge, WrappedKeys } from "../../../shared/trust/index.ts";
import { AppLaunchFailed } from "../his/index.ts";
import type { AppLaunch, SignedIn } from "../his/index.ts";
import { confirmationOf, enrolmentNonce, enrolmentText } from "../vault/index.ts";
import type { FreshKeys } from "../vault/index.ts";
import { deliver } from "./delivery.ts";
import type { DeliveryParts } from "./delivery.ts";

/** The PIN she wants is refused; nothing was made of it. */
export class PinUnfit extends Error {
  override readonly name = "PinUnfit";
  readonly problem: PinProblem;
  constructor(problem: PinProblem) {
    super(`the PIN is refused: ${problem}`);
    this.problem = problem;
  }
}
/** She wanted the badge on the reader to be hers, and there is none: nothing was made. */
export class NoBadge extends Error {
  override readonly name = "NoBadge";
}
/** This PC has no site yet, whose pepper goes into every wrap. */
export class NotJoined extends Error {
  override readonly name = "NotJoined";
}

/** What this PC's roster already says of her. */
export interface KnownClinician {
  readonly name: NonNullable<EnrolmentView["person"]>["name"];
  readonly roles: NonNullable<EnrolmentView["person"]>["roles"];
  readonly badges: readonly Badge[];
  readonly birthday?: string | undefined;
}

export interface EnrolmentParts extends DeliveryParts {
  readonly site: string;
  readonly workstation: string;
  readonly joined: () => boolean;
  /** Starts her sign-in at the HIS; null: policy names no HIS, app client or desk. */
  readonly appLaunch: ((nonce: string) => Promise<AppLaunch>) | null;
  readonly openBrowser: (url: string) => void;
  readonly makeKeys: () => FreshKeys;
  /** Wraps her new keys under her PIN with the site's pepper and KDF parameters. */
  readonly wrap: (keys: FreshKeys, pin: string, clinician: string) => Promise<WrappedKeys>;
  readonly known: (clinician: string) => KnownClinician | null;
  /** The card on the reader, with its certificate if it proved itself. */
  readonly badgeThere: () => Badge | null;
  readonly pinProblem: (pin: string, known: { birthday?: string | undefined }) => PinProblem | null;
  readonly uuid: () => string;
  readonly now: () => Date;
}

export interface Enrolment {
  view(): EnrolmentView;
  /** Opens her sign-in; ends one that was under way. */
  start(): Promise<EnrolmentView>;
  /** Takes her PIN, and the card on the reader with `badge`, and sends the request. @throws {@link PinUnfit} */
  finish(input: { readonly pin: string; readonly badge: boolean }): Promise<EnrolmentView>;
  cancel(): EnrolmentView;
  /** The request without the HIS's sign-in, for IT to carry. @throws {@link PinUnfit}, {@link NotJoined} */
  request(input: {
    readonly clinician: string;
    readonly pin: string;
    readonly badge: boolean;
  }): Promise<{ text: string; confirmation: string }>;
}

const IDLE: EnrolmentView = {
  phase: "idle",
  url: null,
  person: null,
  badge: null,
  confirmation: null,
  problem: null,
  detail: null,
};

/** How long somebody who has signed in at the HIS may take to choose her PIN. */
const LEFT_ALONE_MS = 5 * 60_000;

/** One try of one person; a later one makes every answer of it void. */
interface Attempt {
  readonly keys: FreshKeys;
  readonly over: AbortController;
  launch: AppLaunch | null;
  person: SignedIn | null;
}

/**
 * Enrolment at this PC. All of it is in memory: her keys, her request and the HIS's id token are gone with the process,
 * and until the desk's signed roster entry arrives she is simply not enrolled, or enrolled as before. The entry brings her
 * wrapped keys along, so that there is no moment at which a PIN and the keys it opens could belong to two enrolments.
 */
export function createEnrolment(parts: EnrolmentParts): Enrolment {
  let view = IDLE;
  let attempt: Attempt | null = null;

  function show(change: Partial<EnrolmentView>): EnrolmentView {
    view = { ...view, ...change };
    parts.onChange();
    return current();
  }
  function current(): EnrolmentView {
    if (view.phase !== "identified") return view;
    const uid = parts.badgeThere()?.uid;
    return { ...view, badge: uid === undefined ? null : { uid } };
  }
  function fail(problem: NonNullable<EnrolmentView["problem"]>, detail: string): EnrolmentView {
    end();
    return show({ ...IDLE, phase: "failed", problem, detail });
  }
  function end(): void {
    attempt?.over.abort();
    attempt?.launch?.cancel();
    attempt = null;
  }

  async function start(): Promise<EnrolmentView> {
    end();
    if (!parts.joined()) return fail("not-joined", "This PC has not joined its site yet.");
    if (parts.appLaunch === null)
      return fail("not-joined", "Policy names no HIS, app client id or enrolment desk.");
    const here: Attempt = {
      keys: parts.makeKeys(),
      over: new AbortController(),
      launch: null,
      person: null,
    };
    attempt = here;
    show({ ...IDLE, phase: "signing-in" });
    try {
      const launch = await parts.appLaunch(enrolmentNonce(here.keys.publicKeys));
      if (attempt !== here) {
        launch.cancel();
        return current();
      }
      here.launch = launch;
      show({ url: launch.url });
      launch.result.then(
        (person) => {
          if (attempt === here) identified(here, person);
        },
        (error: unknown) => {
          if (attempt === here) failed(error);
        },
      );
      parts.openBrowser(launch.url);
      return current();
    } catch (error) {
      return attempt === here ? failed(error) : current();
    }
  }

  function failed(error: unknown): EnrolmentView {
    if (!(error instanceof AppLaunchFailed))
      return fail("sign-in-refused", "The sign-in broke off for a reason of this PC.");
    const { problem, detail } = error;
    return problem === "cancelled" ? cancel() : fail(problem, detail);
  }

  function identified(here: Attempt, person: SignedIn): void {
    here.person = person;
    here.launch = null;
    const id = person.practitioner;
    const known = parts.known(id);
    const name = known?.name ?? person.name ?? { en: id, ar: id };
    show({
      phase: "identified",
      url: null,
      person: { id, name, roles: [...(known?.roles ?? [])] },
    });
    // SECURITY: P2. Whoever walks up next must not meet her name, whatever became of the page.
    parts.sleep(LEFT_ALONE_MS, here.over.signal).then(
      () => {
        if (attempt === here && view.phase === "identified")
          fail("sign-in-timeout", "Nobody chose a PIN in time.");
      },
      () => undefined,
    );
  }

  function cancel(): EnrolmentView {
    end();
    return show(IDLE);
  }

  /** @throws {@link PinUnfit} */
  function checkPin(pin: string, clinician: string): void {
    const problem = parts.pinProblem(pin, { birthday: parts.known(clinician)?.birthday });
    if (problem !== null) throw new PinUnfit(problem);
  }

  async function requestOf(
    keys: FreshKeys,
    who: { clinician: string; pin: string; badge: Badge | null; idToken: string | null },
  ): Promise<EnrolmentRequest> {
    const { clinician, badge } = who;
    const before = parts.known(clinician)?.badges ?? [];
    return EnrolmentRequest.parse({
      v: 1,
      site: parts.site,
      workstation: parts.workstation,
      id: parts.uuid(),
      clinician,
      keys: keys.publicKeys,
      wrapped: await parts.wrap(keys, who.pin, clinician),
      // A forgotten PIN takes no badge away; a lost badge is the desk's to strike off.
      badges: [
        ...before.filter(({ uid }) => uid !== badge?.uid),
        ...(badge === null ? [] : [badge]),
      ],
      idToken: who.idToken,
      at: parts.now().toISOString(),
    });
  }

  async function finish(input: { pin: string; badge: boolean }): Promise<EnrolmentView> {
    const here = attempt;
    const person = here?.person;
    if (here === null || !person || view.phase !== "identified") return current();
    checkPin(input.pin, person.practitioner);
    const badge = input.badge ? parts.badgeThere() : null;
    if (input.badge && badge === null) return show({ detail: "No badge lies on the reader." });
    show({ phase: "sending", badge: badge && { uid: badge.uid }, detail: null });
    let request: EnrolmentRequest;
    try {
      request = await requestOf(here.keys, {
        clinician: person.practitioner,
        pin: input.pin,
        badge,
        idToken: person.idToken,
      });
    } catch (error) {
      // Nothing left this PC: she may try again.
      if (attempt === here) show({ phase: "identified" });
      throw error;
    }
    here.person = null;
    if (attempt !== here) return current();
    show({ confirmation: confirmationOf(request) });
    deliver(request, parts, here.over.signal, () => show({ phase: "waiting" })).then(
      (outcome) => {
        if (attempt !== here) return;
        if (outcome.kind === "done") {
          attempt = null;
          show({ phase: "done", confirmation: null });
        } else fail(outcome.problem, outcome.detail);
      },
      () => {
        if (attempt === here) fail("desk-unreachable", "The request broke off on this PC.");
      },
    );
    return current();
  }

  return {
    view: current,
    start,
    finish,
    cancel,
    async request({ clinician, pin, badge }) {
      if (!parts.joined()) throw new NotJoined("this PC has not joined its site yet");
      checkPin(pin, clinician);
      if (badge && parts.badgeThere() === null) throw new NoBadge("no badge lies on the reader");
      const made = await requestOf(parts.makeKeys(), {
        clinician,
        pin,
        badge: badge ? parts.badgeThere() : null,
        idToken: null,
      });
      return { text: enrolmentText(made), confirmation: confirmationOf(made) };
    },
  };
}
