import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { JoinRequest, Rotation } from "../../../shared/trust/index.ts";
import { checkDeviceJoin, thumbprintOf } from "../desk.ts";
import { Declined, give, Usage, type Room } from "../room.ts";

const YEAR = 365;
const DAY_MS = 86_400_000;

/** The PC that was named, or null for `--all`, and the subject that says the same. */
function whereOf(room: Room): { workstation: string | null; subject: string; words: string } {
  const [workstation] = room.typed.positionals;
  const all = room.typed.flag("all");
  if ((workstation === undefined) === !all) throw new Usage("name one PC, or give --all");
  const { site } = room.secrets;
  return workstation === undefined
    ? { workstation: null, subject: site, words: `ALL PCs of ${site}` }
    : { workstation, subject: workstation, words: workstation };
}

/** `wipe`: one PC, for good. */
export async function wipe(room: Room): Promise<void> {
  const [workstation] = room.typed.positionals;
  if (workstation === undefined || room.typed.flag("all"))
    throw new Usage("wipe PC --reason TEXT (one PC at a time, on purpose)");
  const reason = room.typed.required("reason");
  await room.confirm([
    `${workstation} will DESTROY its keys and files, for good, when it next hears of this.`,
    "It sends or escrows what is unsent first. To keep its records, seal it instead.",
    `Reason: ${reason}`,
  ]);
  await room.say("wipe", workstation, { workstation, id: randomUUID(), reason }, YEAR);
}

/** `seal` and `unseal`. */
export async function seal(room: Room, sealed: boolean): Promise<void> {
  const { workstation, subject, words } = whereOf(room);
  const reason = room.typed.required("reason");
  await room.confirm([
    `${words}: ${sealed ? "nobody can sign in until this is lifted; nothing is destroyed" : "people can sign in again"}. ${reason}`,
  ]);
  await room.say("seal", subject, { workstation, sealed, reason }, YEAR);
}

/** `extend`: the offline limit. */
export async function extend(room: Room): Promise<void> {
  const { workstation, subject, words } = whereOf(room);
  const days = room.typed.whole("days", 7);
  const until = new Date(room.io.now().getTime() + days * DAY_MS).toISOString();
  await room.confirm([`${words}: the offline limit does not seal before ${until}.`]);
  await room.say("extension", subject, { workstation, until }, days);
}

/** `rotate`: new keys. */
export async function rotate(room: Room): Promise<void> {
  const { workstation, subject, words } = whereOf(room);
  const wanted = room.typed.required("keys").split(",");
  const body = Rotation.safeParse({ workstation, id: randomUUID(), keys: wanted });
  if (!body.success) throw new Usage("--keys are device, vault, workstation");
  await room.confirm([`${words}: new keys at the next chance (${wanted.join(", ")}).`]);
  await room.say("rotation", subject, body.data, 90);
}

/** `join`: answers the request of a new PC, brought as a file. */
export async function join(room: Room): Promise<void> {
  const request = JoinRequest.parse(
    JSON.parse(readFileSync(room.typed.required("request"), "utf8")),
  );
  const roots = room.typed.text("device-ca");
  const domain = room.typed.text("domain");
  const expected = room.typed.text("code");
  let proof = "NOTHING PROVES THIS PC: compare the thumbprint with the one on its screen.";
  if (roots !== undefined) {
    const checked = await checkDeviceJoin(request, {
      roots: readFileSync(roots, "utf8"),
      ...(domain !== undefined && { domain }),
      now: room.io.now(),
    });
    if (checked !== "ok")
      throw new Declined(`Its device certificate does not hold: ${checked}. Nothing was signed.`);
    proof = "Its device certificate holds.";
  } else if (expected !== undefined) {
    if (request.code !== expected)
      throw new Declined("It sent another code than the one given here. Nothing was signed.");
    proof = "It sent the code given here. Use that code for no other PC.";
  }
  await room.confirm([
    `${request.workstation} wants to join ${room.secrets.site}.`,
    `Its key: ${await thumbprintOf(request.key)}`,
    proof,
  ]);
  const { jws, carrier } = await room.desk.answerJoin(request, room.typed.whole("days", 1));
  room.issued.keep(jws);
  give(room.io, room.typed, jws, [carrier]);
}

/** `code`: what IT says on the telephone. */
export async function code(room: Room): Promise<void> {
  const [workstation] = room.typed.positionals;
  const purpose = room.typed.required("purpose");
  const challenge = room.typed.required("challenge").replaceAll(/\D/gu, "");
  if (workstation === undefined || (purpose !== "extend" && purpose !== "unseal"))
    throw new Usage("code PC --purpose extend|unseal --challenge 12345678");
  if (challenge.length !== 8) throw new Usage("the challenge on the screen has eight digits");
  await room.confirm([
    purpose === "extend"
      ? `${workstation}: three more days before the offline limit seals it.`
      : `${workstation}: lifts the seal that stands there now.`,
    "Who is calling? Call back on a number you know, if you do not know the voice.",
  ]);
  room.io.out(room.desk.spokenCode(workstation, purpose, challenge));
}
