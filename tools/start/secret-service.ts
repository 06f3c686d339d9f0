import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A Secret Service for child processes: pass `environment` to them. */
export interface SecretService {
  readonly environment: NodeJS.ProcessEnv;
  /** False where the machine's own keychain serves. */
  readonly private: boolean;
  close(): void;
}

/** Debian's names of the programs a private Secret Service needs. */
const PROGRAMS = {
  "dbus-daemon": "dbus",
  "dbus-send": "dbus",
  "gnome-keyring-daemon": "gnome-keyring",
};

/** As a desktop's session bus, almost none: a test has many PCs, each with connections of its own, and the default is 256. */
const LIMITS = [
  "max_completed_connections",
  "max_connections_per_user",
  "max_names_per_connection",
  "max_match_rules_per_connection",
  "max_replies_per_connection",
];

/**
 * A session bus that starts no service by itself: while our daemon is away, the desktop's own would be started in its place,
 * without the password, and would keep the name: "no result found" until the end.
 */
const busConfig = (address: string): string => `<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>${address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
${LIMITS.map((name) => `  <limit name="${name}">100000</limit>`).join("\n")}
</busconfig>
`;

/** Before a daemon that ended is started again: one that cannot start must not be tried without a breath. */
const KEYRING_PAUSE_MS = 200;

/** The machine's own keychain where one answers, otherwise a private one under `folder`. Throws if neither can be had. */
export async function useSecretService(folder: string): Promise<SecretService> {
  if (process.platform !== "linux" || ownsSecrets(process.env)) {
    return { environment: { ...process.env }, private: false, close: () => {} };
  }
  return startSecretService(folder);
}

/**
 * A real Secret Service (D-Bus and gnome-keyring-daemon) of its own, on a machine without a desktop. Its keyring file stays
 * in `folder`, so that the next start finds the same keys; sockets are new each time, so none can be stale.
 *
 * SECURITY: the keyring's password lies beside it. That is right for a demo and for tests only: on a ward PC the keychain
 * is unlocked at logon by the OS.
 */
export async function startSecretService(folder: string): Promise<SecretService> {
  const missing = Object.entries(PROGRAMS).filter(([program]) => !onPath(program));
  if (missing.length > 0) {
    const packages = [...new Set(missing.map(([, debian]) => debian))].join(" ");
    throw new Error(
      `No Secret Service runs here, and a private one needs: ${packages} (Debian: apt-get install ${packages})`,
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const runtime = mkdtempSync(join(tmpdir(), "amanah-bus-"));
  const children: ChildProcess[] = [];
  let closed = false;
  const close = (): void => {
    closed = true;
    for (const child of children) child.kill("SIGKILL");
    rmSync(runtime, { recursive: true, force: true });
  };
  const address = `unix:path=${join(runtime, "bus")}`;
  const config = join(runtime, "bus.conf");
  writeFileSync(config, busConfig(address));
  const environment = {
    ...process.env,
    DBUS_SESSION_BUS_ADDRESS: address,
    XDG_RUNTIME_DIR: runtime,
  };

  // gnome-keyring-daemon was seen to crash when several PCs ask at once. On a desktop the session starts it anew; here we do.
  function startKeyring(): void {
    const keyring = tethered(
      "gnome-keyring-daemon",
      [
        "--foreground",
        "--unlock",
        "--components=secrets",
        `--control-directory=${join(runtime, "control")}`,
      ],
      { ...environment, HOME: folder, XDG_DATA_HOME: join(folder, "data") },
    );
    children.push(keyring);
    keyring.stdin?.end(password(folder));
    keyring.once("exit", (code, signal) => {
      if (closed) return;
      console.error(`The private Secret Service ended (${signal ?? code}); it is started again.`);
      setTimeout(() => {
        if (!closed) startKeyring();
      }, KEYRING_PAUSE_MS);
    });
  }

  try {
    children.push(
      tethered("dbus-daemon", [`--config-file=${config}`, "--nofork", "--nopidfile"], environment),
    );
    await until(() => existsSync(join(runtime, "bus")), "dbus-daemon");
    startKeyring();
    await until(() => ownsSecrets(environment), "gnome-keyring-daemon");
  } catch (error) {
    close();
    throw error;
  }
  return { environment, private: true, close };
}

/** Ends with us, also when we are killed: two daemons on one keyring file would overwrite each other. */
function tethered(program: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  // Detached: a Ctrl-C in the terminal is not theirs; the app still needs its keychain while it closes its files.
  const options: SpawnOptions = { env, stdio: ["pipe", "ignore", "ignore"], detached: true };
  return onPath("setpriv")
    ? spawn("setpriv", ["--pdeathsig", "KILL", program, ...args], options)
    : spawn(program, args, options);
}

function password(folder: string): string {
  const file = join(folder, "password");
  if (!existsSync(file))
    writeFileSync(file, randomBytes(18).toString("base64url"), { mode: 0o600 });
  return readFileSync(file, "utf8");
}

function ownsSecrets(env: NodeJS.ProcessEnv): boolean {
  if (env["DBUS_SESSION_BUS_ADDRESS"] === undefined) return false;
  const asked = spawnSync(
    "dbus-send",
    [
      "--session",
      "--print-reply=literal",
      "--dest=org.freedesktop.DBus",
      "/org/freedesktop/DBus",
      "org.freedesktop.DBus.NameHasOwner",
      "string:org.freedesktop.secrets",
    ],
    { env, encoding: "utf8", timeout: 5_000 },
  );
  return asked.status === 0 && asked.stdout.includes("true");
}

function onPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, program)));
}

async function until(ready: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (ready()) return;
    await sleep(50);
  }
  throw new Error(`${what} did not start; the demo's keychain is not available`);
}
