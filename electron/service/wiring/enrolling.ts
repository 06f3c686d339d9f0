import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { pinProblem } from "../../../shared/trust/pin-rules.ts";
import type { Badge } from "../../../shared/trust/index.ts";
import { createDesk, createEnrolment, type Enrolment } from "../enrol/index.ts";
import { startAppLaunch } from "../his/index.ts";
import type { Policy } from "../policy/index.ts";
import { makeFreshKeys, SITE_KDF } from "../vault/index.ts";
import type { Site } from "./site.ts";

/** Enrolment at this PC, over what the site knows. */
export function openEnrolling(room: {
  readonly policy: Policy & { readonly site: string };
  readonly workstation: string;
  readonly site: Site;
  readonly fetch: typeof globalThis.fetch;
  readonly random: (bytes: number) => Uint8Array;
  readonly now: () => Date;
  readonly badgeThere: () => Badge | null;
  readonly openBrowser: (url: string) => void;
  readonly onChange: () => void;
}): Enrolment {
  const { policy, site, fetch, now, random } = room;
  const { baseUrl, appClientId } = policy.his;
  const { enrolUrl } = policy.join;
  const member = (clinician: string) =>
    site.members().find(({ entry }) => entry.clinician === clinician);
  return createEnrolment({
    site: policy.site,
    workstation: room.workstation,
    joined: () => site.device().pepper !== null,
    appLaunch:
      baseUrl === null || appClientId === null || enrolUrl === null
        ? null
        : (nonce) => startAppLaunch({ baseUrl, clientId: appClientId, nonce, fetch, now, random }),
    desk: enrolUrl === null ? null : createDesk({ enrolUrl, fetch }),
    openBrowser: room.openBrowser,
    makeKeys: () => makeFreshKeys(random),
    async wrap(keys, pin, clinician) {
      const { pepper } = site.device();
      if (pepper === null) throw new Error("this PC has no site");
      // The parameters are the site's: those of whoever is on the roster already.
      const kdf = site.members()[0]?.entry.wrapped.kdf ?? SITE_KDF;
      return await keys.wrap({ pin, pepper, site: policy.site, clinician, kdf });
    },
    known: (clinician) => member(clinician)?.entry ?? null,
    enrolled: (clinician, box) => member(clinician)?.entry.keys.box === box,
    badgeThere: room.badgeThere,
    pinProblem,
    uuid: randomUUID,
    now,
    accept: (jws) => site.accept(jws),
    sleep: async (milliseconds, signal) => {
      await sleep(milliseconds, undefined, { signal });
    },
    random: Math.random,
    onChange: room.onChange,
  });
}
