import { HisError } from "../his/index.ts";
import type { Capabilities, HisClient, HisSocket } from "../his/index.ts";
import { groupsOf, nudgeCriteria } from "./questions.ts";

/**
 * FHIR R4 Subscriptions over a websocket (R4 subscription.html#2.46.7.2), where a HIS offers them: a nudge says "look", never
 * what, so that one that lies or is lost costs a round and nothing else. The rounds of policy go on as ever.
 */
export interface Nudges {
  /** After a round: for whom this PC wants to be nudged. Never rejects; what is not to be had is asked for again later. */
  listen(patients: readonly string[]): Promise<void>;
  stop(): void;
  state(): NudgeState;
}

/** `off`: offered, and not to be had at the moment. */
export type NudgeState = "not-offered" | "listening" | "off";

export interface NudgeParts {
  readonly his: HisClient;
  readonly capabilities: () => Capabilities | null;
  /** Names this PC's Subscriptions at the HIS: `[A-Za-z0-9\-.]`, at most 40 characters. */
  readonly name: string;
  /** Milliseconds since the epoch: of the HIS's clock as far as it is known, for the end of a Subscription. */
  readonly now: () => number;
  readonly log: (message: string) => void;
  readonly onNudge: () => void;
}

/** A PC that is gone without a word is nudged for no longer; renewed seldom, because each renewal is in the HIS's history. */
const LASTS_MS = 24 * 60 * 60_000;
const RENEW_MS = 8 * 60 * 60_000;
/** A HIS that has just refused, or cut the line, is left in peace for so long. */
const AGAIN_MS = 60_000;
/** A URL's worth of patients a Subscription, and so many Subscriptions: a PC with more of them keeps to its rounds. */
const GROUP = 50;
const MOST_GROUPS = 4;

export function createNudges(parts: NudgeParts): Nudges {
  const { his, now, log, onNudge } = parts;
  let line: HisSocket | null = null;
  let isOpen = false;
  let wished: { readonly key: string; readonly until: number; readonly ids: string[] } | null =
    null;
  /** What the HIS has confirmed on this line. */
  const bound = new Set<string>();
  let notBefore = Number.NEGATIVE_INFINITY;
  let stopped = false;

  function offered(): string | null {
    const capabilities = parts.capabilities();
    const subscriptions = capabilities?.types.get("Subscription");
    if (his.listen === undefined || subscriptions?.updateCreate !== true) return null;
    return capabilities?.websocket ?? null;
  }

  async function listen(patients: readonly string[]): Promise<void> {
    const url = offered();
    const wait = notBefore - now();
    // A clock that was put back holds nothing up.
    if (url === null || stopped || (wait > 0 && wait <= AGAIN_MS)) return;
    try {
      const ids = await wish(patients);
      if (line === null) await connect(url, ids);
      // Whom the line does not know yet: who came since, or what a HIS that was restored had forgotten.
      else if (isOpen) for (const id of ids) if (!bound.has(id)) line.send(`bind ${id}`);
    } catch (error) {
      rest();
      log(`nudges: ${error instanceof HisError ? error.failure.kind : "refused"}`);
    }
  }

  /**
   * Puts a Subscription for each question, by the same names each time. Only when the questions change or a third of its time
   * is over: each is an entry in the history that all PCs read, and a proxy may cut a silent line every minute.
   */
  async function wish(patients: readonly string[]): Promise<readonly string[]> {
    const groups = groupsOf(patients.toSorted(), GROUP);
    const criteria = nudgeCriteria(groups.length > MOST_GROUPS ? [] : groups);
    const key = criteria.join("\n");
    if (wished?.key === key && now() < wished.until) return wished.ids;
    const end = new Date(now() + LASTS_MS).toISOString();
    const ids: string[] = [];
    for (const [index, question] of criteria.entries()) {
      const id = `${parts.name}-${index}`;
      await his.send("PUT", `Subscription/${id}`, subscription(id, question, end));
      ids.push(id);
    }
    wished = { key, until: now() + RENEW_MS, ids };
    return ids;
  }

  async function connect(url: string, ids: readonly string[]): Promise<void> {
    let mine: HisSocket | null = null;
    let over = false;
    mine =
      (await his.listen?.(url, {
        opened: () => {
          isOpen = true;
          for (const id of ids) mine?.send(`bind ${id}`);
        },
        heard,
        closed: () => {
          over = true;
          if (line === mine) lost();
        },
      })) ?? null;
    line = over ? null : mine;
    if (stopped) line?.close();
  }

  function heard(text: string): void {
    const [word = "", id = "", ...more] = text.split(" ");
    // SECURITY: only what this PC asked for; anything else a HIS may say here means nothing.
    if (wished?.ids.includes(id) !== true) return;
    // The HIS does not know it any more, and may say why: it was restored, or has cleaned up.
    if (word === "error") wished = null;
    if (more.length > 0) return;
    if (word === "bound") bound.add(id);
    if (word === "ping") onNudge();
  }

  /** What happens while nobody listens is in the next round, which is soon; later the line is tried again. */
  function lost(): void {
    line = null;
    isOpen = false;
    bound.clear();
    rest();
  }
  function rest(): void {
    notBefore = now() + AGAIN_MS;
  }

  return {
    listen,
    stop() {
      stopped = true;
      line?.close();
    },
    state: () => (offered() === null ? "not-offered" : bound.size > 0 ? "listening" : "off"),
  };
}

function subscription(id: string, criteria: string, end: string): string {
  return JSON.stringify({
    resourceType: "Subscription",
    id,
    status: "requested",
    end,
    reason: "A ward's workstation keeps its records fresh",
    criteria,
    // CLINICAL and SECURITY: no payload: a nudge carries nothing of a patient.
    channel: { type: "websocket" },
  });
}
