import type { FactClaims, RosterEntry } from "../../../shared/trust/index.ts";
import type { OpenVault } from "../vault/index.ts";
import { EmergencyRefused } from "./errors.ts";
import type { Access, Person, Ticket } from "./types.ts";

/** Whoever the vault is open for, from the moment it opens until its key goes. One for each session. */
export interface Holder {
  readonly vault: OpenVault;
  readonly person: Person;
  readonly access: Access;
  /** What a ticket shows of the vault. */
  readonly face: Ticket["vault"];
  /** Never outlives a lock: the next session has its own. */
  readonly overrides: Set<string>;
}

/** A clinician under her own name. */
export function ownHolder(vault: OpenVault, person: Person): Holder {
  const face = {
    keys: vault.keys,
    epoch: vault.epoch,
    sign: (value: unknown) => vault.sign(value),
    signFacts: (claims: FactClaims) => vault.signFacts(claims),
  };
  return { vault, person, access: { kind: "own" }, face, overrides: new Set() };
}

/**
 * Somebody nobody has proven, behind a colleague's PIN or an envelope.
 * SECURITY: whoever opened it signs nothing: what was done in it must never look like the colleague's.
 */
export function emergencyHolder(
  vault: OpenVault,
  access: Extract<Access, { kind: "emergency" }>,
  wards: readonly string[],
): Holder {
  const sign = (): Promise<never> =>
    Promise.reject(new EmergencyRefused("an emergency access signs nothing"));
  return {
    vault,
    person: {
      clinician: `emergency:${access.id}`,
      name: { en: access.name, ar: access.name },
      roles: [],
      wards: [...wards],
    },
    access,
    face: { keys: vault.keys, epoch: vault.epoch, sign, signFacts: sign },
    overrides: new Set(),
  };
}

/** The same clinician again, in a session of its own. */
export const reopened = ({ vault, person }: Holder): Holder => ownHolder(vault, person);

/** Who answers for it on the roster: she herself, or the colleague whose PIN opened; null: an envelope. */
export function answerable({ person, access }: Holder): Pick<RosterEntry, "clinician"> | null {
  return access.kind === "own" ? person : access.by;
}
