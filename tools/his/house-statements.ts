import { packBody } from "../../electron/service/vault/index.ts";
import type { EnrolmentDesk } from "./enrolment.ts";
import { DEMO_PACK, demoPack } from "./knowledge/index.ts";
import type { ResourceFile } from "./resource-file.ts";
import { storeStatements } from "./seeding.ts";
import { HIS_SERVICE, hisKeys } from "./signing.ts";
import type { HisSigner } from "./signing.ts";

/** The HIS's own signing key, once: from then on every PC believes what the HIS signs. */
export async function certifyHis(
  desk: EnrolmentDesk,
  file: ResourceFile,
  { jwk, kid }: HisSigner,
  now: number,
): Promise<void> {
  if (file.reader.fact("signing-key") === kid) return;
  const body = hisKeys(jwk, now, null);
  const { resource } = await desk.issue("signing-key", HIS_SERVICE, body, 365);
  await storeStatements(file, [resource]);
  await file.exclusively(async (writer) => writer.setFact("signing-key", kid));
}

/** The demo hospital's knowledge pack, once for each version of it. */
export async function issuePack(
  desk: EnrolmentDesk,
  file: ResourceFile,
  site: string,
): Promise<void> {
  const fact = "knowledge-pack";
  if (file.reader.fact(fact) === DEMO_PACK.version) return;
  const { resource } = await desk.issue(fact, site, packBody(demoPack(), DEMO_PACK), 365);
  await storeStatements(file, [resource]);
  await file.exclusively(async (writer) => writer.setFact(fact, DEMO_PACK.version));
}
