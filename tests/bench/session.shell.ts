import "../../electron/service/small-heaps.ts";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createRouterClient } from "@orpc/server";
import { startService } from "../../electron/service/compose.ts";
import type { Service } from "../../electron/service/service.ts";
import { keepBadge } from "../../tools/preview/badge-process.ts";
import { startPreview } from "../../tools/preview/server.ts";
import { leaveWithParent } from "../../tools/start/leave.ts";
import { watchKeys, type Zeroed } from "./session.keys.ts";

/** What the shell under measurement says. Moments are milliseconds of `process.hrtime`, the machine's monotonic clock. */
export type FromShell =
  | { readonly kind: "link"; readonly link: string }
  /** The session left `open`: as the preview says it to whoever drives its browser. */
  | { readonly kind: "locked"; readonly link: string }
  | { readonly kind: "card-in"; readonly at: number }
  /** `at`: `SCardGetStatusChange` returned; `heard`: the service's process had the message. */
  | { readonly kind: "card-out"; readonly at: number; readonly heard: number }
  /** Asked at that moment for a ward's board, the service answered with `code`, at `answered`. */
  | {
      readonly kind: "refused";
      readonly at: number;
      readonly answered: number;
      readonly code: string;
    }
  /** What was zeroed since the lock. */
  | ({ readonly kind: "zeroed" } & Zeroed)
  | { readonly kind: "facts"; readonly facts: ShellFacts };

export interface ShellFacts {
  readonly state: string;
  /** `catching-up` while the first sync runs. */
  readonly connection: string;
  readonly done: number;
  readonly total: number;
  /** How long the Argon2id of the last sign-in took, with the site's parameters. */
  readonly kdfMs: number | null;
}

export type ToShell = { readonly kind: "facts" } | { readonly kind: "zeroed" };

const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/** The preview shell with its service, as `tools/preview/index.ts` starts it, and probes beside it. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "data-dir": { type: "string" },
      policy: { type: "string" },
      page: { type: "string" },
      badge: { type: "string" },
    },
  });
  const { "data-dir": dataDir, policy: policyFile, page: pageRoot, badge: badgeEntry } = values;
  if (!dataDir || !policyFile || !pageRoot || !badgeEntry) throw new Error("all four are needed");
  const service = await startService({ dataDir, policyFile, preview: true, version: "bench" });
  const client = createRouterClient(service.router);
  const keys = watchKeys(now);

  // Before the shell's own listener, so that the question is asked at the first moment there is.
  service.onLock(() => {
    const at = now();
    const told = (code: string) => tell({ kind: "refused", at, answered: now(), code });
    client.ward.board({}).then(
      () => told("ANSWERED"),
      (error: unknown) => told(codeOf(error)),
    );
    keys.arm();
  });
  const preview = await startPreview({ service, pageRoot, port: 0, driven: true });
  service.onLock(() => tell({ kind: "locked", link: preview.renewLink() }));
  const badge = keepBadge(fileURLToPath(new URL(badgeEntry, "file:///")));
  join(service, badge);

  leaveWithParent(async () => {
    await preview.close();
    await badge.stop();
    await service.stop();
  });
  process.on("message", (message: ToShell) => {
    if (message.kind === "zeroed") tell({ kind: "zeroed", ...keys.heard() });
    else void facts().then((told) => tell({ kind: "facts", facts: told }));
  });
  async function facts(): Promise<ShellFacts> {
    const { session, connection } = await client.status();
    return {
      state: session.state,
      connection: connection.state,
      done: connection.done ?? 0,
      total: connection.total ?? 0,
      kdfMs: (globalThis as { benchKdfs?: readonly number[] }).benchKdfs?.at(-1) ?? null,
    };
  }
  tell({ kind: "link", link: preview.link });
}

/** As `tools/preview` joins them, with an ear on the messages. */
function join(service: Service, badge: ReturnType<typeof keepBadge>): void {
  service.badge({
    send: (message) => badge.post(message),
    onMessage: (listener) =>
      badge.onMessage({
        message(message) {
          const heard = now();
          if (message.kind === "card-in") tell({ kind: "card-in", at: heard });
          if (message.kind === "card-out") tell({ kind: "card-out", at: message.at, heard });
          listener(message);
        },
        lost() {
          throw new Error("the badge process ended");
        },
      }),
    onClose: () => undefined,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** After whatever runs now: writing to the channel must not stand in the way of what is measured. */
function tell(message: FromShell): void {
  setImmediate(() => process.send?.(message));
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
