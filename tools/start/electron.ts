import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An Electron runtime on this machine, or why there is none. */
export type ElectronRuntime = { readonly executable: string } | { readonly absent: string };

const DOWNLOAD_PATIENCE_MS = 120_000;

/** Looks for a runtime without loading the `electron` package, which would download one at once. */
export function findElectron(environment: NodeJS.ProcessEnv = process.env): ElectronRuntime {
  const override = environment["ELECTRON_OVERRIDE_DIST_PATH"];
  const name =
    { win32: "electron.exe", darwin: "Electron.app/Contents/MacOS/Electron" }[
      process.platform as string
    ] ?? "electron";
  const folder = override ?? join("node_modules", "electron", "dist");
  const executable = join(folder, name);
  return existsSync(executable)
    ? { executable }
    : {
        absent: `no Electron binary at ${executable} (ELECTRON_OVERRIDE_DIST_PATH may name a folder that has one)`,
      };
}

/** Whether a window can be shown here at all. */
export function hasDisplay(environment: NodeJS.ProcessEnv = process.env): boolean {
  return (
    process.platform !== "linux" ||
    Boolean(environment["DISPLAY"] ?? environment["WAYLAND_DISPLAY"])
  );
}

/**
 * Has Electron's own installer fetch the binary, once: where it could not be had the reason is kept in `stamp` and later
 * starts do not wait again.
 */
export function fetchElectron(stamp: string, say: (text: string) => void): ElectronRuntime {
  const found = findElectron();
  if ("executable" in found) return found;
  const version = electronVersion();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === version) {
    return {
      absent: `Electron ${version} could not be downloaded before (delete ${stamp} to try again)`,
    };
  }
  say(`Fetching Electron ${version} (once, about 110 MB) …`);
  const installer = join("node_modules", "electron", "install.js");
  const installed = spawnSync(process.execPath, [installer], {
    stdio: "ignore",
    timeout: DOWNLOAD_PATIENCE_MS,
  });
  const fetched = findElectron();
  if ("executable" in fetched && installed.status === 0) return fetched;
  writeFileSync(stamp, version);
  return { absent: `Electron ${version} could not be downloaded` };
}

function electronVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join("node_modules", "electron", "package.json"), "utf8"),
  );
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "unknown";
}
