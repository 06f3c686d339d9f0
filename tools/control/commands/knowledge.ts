import { readFileSync } from "node:fs";
import { packBody } from "../../../electron/service/vault/index.ts";
import { Usage, type Room } from "../room.ts";

/** `knowledge`: the pharmacists' pack for the drug-allergy check, read whole before it is signed. */
export async function knowledge(room: Room): Promise<void> {
  const [file] = room.typed.positionals;
  if (file === undefined)
    throw new Usage("knowledge FILE --version TEXT --title TEXT [--days 365]");
  const version = room.typed.required("version");
  const title = room.typed.required("title");
  const days = room.typed.whole("days", 365);
  const bundle: unknown = JSON.parse(readFileSync(file, "utf8"));
  const body = packBody(bundle, { version, title });
  await room.confirm([
    `Every PC of ${room.secrets.site} checks medicines against allergies with this pack from now on.`,
    `${version}: ${title}`,
  ]);
  await room.say("knowledge-pack", room.secrets.site, body, days);
}
