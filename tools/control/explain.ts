import {
  Envelope,
  Extension,
  HisTrust,
  KnowledgePack,
  Revocation,
  RosterEntry,
  Rotation,
  Seal,
  SigningKeys,
  Wipe,
  type StatementPayload,
} from "../../shared/trust/index.ts";
import { STATEMENT_KINDS } from "../../electron/service/vault/index.ts";

const everyone = (workstation: string | null): string => workstation ?? "all PCs of the site";

/** What a statement does, in a sentence. */
function meaning({ kind, subject, body }: StatementPayload): string {
  switch (kind) {
    case "roster-entry": {
      const { name, clinician, roles, wards, badges, validTo } = RosterEntry.parse(body);
      return `${name.en} (${clinician}) may sign in as ${roles.join(", ")} on ${wards.join(", ")} until ${validTo}; ${badges.length} badges.`;
    }
    case "revocation": {
      const { clinician, from, reason } = Revocation.parse(body);
      return `Nobody signs in as ${clinician} from ${from} on: ${reason}.`;
    }
    case "join":
      return `${subject} belongs to the site; the pepper in it opens at that PC only.`;
    case "wipe": {
      const { workstation, reason } = Wipe.parse(body);
      return `${workstation} sends or escrows what is unsent, then destroys its keys and files for good: ${reason}.`;
    }
    case "seal": {
      const { workstation, sealed, reason } = Seal.parse(body);
      const what = sealed
        ? "lets nobody sign in; nothing is destroyed"
        : "lets people sign in again";
      return `${everyone(workstation)}: ${what} (${reason}).`;
    }
    case "extension": {
      const { workstation, until } = Extension.parse(body);
      return `${everyone(workstation)}: the offline limit does not seal before ${until}.`;
    }
    case "his-trust": {
      const { trusted, since, reason } = HisTrust.parse(body);
      return trusted
        ? `The HIS is believed again since ${since}: ${reason}.`
        : `Nothing the HIS says is believed since ${since}: ${reason}.`;
    }
    case "envelope": {
      const { id, ward, validTo } = Envelope.parse(body);
      return `The envelope ${id} of ward ${ward} opens each of its PCs once, until ${validTo}.`;
    }
    case "rotation": {
      const { workstation, keys } = Rotation.parse(body);
      return `${everyone(workstation)}: new keys at the next chance (${keys.join(", ")}).`;
    }
    case "signing-key": {
      const { service, vouchesFor, types, keys } = SigningKeys.parse(body);
      const lost = keys.flatMap(({ revokedFrom }) => revokedFrom ?? []);
      const since =
        lost.length === 0 ? "none revoked" : `revoked: one since ${lost.join(", one since ")}`;
      return `${service} signs ${types.join(", ")} for ${vouchesFor.join(", ")}; keys: ${keys.length}, ${since}.`;
    }
    case "knowledge-pack": {
      const { version, title } = KnowledgePack.parse(body);
      return `The drug-allergy check of every PC uses the knowledge pack ${version}: ${title}.`;
    }
  }
}

/** A verified statement, for who must decide whether to send it on. */
export function explain(payload: StatementPayload): string[] {
  const { kind, subject, number, issuedAt, expiresAt } = payload;
  const { afterExpiry, because } = STATEMENT_KINDS[kind];
  return [
    `${kind} of ${subject}, number ${number}`,
    meaning(payload),
    `Said ${issuedAt}; a PC takes it until ${expiresAt}. What was taken ${afterExpiry} then: ${because}.`,
  ];
}
