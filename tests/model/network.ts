import type { Clock } from "./clock.ts";

/** What can befall one request. What is `done` at the HIS and what the workstation hears of it are two things. */
export const FAULTS = [
  /** Lost on the way there. */
  "drop",
  /** Done; the answer is lost. */
  "lose",
  /** The workstation gives up, and the request arrives after that. */
  "late",
  /** Done twice: a proxy tried again. */
  "twice",
  /** Done; half of the answer's body comes. */
  "cut",
  /** A portal's page with status 200 in the HIS's place. */
  "html",
  /** Done; the answer takes twenty seconds. */
  "slow",
  "400",
  "401",
  "404",
  "409",
  "422",
  "429",
  "500",
  "503",
] as const;
export type Fault = (typeof FAULTS)[number];

/** Which of a workstation's next requests it befalls. */
export interface Misfortune {
  readonly fault: Fault;
  readonly on: "read" | "write" | "any";
  left: number;
}

export interface Network {
  fetchOf(pc: number): typeof globalThis.fetch;
  /** Befalls the next requests of a workstation. */
  befall(pc: number, misfortune: Misfortune): void;
  /** Nobody can reach the HIS. */
  outage: boolean;
  /** The HIS starts anew: whatever was under way is lost. */
  restart(): void;
  /** From now on nothing goes wrong. */
  mend(): void;
  /** Acts as the HIS first took them, with the workstation they came from. */
  readonly taken: { readonly act: string; readonly pc: number }[];
  /** Acts that reached the HIS more than once although the workstation sent them once: by a proxy, or long after. */
  readonly repeated: ReadonlySet<string>;
  /** How often the HIS refused an act: for good, and for the time being. */
  readonly refused: ReadonlyMap<string, { final: number; passing: number }>;
  readonly requests: () => number;
  /** Requests the HIS is working on at this moment. */
  readonly busy: () => number;
}

/** The way between workstations and a HIS, in virtual time: requests overtake each other as latencies will have it. */
export function createNetwork(
  clock: Clock,
  random: () => number,
  his: { readonly fetch: typeof globalThis.fetch },
): Network {
  const misfortunes = new Map<number, Misfortune[]>();
  const refused = new Map<string, { final: number; passing: number }>();
  const repeated = new Set<string>();
  const taken: { act: string; pc: number }[] = [];
  let epoch = 0;
  let requests = 0;
  let busy = 0;

  const latency = (): number => 4 + Math.floor(random() * 40);
  const take = (pc: number, method: string): Fault | null => {
    const on = method === "GET" ? "read" : "write";
    const found = misfortunes
      .get(pc)
      ?.find((each) => each.left > 0 && (each.on === "any" || each.on === on));
    if (found === undefined) return null;
    found.left -= 1;
    return found.fault;
  };

  /** The HIS works on it now; null when it is out of reach. */
  async function work(
    pc: number,
    url: string,
    init: RequestInit | undefined,
  ): Promise<Response | null> {
    if (network.outage) return null;
    busy += 1;
    const answer = await his.fetch(url, init).finally(() => (busy -= 1));
    if (answer.ok && init?.method === "POST" && typeof init.body === "string")
      for (const act of actsIn(init.body))
        if (!taken.some((each) => each.act === act && each.pc === pc)) taken.push({ act, pc });
    return answer;
  }

  function send(pc: number, url: string, init: RequestInit | undefined): Promise<Response> {
    requests += 1;
    const fault = take(pc, init?.method ?? "GET");
    const begun = epoch;
    if ((fault === "late" || fault === "twice") && typeof init?.body === "string")
      for (const act of actsIn(init.body)) repeated.add(act);
    return new Promise((resolve, reject) => {
      const cut = (): void => reject(unreachable("ECONNRESET"));
      const come = (answer: Response, ms = latency()): void =>
        void clock.after(ms, () => (epoch === begun ? resolve(answer) : cut()));
      const arrive = async (): Promise<void> => {
        if (network.outage)
          return void clock.after(latency(), () => reject(unreachable("ECONNREFUSED")));
        if (epoch !== begun) return cut();
        if (fault === "drop") return void clock.after(latency(), cut);
        if (fault === "late") {
          clock.after(30_000, () => reject(unreachable("UND_ERR_BODY_TIMEOUT")));
          clock.after(31_000 + random() * 60_000, () => void work(pc, url, withoutSignal(init)));
          return;
        }
        if (fault === "html") return come(portal(clock.now()));
        if (fault !== null && /^\d/u.test(fault)) {
          noteRefusal(init?.body, fault);
          return come(refusal(fault, clock.now()));
        }
        const answer = await work(pc, url, withoutSignal(init));
        if (answer === null) return cut();
        if (fault === "twice") await work(pc, url, withoutSignal(init));
        if (fault === "lose") return void clock.after(latency(), cut);
        come(fault === "cut" ? await half(answer) : answer, fault === "slow" ? 20_000 : undefined);
      };
      clock.after(latency(), () => void arrive().catch(reject));
    });
  }

  function noteRefusal(body: unknown, fault: string): void {
    if (typeof body !== "string") return;
    for (const act of actsIn(body)) {
      const held = refused.get(act) ?? { final: 0, passing: 0 };
      if (["409", "500"].includes(fault)) held.passing += 1;
      else if (["400", "404", "422"].includes(fault)) held.final += 1;
      refused.set(act, held);
    }
  }

  const network: Network = {
    fetchOf: (pc) => async (input, init) =>
      await send(pc, input instanceof Request ? input.url : String(input), init),
    befall(pc, misfortune) {
      misfortunes.set(pc, [...(misfortunes.get(pc) ?? []), { ...misfortune }]);
    },
    outage: false,
    restart() {
      epoch += 1;
    },
    mend() {
      misfortunes.clear();
      network.outage = false;
    },
    taken,
    repeated,
    refused,
    requests: () => requests,
    busy: () => busy,
  };
  return network;
}

/** The acts whose resources a transaction or batch carries. */
function actsIn(body: string): string[] {
  const found = body.matchAll(/"urn:amanah:act-set","value":"([^"]+)"/gu);
  return [...new Set([...found].flatMap(([, act]) => act ?? []))];
}

// What was sent is sent: a workstation that dies or gives up does not call it back.
function withoutSignal(init: RequestInit | undefined): RequestInit {
  const { signal: _signal, ...rest } = init ?? {};
  return rest;
}

function unreachable(code: string): TypeError {
  return Object.assign(new TypeError("fetch failed"), {
    cause: Object.assign(new Error(code), { code }),
  });
}

function refusal(status: string, now: number): Response {
  const issue = [
    { severity: "error", code: "processing", diagnostics: `made to answer ${status}` },
  ];
  return new Response(JSON.stringify({ resourceType: "OperationOutcome", issue }), {
    status: Number(status),
    headers: {
      "content-type": "application/fhir+json",
      date: new Date(now).toUTCString(),
      ...(["429", "503"].includes(status) && { "retry-after": "20" }),
    },
  });
}

function portal(now: number): Response {
  return new Response("<html>Please accept the terms of use.</html>", {
    headers: { "content-type": "text/html", date: new Date(now).toUTCString() },
  });
}

async function half(answer: Response): Promise<Response> {
  const text = await answer.text();
  return new Response(text.slice(0, text.length / 2), answer);
}
