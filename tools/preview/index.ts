import "../../electron/service/small-heaps.ts";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startService } from "../../electron/service/compose.ts";
import type { Service } from "../../electron/service/service.ts";
import { keepBadge } from "./badge-process.ts";
import { leaveWithParent } from "../start/leave.ts";
import { startPreview, type Preview, type PreviewOptions } from "./server.ts";

export { startPreview, type Preview, type PreviewOptions } from "./server.ts";

/** Messages between the preview's process and the one that started it. */
export type FromPreview =
  | { readonly kind: "link"; readonly link: string }
  /** Driven: the session left `open`; the page's process is to be ended, and `link` shown in a fresh one. */
  | { readonly kind: "locked"; readonly link: string }
  | { readonly kind: "note"; readonly text: string }
  /** Somebody enrols: an address for the system browser. */
  | { readonly kind: "browser"; readonly url: string };
export type ToPreview = { readonly kind: "renew-link" };

/** Where the preview likes to be; the next free port is taken when it is not to be had. */
const USUAL_PORT = 4180;
const NEXT_PORTS = 20;

/** The app in the preview shell, as a process of its own, so that it can be killed and started again. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "data-dir": { type: "string" },
      policy: { type: "string" },
      page: { type: "string", default: "out/page" },
      port: { type: "string" },
      version: { type: "string", default: "preview" },
      driven: { type: "boolean", default: false },
    },
  });
  const { "data-dir": dataDir, policy: policyFile, port, page: pageRoot, version, driven } = values;
  if (dataDir === undefined || policyFile === undefined)
    throw new Error("--data-dir and --policy are needed");
  const service = await startService({
    dataDir,
    policyFile,
    preview: true,
    version,
    openBrowser: (url) => tell({ kind: "browser", url }),
  });
  const badge = service.wishes().badge ? keepBadge(badgeEntry()) : null;
  if (badge !== null) joinBadge(service, badge);
  let preview: Preview;
  try {
    preview = await open(
      { service, pageRoot, port: Number(port ?? USUAL_PORT), driven },
      port !== undefined,
    );
  } catch (error) {
    await badge?.stop();
    await service.stop();
    throw error;
  }
  leaveWithParent(async () => {
    await preview.close();
    await badge?.stop();
    await service.stop();
  });
  if (driven) service.onLock(() => tell({ kind: "locked", link: preview.renewLink() }));
  tell({ kind: "link", link: preview.link });
  process.on("message", () => tell({ kind: "link", link: preview.renewLink() }));
}

/** A port that was asked for is taken or refused; the usual one gives way to the next. */
async function open(options: PreviewOptions, asked: boolean): Promise<Preview> {
  for (let port = options.port; ; port += 1) {
    try {
      const preview = await startPreview({ ...options, port });
      if (port !== options.port)
        tell({ kind: "note", text: `Port ${options.port} is taken; the preview is at ${port}.` });
      return preview;
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (asked)
        throw new Error(
          `Port ${port} is taken by another program. Choose another with --port, or leave it out.`,
          { cause: error },
        );
      if (port >= options.port + NEXT_PORTS)
        throw new Error(`Ports ${options.port} to ${port} are all taken.`, { cause: error });
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

function tell(message: FromPreview): void {
  if (process.send !== undefined) process.send(message);
  else if (message.kind === "note") console.log(message.text);
  else console.log(`Open ${message.kind === "browser" ? message.url : message.link}`);
}

/** Beside the preview's bundle when built, in the sources otherwise. */
function badgeEntry(): string {
  return fileURLToPath(
    import.meta.url.endsWith(".ts")
      ? new URL("../../electron/badge/index.ts", import.meta.url)
      : new URL("../badge/index.js", import.meta.url),
  );
}

/** Joins the service to the badge process, and to each one that takes its place. */
function joinBadge(service: Service, badge: ReturnType<typeof keepBadge>): void {
  const closed: (() => void)[] = [];
  service.badge({
    send: (message) => badge.post(message),
    onMessage: (listener) =>
      badge.onMessage({
        message: listener,
        lost() {
          for (const tellClosed of closed) tellClosed();
          joinBadge(service, badge);
        },
      }),
    onClose: (listener) => void closed.push(listener),
  });
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}
