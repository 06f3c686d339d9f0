/** A site over a real encrypted journal, for this room's tests. Never shipped. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { link } from "../audit/index.ts";
import { openJournal, type Journal, type Remote } from "../store/index.ts";
import { makeHospital, memoryKeychain, NOW, SITE, WORKSTATION } from "../testing/index.ts";
import type { DeviceSecrets } from "../vault/index.ts";
import { openSite, type SiteRoom } from "./site.ts";

export const PEPPER = new Uint8Array(32).fill(0x33);
export const DEVICE_KEY = new Uint8Array(32).fill(0x44);

/** The journal in this thread, as its thread would show it. */
export function here(journal: Journal): Remote<Journal> {
  return new Proxy({} as Remote<Journal>, {
    get: (_target, name) => {
      if (name === "then") return undefined;
      const call: unknown = Reflect.get(journal, name);
      if (typeof call !== "function") return undefined;
      return async (...args: unknown[]): Promise<unknown> => Reflect.apply(call, journal, args);
    },
  });
}

export function openTestJournal(folder: string, chain = link): Journal {
  const file = join(folder, "journal.db");
  return openJournal({ file, key: Uint8Array.from(DEVICE_KEY), create: true, chain });
}

/** What a joined PC holds; the workstation key is never used by what is tested here. */
export function device(change: Partial<DeviceSecrets> = {}): DeviceSecrets {
  return {
    deviceKey: DEVICE_KEY,
    workstationKey: {
      algorithm: "ES384",
      privateKey: {} as DeviceSecrets["workstationKey"]["privateKey"],
      publicJwk: { kty: "EC", crv: "P-384", x: "AA", y: "AA" },
      thumbprint: "t",
    },
    pepper: PEPPER,
    itSeed: null,
    minted: [],
    ...change,
  };
}

/** A PC of this hospital; its time is whatever the test says. */
export async function testSite(
  folder: string,
  hospital: Awaited<ReturnType<typeof makeHospital>>,
  change: Partial<SiteRoom> & { readonly secrets?: DeviceSecrets } = {},
) {
  const opened = openTestJournal(folder);
  const journal = here(opened);
  const clock = { now: NOW, doubtful: false, monotonic: 0 };
  const said: string[] = [];
  const note = (text: string): string => {
    said.push(text);
    return JSON.stringify({ text });
  };
  const { secrets, ...rest } = change;
  const room: SiteRoom = {
    policy: {
      site: SITE,
      workstation: WORKSTATION,
      wards: ["ward-a"],
      controlKey: hospital.controlKey,
      join: null,
    },
    keychain: memoryKeychain(),
    journal,
    now: () => clock.now,
    timeDoubtful: () => clock.doubtful,
    monotonic: () => clock.monotonic,
    random: randomBytes,
    fetch: () => Promise.reject(new TypeError("no network in this test")),
    delayAfter: (failures) => (failures < 3 ? 0 : 5 * 2 ** (failures - 3)),
    audited: {
      statementKept: (kind, subject, number) => note(`kept ${kind} ${subject} ${number}`),
      statementRefused: (reason) => note(`refused ${reason}`),
      slotMade: (holder) => note(`slot ${holder}`),
      slotRemoved: (holder) => note(`slot removed ${holder}`),
      joined: () => note("joined"),
      pinChanged: (clinician, local) => note(`pin ${clinician} ${local ? "here" : "brought"}`),
      itCodeUsed: (purpose) => note(`code ${purpose}`),
      itCodeRefused: (purpose, failures) => note(`code refused ${purpose} ${failures}`),
    },
    onChange: () => undefined,
    ...rest,
  };
  const site = await openSite(room, secrets ?? device());
  return { site, journal, clock, said, room, close: () => opened.close() };
}
