import koffi from "koffi";

/** `getrlimit(2)`: the size of a core file. The same number on Linux and macOS. */
const RLIMIT_CORE = 4;
/** `prctl(2)`. */
const PR_SET_DUMPABLE = 4;
/** `SetErrorMode`: no dialog, and no Windows Error Reporting with its dump, for a fault of this process. */
const SEM_FAILCRITICALERRORS_NOGPFAULTERRORBOX = 0x0003;

/**
 * SECURITY: P1. A dump of this process is the vault key and the open chart in clear. Tells the OS and Node to make none, for
 * this process and (the limit) for what it starts. What cannot be told is logged for IT and hinders no start: nothing here
 * makes the records less safe at rest.
 *
 * `PR_SET_DUMPABLE` beside the limit: a core file that goes to a program (systemd-coredump) does not ask for the limit, and
 * no other process of the same account may read this one's memory. Not covered: what the system dumps as a whole.
 */
export function forbidDumps(log: (message: string) => void): void {
  const { report } = process;
  report.reportOnFatalError = false;
  report.reportOnUncaughtException = false;
  report.reportOnSignal = false;
  const flags = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
  if (/--heapsnapshot-|--heap-prof|--abort-on-uncaught/u.test(flags))
    log(`crash dumps: Node was started with options that write memory to disk: ${flags}`);
  try {
    if (process.platform === "win32") forbidOnWindows();
    else forbidOnUnix(process.platform);
  } catch (error) {
    log(`crash dumps: could not be switched off: ${error instanceof Error ? error.message : ""}`);
  }
}

function forbidOnUnix(platform: NodeJS.Platform): void {
  const libc = koffi.load(platform === "darwin" ? "/usr/lib/libSystem.B.dylib" : null);
  const limit = koffi.struct({ now: "uint64_t", most: "uint64_t" });
  const setrlimit = libc.func("setrlimit", "int", ["int", koffi.pointer(limit)]);
  refuse("setrlimit", setrlimit(RLIMIT_CORE, { now: 0, most: 0 }));
  if (platform !== "linux") return;
  const prctl = libc.func("int prctl(int option, ...)");
  const nothing = ["unsigned long", 0] as const;
  refuse("prctl", prctl(PR_SET_DUMPABLE, ...nothing, ...nothing, ...nothing, ...nothing));
}

function forbidOnWindows(): void {
  const setErrorMode = koffi.load("kernel32.dll").func("SetErrorMode", "uint32", ["uint32"]);
  setErrorMode(SEM_FAILCRITICALERRORS_NOGPFAULTERRORBOX);
}

function refuse(name: string, answer: unknown): void {
  if (answer !== 0) throw new Error(`${name} answered ${String(answer)}`);
}
