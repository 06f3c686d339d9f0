import { app, BrowserWindow, type Session } from "electron";

/** The lock screen's own ground, so that a fresh window covers the page before it has drawn anything. */
const COVER = "#0b3b4a";

/** The one window. A page is never navigated away: it is replaced, with its process. */
export function createPageWindow(
  session: Session,
  preload: string,
  onLost: (contentsId: number) => void,
) {
  let current: BrowserWindow | null = null;
  /** SECURITY: P1. Black in screenshots and screen sharing until policy says otherwise. */
  let isProtected = true;
  /** One load after the other: a load that breaks another off would count as the page's own navigation. */
  let loading = Promise.resolve();

  async function load(window: BrowserWindow, url: string): Promise<void> {
    try {
      if (window === current) await window.loadURL(url);
    } catch {
      // Replaced before it had loaded: the newer window shows.
    }
  }

  function open(): BrowserWindow {
    const window = new BrowserWindow({
      width: 1366,
      height: 768,
      minWidth: 1024,
      minHeight: 640,
      backgroundColor: COVER,
      title: "Amanah",
      ...(current === null ? {} : current.getBounds()),
      webPreferences: {
        // SECURITY: P4. Written out although they are the defaults: reading this is the proof.
        preload,
        session,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        // The spelling checker would fetch dictionaries and keep what was typed.
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    });
    window.setContentProtection(isProtected);
    const { id } = window.webContents;
    window.webContents.on("render-process-gone", () => {
      if (current === window) onLost(id);
    });
    return window;
  }

  return {
    /** The web contents whose port requests are heard; null while there is no window. */
    contentsId: (): number | null => (current === null ? null : current.webContents.id),

    /**
     * Covers what is on screen with a fresh window, ends the old page's process, and only then loads `url`: so the new
     * page can never share the old one's process.
     */
    replace(url: string): void {
      const old = current;
      const fresh = open();
      current = fresh;
      if (old !== null) {
        // SECURITY: P5. The process is killed, not asked: memory of the page goes with it.
        old.webContents.forcefullyCrashRenderer();
        old.destroy();
      }
      fresh.on("closed", () => {
        if (current === fresh) current = null;
      });
      loading = load(fresh, url);
    },

    /** Shows `url` in the window there is, which must hold nothing of a patient: the page told while the service starts. */
    turnTo(url: string): void {
      const window = current;
      if (window === null) this.replace(url);
      else loading = loading.then(() => load(window, url));
    },

    /** Whether the OS keeps the window out of screenshots and screen sharing (Windows and macOS can). */
    protect(wanted: boolean): void {
      isProtected = wanted;
      current?.setContentProtection(wanted);
    },

    focus(): void {
      if (current?.isMinimized() === true) current.restore();
      current?.focus();
    },
  };
}
