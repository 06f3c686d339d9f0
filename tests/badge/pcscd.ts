import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { VirtualCard } from "./virtual-card.ts";

/** A private PC/SC daemon with one virtual reader of two slots. */
export interface CardReader {
  /** As PC/SC names the slots: `insert(card, slot)` goes by the place in this list. */
  readonly names: readonly [string, string];
  /** Lays the card on. The daemon's driver looks every 400 ms or so. */
  insert(card: VirtualCard, slot?: 0 | 1): Promise<CardOnReader>;
  /** SIGKILL to the daemon; cards that lay on the reader are off it. */
  kill(): Promise<void>;
  /** The daemon stops answering without dying (SIGSTOP), and goes on. */
  freeze(): void;
  thaw(): void;
  /** A new daemon after `kill`; without its reader, if one asks for that. */
  restart(options?: { withoutReader?: boolean }): Promise<void>;
  stop(): Promise<void>;
}

export interface CardOnReader {
  remove(): Promise<void>;
}

const DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const RUN = "/run/pcscd";
const LOCK = join(tmpdir(), "amanah-pcscd.lock");
const READER = "Amanah virtual reader";
const FOREIGN = "another pcscd runs on this machine";
const LOCK_PATIENCE_MS = 230_000;
const START_PATIENCE_MS = 10_000;

/** Why no reader can be had on this machine, or null. */
export function noCardReader(): string | null {
  if (process.platform !== "linux") return "pcscd with a virtual reader runs on Linux only";
  if (process.getuid?.() !== 0) return "pcscd needs root";
  if (!existsSync("/usr/sbin/pcscd") || !existsSync(DRIVER))
    return "the packages pcscd and vsmartcard-vpcd are not installed";
  if (alive(daemonOf(RUN)) && !existsSync(LOCK)) return FOREIGN;
  return null;
}

/** Starts the daemon. There can be one on a machine: a second caller waits until the first has stopped his. */
export async function startCardReader(): Promise<CardReader> {
  const obstacle = noCardReader();
  if (obstacle !== null) throw new Error(obstacle);
  await takeLock();
  if (alive(daemonOf(RUN))) {
    rmSync(LOCK, { force: true });
    throw new Error(FOREIGN);
  }
  const folder = mkdtempSync(join(tmpdir(), "amanah-pcscd-"));
  const port = await twoFreePorts();
  const sockets = new Set<Socket>();
  let daemon: ChildProcess | null = null;

  async function start(withoutReader: boolean): Promise<void> {
    const config = join(folder, "vpcd");
    rmSync(config, { force: true });
    if (!withoutReader) writeFileSync(config, configFor(port));
    clean();
    // It dies with us, whatever we die of: a daemon left behind would stand in everybody's way.
    const mine = spawn("/usr/bin/setpriv", ["--pdeathsig", "KILL", "pcscd", "-f", "-c", folder], {
      stdio: "ignore",
    });
    daemon = mine;
    await until("pcscd answers", () => {
      if (mine.exitCode !== null) throw new Error(`pcscd ended with ${mine.exitCode}`);
      return existsSync(join(RUN, "pcscd.comm")) && (withoutReader || listens(port + 1));
    });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    if (daemon === null || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const over = once(daemon, "exit");
    daemon.kill(signal);
    await over;
    daemon = null;
  }

  try {
    await start(false);
  } catch (error) {
    rmSync(LOCK, { force: true });
    throw error;
  }
  return {
    names: [`${READER} 00 00`, `${READER} 00 01`],
    async insert(card, slot = 0) {
      const socket = await layOn(card, port + slot);
      sockets.add(socket);
      return {
        async remove() {
          sockets.delete(socket);
          if (socket.closed) return;
          const closed = once(socket, "close");
          socket.destroy();
          await closed;
        },
      };
    },
    kill: () => end("SIGKILL"),
    freeze: () => void daemon?.kill("SIGSTOP"),
    thaw: () => void daemon?.kill("SIGCONT"),
    restart: async (options) => {
      await end("SIGKILL");
      await start(options?.withoutReader === true);
    },
    async stop() {
      daemon?.kill("SIGCONT");
      await end("SIGKILL");
      clean();
      rmSync(folder, { recursive: true, force: true });
      rmSync(LOCK, { force: true });
    },
  };
}

function configFor(port: number): string {
  const channel = `0x${port.toString(16).toUpperCase()}`;
  return [
    `FRIENDLYNAME "${READER}"`,
    `DEVICENAME /dev/null:${channel}`,
    `LIBPATH ${DRIVER}`,
    `CHANNELID ${channel}`,
    "",
  ].join("\n");
}

/** Speaks vpcd's protocol: two bytes of length, then one byte of control (0 off, 1 on, 2 reset, 4 ATR) or a command. */
async function layOn(card: VirtualCard, port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  const send = (bytes: Buffer) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    socket.write(Buffer.concat([length, bytes]));
  };
  let waiting = Buffer.alloc(0);
  socket.on("data", (data) => {
    waiting = Buffer.concat([waiting, data]);
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const end = 2 + waiting.readUInt16BE(0);
      const message = waiting.subarray(2, end);
      waiting = waiting.subarray(end);
      const answer =
        message.length === 1 ? (message[0] === 4 ? card.atr : null) : card.answer(message);
      if (answer !== null) send(answer);
    }
  });
  await once(socket, "connect");
  // A daemon that is killed resets the connection: for a card that is being taken off, and no fault of a test.
  socket.on("error", () => {});
  return socket;
}

async function takeLock(): Promise<void> {
  await until(
    "another run lets go of the reader",
    () => {
      try {
        writeFileSync(LOCK, String(process.pid), { flag: "wx" });
        return true;
      } catch {
        // Who held it may have been killed.
        const holder = numberIn(LOCK);
        if (holder !== null && !alive(holder)) rmSync(LOCK, { force: true });
        return false;
      }
    },
    LOCK_PATIENCE_MS,
  );
}

/** After a SIGKILL the daemon's socket and pid file lie about, and the next one would not start. */
function clean(): void {
  if (!existsSync(RUN) || alive(daemonOf(RUN))) return;
  for (const name of readdirSync(RUN)) rmSync(join(RUN, name), { force: true });
}

function daemonOf(run: string): number | null {
  return numberIn(join(run, "pcscd.pid"));
}

function numberIn(file: string): number | null {
  try {
    // pcscd ends its number with a zero byte.
    const number = Number.parseInt(readFileSync(file, "utf8"), 10);
    return Number.isInteger(number) && number > 0 ? number : null;
  } catch {
    return null;
  }
}

function alive(pid: number | null): boolean {
  return pid !== null && existsSync(`/proc/${pid}`);
}

/** Two ports beside each other, because the driver takes the next one for its second slot. */
async function twoFreePorts(): Promise<number> {
  for (;;) {
    const port = await tryPort(0);
    if (port !== null && (await tryPort(port + 1)) !== null) return port;
  }
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen(port, () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === "object" && address !== null ? address.port : null),
      );
    });
  });
}

/** Without connecting, which would be a card. */
function listens(port: number): boolean {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .some((line) => line.includes(local) && line.includes(" 0A "));
}

async function until(what: string, is: () => boolean, ms = START_PATIENCE_MS): Promise<void> {
  const end = performance.now() + ms;
  while (!is()) {
    if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await sleep(50);
  }
}
