import { fork } from "node:child_process";
import { join } from "node:path";

/** One resource that a workstation charted, as the HIS holds it. */
export interface Charted {
  readonly type: string;
  readonly id: string;
  readonly version: number;
}
interface Act {
  readonly uuid: string;
  readonly resources: readonly Charted[];
}
export interface Person {
  readonly id: string;
  readonly name: { readonly en: string; readonly ar: string };
  readonly pin: string;
}

/** The demo HIS in a process of its own, handled as an administrator would: through its control page. */
export interface HisProcess {
  readonly people: readonly Person[];
  setOutage(outage: boolean): Promise<void>;
  charted(): Promise<Charted[]>;
  policy(workstation: string): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export async function startHisProcess(folder: string, beds: number): Promise<HisProcess> {
  const child = fork(
    "tools/start/his-process.ts",
    ["--data", join(folder, "his"), "--beds", String(beds)],
    { stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  const controlUrl = await new Promise<string>((resolve, reject) => {
    child.once("message", (message: { controlUrl: string }) => resolve(message.controlUrl));
    child.once("exit", (code) =>
      reject(new Error(`The demo HIS ended at its start (${code ?? "signal"}).`)),
    );
  });
  const get = async <T>(path: string): Promise<T> =>
    (await fetch(new URL(path, controlUrl))).json() as Promise<T>;
  const state = () => get<{ people: Person[]; acts: Act[] }>("/control/state");
  return {
    people: (await state()).people,
    async setOutage(outage) {
      await fetch(new URL("/control/switches", controlUrl), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ outage }),
      });
    },
    async charted() {
      const all = (await state()).acts.flatMap(({ resources }) => resources);
      return [...new Map(all.map((resource) => [resource.id, resource])).values()];
    },
    policy: (workstation) => get(`/control/policy?workstation=${workstation}`),
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}
