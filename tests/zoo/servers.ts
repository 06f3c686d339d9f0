import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { PERSONALITIES, personalityNamed, startHis } from "../../tools/his/index.ts";
import { QUICK_KDF, joinWorkstation } from "../../tools/his/test-workstation.ts";
import type { PersonalityName } from "../../tools/his/index.ts";
import { serverAt } from "./server.ts";
import type { Server } from "./server.ts";

/** The servers that are tried: the one in `FHIR_BASE_URL` (with `FHIR_TOKEN`), else the demo HIS in each personality. */
export interface Zoo {
  readonly names: readonly string[];
  open(): Promise<void>;
  /** From now on that server is asked. */
  server(name: string): Server;
  close(): Promise<void>;
}

/** Those of the short form; what the others do reaches this client by the same ways, and is asked with `--long`. */
const SHORT: readonly PersonalityName[] = [
  "plain",
  "medplum",
  "batches-empty",
  "shifting",
  "late",
  "html",
  "exists-412",
  "doubling",
];

export function zooOf(environment: NodeJS.ProcessEnv, isLong: boolean): Zoo {
  const url = environment["FHIR_BASE_URL"];
  return url === undefined
    ? demoZoo(isLong ? Object.keys(PERSONALITIES) : SHORT)
    : oneServer(url, environment["FHIR_TOKEN"] ?? null);
}

function oneServer(url: string, token: string | null): Zoo {
  return {
    names: [url],
    open: async () => {},
    server: (name) =>
      serverAt(
        name,
        url,
        async () => token,
        async (seconds) => await delay(seconds * 1000),
      ),
    close: async () => {},
  };
}

function demoZoo(names: readonly string[]): Zoo {
  const folder = mkdtempSync(join(tmpdir(), "zoo-"));
  let ahead = 0;
  let opened: Awaited<ReturnType<typeof start>> | null = null;
  let bearer = { text: "", until: 0 };

  async function start() {
    const now = (): Date => new Date(Date.now() + ahead);
    const his = await startHis({ dataDir: folder, beds: 1, kdf: QUICK_KDF, now });
    return { his, pc: await joinWorkstation(his) };
  }
  function running(): Awaited<ReturnType<typeof start>> {
    if (opened === null) throw new Error("The zoo is not open");
    return opened;
  }
  /** A token lives five minutes. */
  async function token(): Promise<string> {
    if (bearer.until < performance.now()) {
      const { pc } = running();
      const answer = await pc.token(await pc.assertion());
      const { access_token: text } = (await answer.json()) as { access_token: string };
      bearer = { text, until: performance.now() + 120_000 };
    }
    return bearer.text;
  }
  return {
    names,
    async open() {
      opened = await start();
    },
    server(name) {
      const { his } = running();
      his.behave(personalityNamed(name));
      return serverAt(name, his.baseUrl, token, async (seconds) => {
        ahead += seconds * 1000;
      });
    },
    async close() {
      await opened?.his.close();
      rmSync(folder, { recursive: true });
    },
  };
}
