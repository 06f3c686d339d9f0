/** A process of the PIN-change test: opens the site, changes a PIN, and is killed at the step it is told. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { link } from "../audit/index.ts";
import type { Journal } from "../store/index.ts";
import { openSite } from "./site.ts";
import { device, here, openTestJournal } from "./test-site.ts";

const [folder = "", step = "", pin = "", wanted = ""] = process.argv.slice(2);
const { controlKey, now } = JSON.parse(readFileSync(join(folder, "site.json"), "utf8"));

/** SIGKILL: nothing is flushed, nothing is closed, as when the plug is pulled on the process. */
function die(): never {
  process.kill(process.pid, "SIGKILL");
  for (;;);
}

let draws = 0;
/** In the transaction: the new wrap is written, its audit entry is about to be, nothing is committed. */
const chain: typeof link = (previous, seq, body) => {
  if (step === "in the transaction" && body.includes("pin-changed")) die();
  return link(previous, seq, body);
};
const journal = openTestJournal(folder, chain);
const real = here(journal);
const remote = new Proxy(real, {
  get(target, name) {
    const call = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
    if (name === "putPinChange")
      return async (...args: Parameters<Journal["putPinChange"]>) => {
        if (step === "before the commit") die();
        const kept = await real.putPinChange(...args);
        if (step === "after the commit") die();
        return kept;
      };
    return call;
  },
});

const site = await openSite(
  {
    policy: { site: "north", workstation: "pc-1", wards: [], controlKey, join: null },
    keychain: {
      backend: "none",
      get: async () => null,
      set: async () => undefined,
      delete: async () => undefined,
      close: async () => undefined,
    },
    journal: remote,
    now: () => new Date(now),
    timeDoubtful: () => false,
    monotonic: () => 0,
    random: (bytes) => {
      draws += 1;
      if (step === `at draw ${draws}`) die();
      return randomBytes(bytes);
    },
    fetch: () => Promise.reject(new TypeError("no network")),
    delayAfter: () => 0,
    audited: {
      statementKept: () => "{}",
      statementRefused: () => "{}",
      slotMade: () => "{}",
      slotRemoved: () => "{}",
      joined: () => "{}",
      pinChanged: (clinician) => JSON.stringify({ kind: "pin-changed", clinician }),
      itCodeUsed: () => "{}",
      itCodeRefused: () => "{}",
    },
    onChange: () => {
      if (step === "before the answer") die();
    },
  },
  device(),
);
await site.changePin({ clinician: "huda", pin, wanted });
process.stdout.write("answered\n");
if (step === "after the answer") die();
