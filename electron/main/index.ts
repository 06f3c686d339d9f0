import { join } from "node:path";
import {
  app,
  ipcMain,
  Menu,
  MessageChannelMain,
  powerMonitor,
  protocol,
  session,
  shell,
} from "electron";
import { PAGE_ASKS, PAGE_GETS } from "../../shared/shell.ts";
import { keepBadge } from "./badge-process.ts";
import { clearIfOurs } from "./clipboard.ts";
import { readOptions } from "./options.ts";
import { isOurs, PAGE_URL, SCHEME, STARTING_URL } from "./page-address.ts";
import { watchOs } from "./os-events.ts";
import { keepService } from "./service-process.ts";
import { confineEveryPage, raiseWalls } from "./walls.ts";
import { createPageWindow } from "./window.ts";

/** `out/`, seen from `out/main/index.js`. */
const out = join(import.meta.dirname, "..");

function start(): void {
  const options = readOptions(
    process.argv,
    app.isPackaged,
    app.getPath("userData"),
    process.platform,
  );
  // SECURITY: P1. A partition without "persist:" lives in memory: no cache, storage or cookie of the page on disk.
  const pageSession = session.fromPartition("page", { cache: false });
  raiseWalls(pageSession, join(out, "page"));
  Menu.setApplicationMenu(null);

  let ready = false;
  let portGivenTo: number | null = null;
  let badge: ReturnType<typeof keepBadge> | null = null;
  const service = keepService(
    join(out, "service", "index.js"),
    { kind: "start", ...options, version: app.getVersion() },
    {
      ready: ({ contentProtection, badge: wanted }) => {
        ready = true;
        page.protect(contentProtection);
        // A service that was started anew needs a port of its own.
        if (badge !== null) badge.reconnect();
        else if (wanted)
          badge = keepBadge(join(out, "badge", "index.js"), {
            connect: (port) => service.post({ kind: "badge" }, [port]),
          });
        // The window stands at the starting page: there is nothing to end.
        page.turnTo(PAGE_URL);
      },
      lock: (_reason, copied) => {
        page.replace(PAGE_URL);
        void clearIfOurs(copied);
      },
      openBrowser: (url) => {
        // SECURITY: P4. Only an address of the web: never a file, never another program's scheme.
        if (/^https?:$/u.test(new URL(url).protocol)) void shell.openExternal(url);
      },
      lost: () => {
        ready = false;
        page.replace(STARTING_URL);
      },
    },
  );
  const page = createPageWindow(pageSession, join(out, "preload", "index.cjs"), () => {
    service.post({ kind: "page-lost" });
    page.replace(ready ? PAGE_URL : STARTING_URL);
  });
  page.replace(STARTING_URL);

  ipcMain.on(PAGE_ASKS, (event) => {
    // SECURITY: P4. One port a page: for the main frame of the one window, showing our own address.
    const { sender, senderFrame } = event;
    if (!ready || sender.id !== page.contentsId() || portGivenTo === sender.id) return;
    if (senderFrame === null || senderFrame.parent !== null || !isOurs(senderFrame.url)) return;
    portGivenTo = sender.id;
    const { port1, port2 } = new MessageChannelMain();
    service.post({ kind: "connect" }, [port1]);
    senderFrame.postMessage(PAGE_GETS, null, [port2]);
  });

  watchOs((event) => service.post({ kind: "os", event }));
  const idle = setInterval(
    () => service.post({ kind: "idle", seconds: powerMonitor.getSystemIdleTime() }),
    1_000,
  );

  app.on("second-instance", () => page.focus());
  app.on("window-all-closed", () => app.quit());
  let stopped = false;
  app.on("will-quit", (event) => {
    if (stopped) return;
    event.preventDefault();
    clearInterval(idle);
    void badge?.stop();
    void service.stop().finally(() => {
      stopped = true;
      app.quit();
    });
  });
}

protocol.registerSchemesAsPrivileged([
  {
    scheme: SCHEME,
    privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: false },
  },
]);
app.enableSandbox();
// SECURITY: P1. No crash dump: it would hold the page's memory. No process shared between two windows of the page.
app.commandLine.appendSwitch("disable-breakpad");
app.commandLine.appendSwitch(
  "disable-features",
  "ProcessPerSiteUpToMainFrameThreshold,BackForwardCache",
);
confineEveryPage();

// Never awaited at the top level: in an ES module Electron would wait for itself.
if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();
