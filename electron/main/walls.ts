import { randomBytes } from "node:crypto";
import { app, type Session } from "electron";
import { contentSecurityPolicy } from "../../shared/shell.ts";
import { isOurs, SCHEME, STARTING_URL } from "./page-address.ts";
import { pageHeaders, readPageFile } from "./page-files.ts";
import { startingPage } from "./starting-page.ts";

/**
 * The walls around the page, item by item of Electron's security checklist; what is per window is in `window.ts`.
 *
 * SECURITY: P4. The page can reach its own files and its one port; no network, no permission, no other window.
 */
export function raiseWalls(session: Session, pageRoot: string): void {
  session.protocol.handle(SCHEME, async (request) => {
    const { pathname } = new URL(request.url);
    const nonce = randomBytes(16).toString("base64");
    const policy = contentSecurityPolicy(nonce, "'none'");
    if (!isOurs(request.url) || request.method !== "GET") return new Response("", { status: 404 });
    if (request.url === STARTING_URL) {
      return new Response(startingPage(nonce), {
        headers: pageHeaders("text/html; charset=utf-8", policy),
      });
    }
    const file = await readPageFile(pageRoot, pathname, nonce, policy);
    const body = typeof file.body === "string" ? file.body : new Uint8Array(file.body);
    return new Response(body, { status: file.status, headers: file.headers });
  });
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, answer) => {
    const devTools = !app.isPackaged && details.url.startsWith("devtools:");
    answer({ cancel: !isOurs(details.url) && !devTools });
  });
  session.on("will-download", (event) => event.preventDefault());
}

/** For every web contents there will ever be, also those nobody meant to make. */
export function confineEveryPage(): void {
  app.on("web-contents-created", (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: "deny" }));
    contents.on("will-navigate", (event) => event.preventDefault());
    contents.on("will-redirect", (event) => event.preventDefault());
    contents.on("will-frame-navigate", (event) => event.preventDefault());
    contents.on("will-attach-webview", (event) => event.preventDefault());
  });
}
