import {
  Extension,
  HisTrust,
  Rotation,
  Seal,
  Wipe,
  type StatementPayload,
} from "../../../shared/trust/index.ts";
import { STATEMENT_KINDS } from "./statement-kinds.ts";
import { StatementRefused, verifyStatement } from "./statement.ts";
import type { HeldStatement, RosterTrust } from "./roster.ts";

/** In the journal's meta, JSON arrays of ids: wipes that were carried out, and rotations. */
export const WIPED_META = "wiped.ids";
export const ROTATED_META = "rotated.ids";

/** What the control key has ordered for this PC, as of now. */
export interface Orders {
  /** Nobody signs in while it stands. `mark` names this very order, so that an IT code lifts it and no later one. */
  readonly sealed: {
    readonly reason: string;
    readonly since: string;
    readonly mark: string;
  } | null;
  /** Not carried out yet. */
  readonly wipe: Wipe | null;
  /** The offline limit does not seal before it: what the extension says, or its own expiry if that is sooner. */
  readonly extensionUntil: Date | null;
  /** The last word on it; null: never spoken of, so the HIS is believed as the guard believes it. */
  readonly hisTrust: HisTrust | null;
  /** The oldest one not carried out yet. */
  readonly rotation: Rotation | null;
}

/**
 * Reads held statements into what they order, verifying each again. Of words to this PC and words to all, the later count.
 * A wipe or rotation from before this PC joined was meant for what it held then.
 */
export async function readOrders(input: {
  readonly statements: readonly HeldStatement[];
  readonly trust: Pick<RosterTrust, "controlKey" | "site">;
  readonly workstation: string;
  /** When the control key first let this PC in; null: not known. */
  readonly joinedAt: string | null;
  readonly wiped: readonly string[];
  readonly rotated: readonly string[];
}): Promise<Orders> {
  const { controlKey, site } = input.trust;
  const spoken: StatementPayload[] = [];
  for (const { kind, jws } of input.statements) {
    if (!ORDERING.has(kind)) continue;
    try {
      // Read again, long after it was accepted: `EPOCH` is never looked at.
      const now = EPOCH;
      const read = await verifyStatement(jws, { controlKey, site, now, ignoreExpiry: true });
      const only = STATEMENT_KINDS[read.kind].pc(read.body);
      if (only === null || only === input.workstation) spoken.push(read);
    } catch (error) {
      // What no longer verifies orders nothing; the roster reports it.
      if (!(error instanceof StatementRefused)) throw error;
    }
  }
  const inOrder = spoken.toSorted((a, b) => Date.parse(a.issuedAt) - Date.parse(b.issuedAt));
  const of = (kind: string): StatementPayload[] => inOrder.filter((one) => one.kind === kind);
  const sinceJoined = ({ issuedAt }: StatementPayload): boolean =>
    input.joinedAt === null || Date.parse(issuedAt) > Date.parse(input.joinedAt);

  const untils = of("extension").map(({ body, expiresAt }) =>
    Math.min(Date.parse(Extension.parse(body).until), Date.parse(expiresAt)),
  );
  const until = Math.max(...untils, Number.NEGATIVE_INFINITY);
  const wipes = of("wipe")
    .filter(sinceJoined)
    .map(({ body }) => Wipe.parse(body));
  const rotations = of("rotation")
    .filter(sinceJoined)
    .map(({ body }) => Rotation.parse(body));
  const trusts = of("his-trust").map(({ body }) => HisTrust.parse(body));
  return {
    sealed: sealOf(of("seal")),
    wipe: wipes.find(({ id }) => !input.wiped.includes(id)) ?? null,
    extensionUntil: Number.isFinite(until) ? new Date(until) : null,
    hisTrust: trusts.at(-1) ?? null,
    rotation: rotations.find(({ id }) => !input.rotated.includes(id)) ?? null,
  };
}

const EPOCH = new Date(0);

const ORDERING: ReadonlySet<string> = new Set([
  "seal",
  "wipe",
  "extension",
  "his-trust",
  "rotation",
]);

function sealOf(inOrder: readonly StatementPayload[]): Orders["sealed"] {
  const last = inOrder.at(-1);
  if (last === undefined) return null;
  // SECURITY: of two words said at one moment the one that closes counts.
  const same = inOrder.filter((one) => Date.parse(one.issuedAt) === Date.parse(last.issuedAt));
  const closing = same.find(({ body }) => Seal.parse(body).sealed);
  if (closing === undefined) return null;
  const { reason } = Seal.parse(closing.body);
  return { reason, since: closing.issuedAt, mark: `${closing.subject}#${closing.number}` };
}
