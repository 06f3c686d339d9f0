import type { SigningTrust } from "../../../electron/service/guard/index.ts";
import { GUARDED_TYPES } from "../../../shared/fhir/index.ts";
import { makeSigner } from "../../../tools/his/index.ts";
import type { His } from "../../../tools/his/index.ts";

const NAMES = [
  "revoked",
  "early",
  "narrow",
  "laboratory",
  "karim",
  "stolen",
  "lostLater",
  "noura",
] as const;
type Signer = Awaited<ReturnType<typeof makeSigner>>;
/** Each is certified by the control key, for less than what is signed with it. */
export type Signers = Readonly<Record<(typeof NAMES)[number], Signer>>;

export async function makeSigners(): Promise<Signers> {
  const made = await Promise.all(NAMES.map(async () => await makeSigner()));
  return Object.fromEntries(NAMES.map((name, index) => [name, made[index]])) as Signers;
}

const DAY = 86_400_000;

/** What the control key has said once it was found out. */
export interface FoundOut {
  /** From then on the stolen key, and whoever has her badge, signed in others' place. */
  readonly stolen: number;
  /** From then on the key that was good until then. */
  readonly later: number;
}

/** What the control key has certified at this hospital: the HIS for everything, the others for less. */
export function trusted(
  his: His,
  signers: Signers,
  now: number,
  found: FoundOut | null = null,
): SigningTrust {
  const time = { from: now - DAY, until: now + 30 * DAY };
  const service = (
    id: string,
    vouchesFor: readonly ("nurse" | "doctor")[],
    types: readonly string[],
  ) => ({ kind: "service", id, vouchesFor, types }) as const;
  const key = (
    { kid, jwk }: Pick<Signer, "kid" | "jwk">,
    holder: SigningTrust["keys"][number]["holder"],
    valid = time,
  ) => ({ kid, jwk, holder, ...valid });
  const all = [...GUARDED_TYPES];
  const everybody = ["nurse", "doctor", "pharmacist", "clerk"] as const;
  const keys = [
    key(his.signer, { kind: "service", id: "his", vouchesFor: everybody, types: all }),
    key(signers.revoked, service("his", ["doctor"], all), { from: now - DAY, until: now - 1 }),
    key(signers.early, service("his", ["doctor"], all), {
      from: now + 20 * DAY,
      until: now + 30 * DAY,
    }),
    key(signers.narrow, service("interface", ["nurse"], all)),
    key(signers.laboratory, service("laboratory", ["doctor"], ["ServiceRequest"])),
    key(signers.karim, { kind: "clinician", id: "doctor-karim", roles: ["doctor"] }),
    key(signers.stolen, service("his", ["doctor"], all), {
      ...time,
      until: found?.stolen ?? time.until,
    }),
    key(signers.lostLater, service("his", ["doctor"], all), {
      ...time,
      until: found?.later ?? time.until,
    }),
    key(signers.noura, { kind: "clinician", id: "doctor-noura", roles: ["doctor"] }),
  ];
  // She has the same key again by now: her entry says nothing of the theft, the revocation does.
  const theft = { from: found?.stolen ?? 0, until: now + DAY };
  const revoked = found === null ? [] : [{ clinician: "doctor-noura", ...theft }];
  return { site: "amanah-demo", keys, revoked };
}
