// @ts-check
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** @typedef {"browser" | "keychain" | "compiler" | "reader"} Need */

/**
 * What each need is found by, what Debian calls it, and what is lost without it.
 *
 * @type {Record<Need, { packages: string[], there: () => boolean, without: string }>}
 */
const system = {
  browser: {
    packages: ["chromium"],
    there: () =>
      Boolean(process.env["CHROMIUM"]) ||
      ["chromium", "chromium-browser", "google-chrome"].some(onPath),
    without: "the tests in the browser are skipped (CHROMIUM may name another Chromium)",
  },
  keychain: {
    packages: ["dbus", "gnome-keyring"],
    there: () =>
      process.platform !== "linux" ||
      ["dbus-daemon", "dbus-send", "gnome-keyring-daemon"].every(onPath),
    without:
      "a running Secret Service is needed, and a private one for demo and tests cannot be started",
  },
  compiler: {
    packages: ["libssl-dev", "g++", "make", "python3"],
    there: () =>
      existsSync("/usr/include/openssl/evp.h") && ["g++", "make", "python3"].every(onPath),
    without: "the proof with Zetetic's own SQLCipher is skipped",
  },
  reader: {
    packages: ["pcscd", "libpcsclite1", "vsmartcard-vpcd"],
    there: () =>
      process.platform !== "linux" ||
      (existsSync("/usr/sbin/pcscd") && existsSync("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")),
    without: "the tests with a card reader are skipped",
  },
};

/**
 * Installs by apt what a command needs and the machine lacks, on Debian as root. Elsewhere it says what is missing and
 * what follows, and goes on: each command stops or skips for itself, with the reason.
 *
 * @param {Need[]} needs
 * @param {(text: string) => void} say
 * @returns {boolean} false when apt failed
 */
export function ensureSystem(needs, say) {
  const missing = needs.filter((need) => !system[need].there());
  if (missing.length === 0) return true;
  const packages = missing.flatMap((need) => system[need].packages);
  if (!existsSync("/etc/debian_version") || process.getuid?.() !== 0) {
    for (const need of missing) {
      say(`Missing: ${system[need].packages.join(", ")}. Without: ${system[need].without}.`);
    }
    say(
      existsSync("/etc/debian_version")
        ? `To get it: sudo apt-get install --no-install-recommends ${packages.join(" ")}`
        : "Those are Debian's names; install what your system calls them.",
    );
    return true;
  }
  say(`Installing ${packages.join(", ")} by apt (once) …`);
  apt(["update", "-qq"]);
  if (apt(["install", "-y", "-qq", "--no-install-recommends", ...packages])) return true;
  say(`apt-get install ${packages.join(" ")} failed; what apt said is above.`);
  return false;
}

/** @param {string[]} args */
function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync("apt-get", args, { stdio: ["ignore", 2, 2], env }).status === 0;
}

/** @param {string} program */
function onPath(program) {
  return (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, program)));
}
