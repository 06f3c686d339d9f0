import type { WorkstationView } from "../../../shared/contract/index.ts";
import type { Policy, PolicyReading } from "../policy/index.ts";
import { localInstant } from "./clock.ts";
import { sizeOf, type Files } from "./files.ts";
import type { Running } from "./running-types.ts";
import type { Hindrance } from "./status.ts";
import { syncLines, syncView, type HeldType } from "./sync-view.ts";

export interface WorkstationRoom {
  readonly running: () => Running | null;
  readonly hindrance: () => Hindrance | null;
  readonly policy: () => Policy;
  readonly reading: () => PolicyReading;
  readonly files: Files;
  readonly backend: string;
  readonly version: string;
}

const NO_TRAIL: WorkstationView["audit"] = {
  entries: 0,
  signedTo: null,
  signedAt: null,
  breaks: [],
  unsent: 0,
  refused: 0,
  check: { state: "never", checked: 0, of: 0, at: null, whole: null, broken: null },
};

/** SQLCipher 4's defaults; `tests/interop` proves them with Zetetic's own library. */
const CIPHER = "SQLCipher 4 (AES-256-CBC, HMAC-SHA-512, 4096-byte pages, raw key)";

function knowledgeOf(here: Running | null): WorkstationView["knowledge"] {
  const pack = here?.site.knowledge() ?? null;
  if (here === null || pack === null) return null;
  const { version, title, validTo } = pack;
  return { version, title, validTo, expired: Date.parse(validTo) < here.time.now().getTime() };
}

/** What IT sees of this PC: facts, none of a patient. */
export function createWorkstation(room: WorkstationRoom): {
  workstation(): Promise<WorkstationView>;
  diagnostics(): Promise<{ text: string }>;
  checkTrail(): Promise<Record<string, never>>;
} {
  const { files, running } = room;

  async function workstation(): Promise<WorkstationView> {
    const here = running();
    const hindrance = room.hindrance();
    const reading = room.reading();
    const keychainBroken = hindrance?.obstacle.startsWith("key") ?? false;
    return {
      policy: [...reading.sources],
      policyProblem: reading.problem,
      keychain: {
        backend: room.backend,
        ok: !keychainBroken,
        detail: keychainBroken ? (hindrance?.detail ?? null) : null,
      },
      files: [
        { name: "journal.db", bytes: sizeOf(files.journal), cipher: CIPHER, damaged: 0 },
        {
          name: "chart.db",
          bytes: sizeOf(files.chart),
          cipher: CIPHER,
          damaged: here?.damagedPages() ?? 0,
        },
      ],
      versions: {
        amanah: room.version,
        node: process.versions.node,
        ...(process.versions["electron"] !== undefined && {
          electron: process.versions["electron"],
        }),
      },
      sync: syncView({
        cursors: (await here?.journal.cursors()) ?? [],
        held: here === null ? null : await heldBy(here),
        acts: (await here?.journal.acts({ acknowledged: false })) ?? [],
        report: here?.sync()?.report() ?? null,
        connection: here?.sync()?.view() ?? null,
      }),
      knowledge: knowledgeOf(here),
      inboxPages: (await here?.journal.inboxSize())?.pages ?? 0,
      audit: (await here?.trail.view()) ?? NO_TRAIL,
    };
  }

  /** Lines to hand to support: names of types and numbers, never of people. */
  async function diagnostics(): Promise<{ text: string }> {
    await running()?.trail.check();
    const view = await workstation();
    const hindrance = room.hindrance();
    const lines = [
      `Amanah ${room.version} at ${localInstant(new Date())}`,
      `1. policy: ${view.policyProblem ?? "in force"}`,
      `2. keychain: ${view.keychain.backend}, ${view.keychain.ok ? "answers" : view.keychain.detail}`,
      `3. obstacle: ${hindrance === null ? "none" : `${hindrance.obstacle}: ${hindrance.detail}`}`,
      ...view.files.map(({ name, bytes, damaged }) =>
        [`4. ${name}: ${bytes} bytes`, `${damaged} damaged pages since the start`].join(", "),
      ),
      `5. HIS: ${running()?.sync()?.view().state ?? "not started"}; inbox: ${view.inboxPages} pages`,
      ...syncLines(view.sync),
      `6. audit: ${trailInWords(view.audit)}`,
      ...view.policy.map(({ key, value, source }) => `   ${key} = ${value} (${source})`),
    ];
    return { text: lines.join("\n") };
  }

  return {
    workstation,
    diagnostics,
    checkTrail() {
      // Not awaited: a page asks how far it is.
      void running()?.trail.check();
      return Promise.resolve({});
    },
  };
}

function trailInWords({ entries, signedTo, breaks, check }: WorkstationView["audit"]): string {
  const found = check.broken === null ? check.state : `${check.broken.how} at ${check.broken.at}`;
  return `${entries} entries, signed to ${signedTo ?? "none"}, ${check.whole === true ? "whole" : found}, breaks before: ${breaks.length}`;
}

/** Null while the vault is closed, or when the chart cannot be read just now: that is another line of this screen. */
async function heldBy(here: Running): Promise<readonly HeldType[] | null> {
  try {
    return await here.records.read((reader) => reader.held());
  } catch {
    return null;
  }
}
