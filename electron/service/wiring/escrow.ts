import type { Audit } from "../audit/index.ts";
import type { Journal, Remote } from "../store/index.ts";
import { openEscrow, type Escrow } from "../vault/index.ts";
import type { Rollback } from "./rollback.ts";

/** The escrow file, holding every unsent act before anybody charts; null where the policy names no recovery key. */
export async function openedEscrow(room: {
  readonly file: string;
  readonly site: string;
  readonly workstation: string;
  readonly version: string;
  readonly recoveryKey: string | null;
  readonly journal: Pick<Remote<Journal>, "acts">;
  readonly audit: Pick<Audit, "record">;
  readonly rollback: Pick<Rollback, "escrowOpened">;
}): Promise<Escrow | null> {
  const { file, site, workstation, version, recoveryKey } = room;
  if (recoveryKey === null) return null;
  const opened = await openEscrow({ file, site, workstation, version, recoveryKey });
  if (opened.damaged > 0)
    await room.audit.record({ kind: "escrow-damaged", detail: { places: opened.damaged } });
  // A kill between journal and escrow leaves an act that only the journal has.
  const unsent = await room.journal.acts({ acknowledged: false });
  const missing = new Set(opened.missing(unsent.map(({ uuid }) => uuid)));
  for (const act of unsent)
    if (missing.has(act.uuid)) await opened.append(act.uuid, Buffer.from(act.body, "utf8"));
  await room.rollback.escrowOpened(opened);
  return opened;
}
