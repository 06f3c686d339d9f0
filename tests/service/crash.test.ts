import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findPlainText } from "../../tools/smoke/plain-text.ts";
import { forkPc } from "./pc-process.ts";
import { nurseOf, openScene, shareKeychain, signIn, until, type Scene } from "./ward-pc.ts";

let scene: Scene;
beforeAll(async () => {
  await shareKeychain();
  scene = await openScene(2);
  // Whatever the account's limit: from here on, what this process starts may leave a core file behind.
  if (process.platform === "linux")
    execFileSync("prlimit", ["--pid", String(process.pid), "--core=unlimited:unlimited"]);
});
afterAll(async () => {
  await scene.close();
});

const onLinux = process.platform === "linux" && existsPrlimit();

test.runIf(onLinux)(
  "a service that crashes with a chart open leaves no file that names a patient or holds a PIN",
  async () => {
    const cwd = emptyFolder("cwd-crash");
    const tmp = emptyFolder("tmp-crash");
    const pc = await forkPc(scene, "pc-crash", {
      environment: {
        ...process.env,
        TMPDIR: tmp,
        // The worst a support call could have left behind.
        NODE_OPTIONS: "--report-on-fatalerror --report-uncaught-exception --report-on-signal",
      },
      cwd,
    });
    const nurse = nurseOf(scene.his);
    await signIn(pc.client, nurse);
    const board = await until(
      "the ward is loaded",
      () => pc.client.ward.board({}),
      ({ rows, loading }) => loading === 0 && rows.some(({ patient }) => patient !== null),
    );
    const patient = board.rows.find((row) => row.patient !== null)?.patient ?? "";
    const { banner, allergies } = await pc.client.patient.view({ patient });
    const canaries = [
      banner.name.family,
      banner.identifier ?? "",
      nurse.pin,
      ...allergies.map(({ substance }) => substance),
    ].filter((word) => word.length >= 5);
    expect(canaries.length).toBeGreaterThan(1);
    expect(await pc.crash()).toBe("SIGSEGV");

    const looked = [cwd, tmp, pc.dataDir];
    expect(readdirSync(cwd)).toEqual([]);
    expect(findPlainText(looked, canaries)).toEqual([]);
    // The same search finds a planted one.
    writeFileSync(join(tmp, "planted.dmp"), `\0\0${banner.name.family}\0`, "utf16le");
    expect(findPlainText(looked, canaries)).toEqual([
      { file: join(tmp, "planted.dmp"), canary: banner.name.family },
    ]);
  },
);

test.runIf(onLinux && coreFilesLieInTheFolder())(
  "on this very machine a process that forbids nothing does leave its memory behind, and the search finds it there",
  async () => {
    const cwd = emptyFolder("cwd-control");
    const canary = `canary-${process.pid}-of-nobody`;
    // Made in the child: neither its arguments nor its environment name it whole.
    const code = `globalThis.kept = ["canary", ${process.pid}, "of", "nobody"].join("-"); process.abort();`;
    const child = spawn(process.execPath, ["-e", code], { cwd, stdio: "ignore" });
    await once(child, "exit");
    expect(readdirSync(cwd)).toEqual([expect.stringMatching(/^core/u)]);
    expect(findPlainText([cwd], [canary]).map((leak) => leak.canary)).toContain(canary);
  },
);

function emptyFolder(name: string): string {
  const folder = join(scene.folder, name);
  mkdirSync(folder);
  return folder;
}

/** Elsewhere a program takes them (systemd-coredump), and the machine's folder would have to be searched. */
function coreFilesLieInTheFolder(): boolean {
  return readFileSync("/proc/sys/kernel/core_pattern", "utf8").startsWith("core");
}

function existsPrlimit(): boolean {
  try {
    execFileSync("prlimit", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
