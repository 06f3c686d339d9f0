// @ts-check
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Makes `node_modules` what the lock file says, by `npm ci`, unless it is already. npm writes its own account of what it
 * installed last of all, so an installation that was broken off is seen as well.
 *
 * @param {string} root
 * @param {(text: string) => void} say
 * @returns {boolean} false when it could not be done; then it was said why
 */
export function ensurePackages(root, say) {
  if (installed(root)) return true;
  say("Installing the packages of package-lock.json (once, about half a minute) …");
  const npm = process.env["npm_execpath"];
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const windows = process.platform === "win32";
  /** npm talks on stderr only: stdout may be promised to one JSON object. @type {import("node:child_process").SpawnSyncOptions} */
  const options = { cwd: root, stdio: ["ignore", 2, 2] };
  const result = npm?.endsWith("js")
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync(windows ? "npm.cmd" : "npm", args, { ...options, shell: windows });
  if (result.status === 0 && installed(root)) return true;
  say(
    `npm ci failed${result.error ? ` (${result.error.message})` : ""}. What npm said is above; a registry must be reachable.`,
  );
  return false;
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} Locked
 * @param {string} root
 */
function installed(root) {
  const account = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(account)) return false;
  const wanted = read(join(root, "package-lock.json"));
  const have = read(account);
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const found = have[path];
    // Optional packages are for other platforms where they are absent.
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/** @param {string} file @returns {Record<string, Locked>} */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
  } catch {
    return {};
  }
}
