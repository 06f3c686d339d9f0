import { parseArgs } from "node:util";
import { startService } from "../../electron/service/compose.ts";
import { leaveWithParent } from "../start/leave.ts";
import { startPreview, type Preview, type PreviewOptions } from "./server.ts";

export { startPreview, type Preview, type PreviewOptions } from "./server.ts";

/** Messages between the preview's process and the one that started it. */
export type FromPreview =
  | { readonly kind: "link"; readonly link: string }
  | { readonly kind: "note"; readonly text: string };
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
    },
  });
  const { "data-dir": dataDir, policy: policyFile, port, page: pageRoot, version } = values;
  if (dataDir === undefined || policyFile === undefined)
    throw new Error("--data-dir and --policy are needed");
  const service = await startService({ dataDir, policyFile, preview: true, version });
  let preview: Preview;
  try {
    preview = await open(
      { service, pageRoot, port: Number(port ?? USUAL_PORT) },
      port !== undefined,
    );
  } catch (error) {
    await service.stop();
    throw error;
  }
  leaveWithParent(async () => {
    await preview.close();
    await service.stop();
  });
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
  else console.log(message.kind === "link" ? `Open ${message.link}` : message.text);
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}
