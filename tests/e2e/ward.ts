import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, type Browser } from "@playwright/test";
import { startSecretService, type SecretService } from "../../tools/start/secret-service.ts";
import { startHisProcess, type HisProcess, type Person, type Ward } from "./his.ts";
import { startApp, startDrivenPreview, whyNot, type App, type ShellName } from "./shells.ts";

/** One PC on the ward: its own keys, cache and policy. The app on it can be started, killed and started again. */
export interface Pc {
  /** As policy, the desk and its orders call it. */
  readonly name: string;
  readonly dataDir: string;
  /** Puts another join code into its policy, or takes it out; gives the one that was there. */
  setJoinCode(code: string | null): string | null;
  /** `driven`: the preview, in a browser of its own whose pages it ends itself. */
  start(options?: { readonly driven: boolean }): Promise<App>;
}
export interface PcOptions {
  /** Changes to the policy that the HIS's desk gives out. */
  readonly policy?: object;
  /** The wards it serves; only the first by default. */
  readonly wards?: readonly Ward[];
}

interface OfTest {
  readonly newPc: (options?: PcOptions) => Promise<Pc>;
  readonly nurse: Person;
  /** Somebody of the demo hospital, by her id. */
  readonly person: (id: string) => Person;
}
interface OfWorker {
  readonly shell: ShellName;
  readonly beds: number;
  readonly wards: number;
  readonly ward: { readonly his: HisProcess; readonly keychain: SecretService };
}

/** Every test has PCs of its own; the HIS and the keychain daemon are shared by the tests of one worker. */
export const test = base.extend<OfTest, OfWorker>({
  shell: ["preview", { option: true, scope: "worker" }],
  beds: [12, { option: true, scope: "worker" }],
  wards: [2, { option: true, scope: "worker" }],
  ward: [
    async ({ beds, wards }, use) => {
      const folder = mkdtempSync(join(tmpdir(), "amanah-e2e-"));
      const keychain = await startSecretService(join(folder, "keyring"));
      const his = await startHisProcess(folder, { beds, wards });
      await use({ his, keychain });
      await his.stop();
      keychain.close();
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 120_000 },
  ],
  nurse: async ({ ward }, use) => {
    const [nurse] = ward.his.people;
    if (nurse === undefined) throw new Error("The demo HIS has no clinicians.");
    await use(nurse);
  },
  person: async ({ ward }, use) => {
    await use((id) => {
      const found = ward.his.people.find((one) => one.id === id);
      if (found === undefined) throw new Error(`Nobody of the demo hospital is ${id}.`);
      return found;
    });
  },
  newPc: async ({ shell, ward, browser }, use, info) => {
    const missing = whyNot(shell);
    base.skip(missing !== null, missing ?? "");
    const folder = mkdtempSync(join(tmpdir(), "amanah-pc-"));
    const apps = new Set<App>();
    let pcs = 0;
    await use(async (options = {}) => {
      pcs += 1;
      const name = `pc-${info.workerIndex}-${info.testId.slice(0, 12)}-${info.retry}-${pcs}`;
      return newPc(join(folder, name), name, { shell, ward, browser, apps, ...options });
    });
    await ward.his.setOutage(false);
    await ward.his.setApproves(true);
    for (const app of apps) await app.stop().catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  },
});
export { expect } from "@playwright/test";

async function newPc(
  folder: string,
  name: string,
  setting: PcOptions &
    Pick<OfWorker, "shell" | "ward"> & { readonly browser: Browser; readonly apps: Set<App> },
): Promise<Pc> {
  const policyFile = join(folder, "policy.json");
  mkdirSync(folder, { recursive: true });
  const wards = setting.wards?.map(({ id, name: called, nameAr }) => ({
    id,
    name: called,
    nameAr,
  }));
  const policy = await setting.ward.his.policy(name);
  writeFileSync(
    policyFile,
    // What happens at the HIS is seen here soon.
    JSON.stringify({
      ...policy,
      sync: { intervalSeconds: 2 },
      ...setting.policy,
      ...(wards && { wards }),
    }),
  );
  const place = {
    dataDir: join(folder, "ward"),
    policyFile,
    scratch: folder,
    environment: setting.ward.keychain.environment,
  };
  return {
    name,
    dataDir: place.dataDir,
    setJoinCode(code) {
      const before = JSON.parse(readFileSync(policyFile, "utf8")) as {
        join: { code: string | null };
      };
      writeFileSync(policyFile, JSON.stringify({ ...before, join: { ...before.join, code } }));
      return before.join.code;
    },
    async start(options) {
      const { shell, browser } = setting;
      const app =
        options?.driven === true
          ? await startDrivenPreview(place)
          : await startApp(shell, place, browser);
      setting.apps.add(app);
      return app;
    },
  };
}
