import { powerMonitor, screen } from "electron";
import type { OsEvent } from "../../shared/shell.ts";

/**
 * What the OS says that concerns the session, as Electron tells it. Untested on a real OS: the events and the platforms
 * they come on are the documentation's.
 */
export function watchOs(tell: (event: OsEvent) => void): void {
  for (const event of ["lock-screen", "unlock-screen", "suspend", "resume", "shutdown"] as const)
    powerMonitor.on(event as "suspend", () => tell(event));
  // macOS says so when fast user switching takes the screen. On Windows a session that is disconnected or taken over by a
  // remote one is locked by the OS, which comes as `lock-screen`.
  powerMonitor.on("user-did-resign-active", () => tell("remote-session"));
  // No event tells of a dark screen on every OS; the last display going away (switched off, unplugged, lid closed) does.
  screen.on("display-removed", () => {
    if (screen.getAllDisplays().length === 0) tell("display-off");
  });
}
