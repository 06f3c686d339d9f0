import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { constants, setPriority } from "node:os";

interface Ward {
  readonly id: string;
  readonly name: string;
  readonly nameAr: string;
}
interface Person {
  readonly id: string;
  readonly name: { readonly en: string };
  readonly pin: string;
}

/** The demo HIS in a process of its own. In a hospital it is another machine: here it takes what this one leaves. */
export interface BenchHis {
  readonly people: readonly Person[];
  /** The policy of a PC that serves every ward. */
  policy(workstation: string): Promise<object>;
  stop(): Promise<void>;
}

/** `idle`: it takes nothing that anybody else would have, where there is util-linux. */
export async function startBenchHis(
  folder: string,
  beds: number,
  { idle = false } = {},
): Promise<BenchHis> {
  const child = fork("tools/start/his-process.ts", ["--data", folder, "--beds", String(beds)], {
    stdio: ["ignore", 2, 2, "ipc"],
  });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const [{ controlUrl }] = (await once(child, "message")) as [{ controlUrl: string }];
  if (idle && child.pid !== undefined)
    spawnSync("chrt", ["--idle", "--all-tasks", "--pid", "0", String(child.pid)]);
  const get = async <T>(path: string): Promise<T> =>
    (await (await fetch(new URL(path, controlUrl))).json()) as T;
  const { people, wards } = await get<{ people: Person[]; wards: Ward[] }>("/control/state");
  return {
    people,
    policy: async (workstation) => ({
      ...(await get<object>(`/control/policy?workstation=${workstation}`)),
      wards: wards.map(({ id, name, nameAr }) => ({ id, name, nameAr })),
    }),
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
