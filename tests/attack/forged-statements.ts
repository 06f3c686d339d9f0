import { randomUUID } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { StatementKind } from "../../shared/trust/index.ts";
import { makeSigner } from "../../tools/his/index.ts";
import { deskOf, offer, rosterOf, SITE } from "../service/desk-room.ts";
import {
  nurseOf,
  openScene,
  openWard,
  shareKeychain,
  statusWhen,
  until,
  type Scene,
} from "../service/ward-pc.ts";

/** One statement brought to a ward PC by the HIS it trusts for data, and what came of it. */
export interface JudgedStatement {
  readonly name: string;
  readonly kind: "harmful" | "legitimate";
  readonly good: boolean;
}

const PC = "pc-of-the-forged";
const DAY = 86_400_000;
const DOCTOR = "doctor-layla";

type Body = readonly [does: string, kind: StatementKind, subject: string, body: object];

/**
 * Every kind of statement, forged in every way a HIS can, put where this PC looks for statements: the whole service pulls,
 * judges and refuses each, and then nothing is otherwise than before. After them true ones, which take effect.
 */
export async function playForged(): Promise<readonly JudgedStatement[]> {
  await shareKeychain();
  const scene = await openScene(4);
  try {
    return await play(scene);
  } finally {
    await scene.close();
  }
}

async function play(scene: Scene): Promise<readonly JudgedStatement[]> {
  const { his } = scene;
  const { client } = await scene.pc(PC);
  const views = await openWard(client, his);
  const attacker = await makeSigner();
  const forged = await forgeries(scene, bodies(scene, attacker.jwk));
  const standing = async () => {
    const { refused, ...keys } = await client.it.keys();
    const { knowledge, policy } = await client.workstation.view();
    const { session, notices } = await client.status();
    const { state, obstacle, clinician } = session;
    const count = refused.reduce((sum, one) => sum + one.count, 0);
    return {
      count,
      same: { ...keys, offline: null, knowledge, policy, notices, state, obstacle, clinician },
    };
  };
  const before = await standing();
  for (const [index, { jws }] of forged.entries()) await offer(his, `forged-${index}`, jws);
  const after = await until("all are refused", standing, ({ count }) => count >= forged.length);
  const untouched = JSON.stringify(after.same) === JSON.stringify(before.same);

  // What the forged key would have been for: an allergy removed in a doctor's name, signed with it.
  const view = views.find(({ allergies }) => allergies.length > 0);
  const allergy = view?.allergies[0];
  if (view === undefined || allergy === undefined) throw new Error("somebody has an allergy");
  const { patient } = view.banner;
  await his.chart({
    by: DOCTOR,
    change: { type: "AllergyIntolerance", id: allergy.id },
    forge: { signer: attacker },
  });
  const shown = await until(
    "the removal waits",
    () => client.patient.view({ patient }),
    ({ holds }) => holds.some(({ id }) => id === allergy.id),
  );
  const judged: JudgedStatement[] = [];
  for (const { name, jws } of forged) {
    const [brought] = await client.it.bring({ text: jws });
    const refused = brought !== undefined && brought.verdict !== "accepted";
    judged.push({ name, kind: "harmful", good: untouched && refused });
  }
  judged.push({
    name: "an allergy removed in a doctor's name, signed with the key that a forged statement certified",
    kind: "harmful",
    good: shown.allergies.some(({ id }) => id === allergy.id),
  });

  const desk = await deskOf(scene);
  const certified = signingKey("interface-of-the-attacks", attacker.jwk);
  const { jws: trusted } = await desk.issue("signing-key", certified[2], certified[3], 30);
  await offer(his, "true-key", trusted);
  const believed = await until(
    "the key counts",
    () => client.patient.view({ patient }),
    ({ holds }) => holds.every(({ id }) => id !== allergy.id),
  ).catch(() => null);
  judged.push({
    name: "the same key, certified by the hospital's own control key: what it signed is done without a question",
    kind: "legitimate",
    good: believed !== null && believed.allergies.every(({ id }) => id !== allergy.id),
  });
  const { jws: seal } = await desk.issue("seal", PC, { ...sealOf(true) }, 30);
  await offer(his, "true-seal", seal);
  const sealed = await statusWhen(client, "sealed", ({ session }) => session.state === "sealed");
  judged.push({
    name: "a seal of the hospital's own, brought by the same HIS, closes the PC",
    kind: "legitimate",
    good: sealed.session.obstacle === "sealed-by-it",
  });
  return judged;
}

interface Forged {
  readonly name: string;
  readonly jws: string;
}

async function forgeries(scene: Scene, wanted: readonly Body[]): Promise<readonly Forged[]> {
  const number = 99;
  const ago = (ms: number) => () => new Date(Date.now() - ms);
  const desks = [
    ["signed by a key of the HIS's own", await deskOf(scene, { forged: true, number }), null],
    [
      "of another hospital",
      await deskOf(scene, { site: "another-hospital", number }),
      "another-hospital",
    ],
    ["long expired", await deskOf(scene, { number, now: ago(40 * DAY) }), null],
    ["of tomorrow", await deskOf(scene, { number, now: ago(-DAY) }), null],
  ] as const;
  const made: Forged[] = [];
  for (const [does, kind, subject, body] of wanted)
    for (const [how, desk, there] of desks) {
      const about = subject === SITE && there !== null ? there : subject;
      made.push({ name: `${does}, ${how}`, jws: (await desk.issue(kind, about, body, 30)).jws });
    }
  // A payload with other words under a true signature, and a true one under no signature at all.
  const real = await deskOf(scene);
  const { jws } = await real.issue(
    "seal",
    "another-pc",
    { ...sealOf(true), workstation: "another-pc" },
    30,
  );
  const [head = "", payload = "", signature = ""] = jws.split(".");
  const words = Buffer.from(payload, "base64url").toString().replaceAll("another-pc", PC);
  const rewritten = Buffer.from(words).toString("base64url");
  const none = Buffer.from('{"alg":"none","typ":"amanah-statement"}').toString("base64url");
  made.push(
    {
      name: "another PC's seal, rewritten to name this one",
      jws: `${head}.${rewritten}.${signature}`,
    },
    { name: "the same, without a signature", jws: `${none}.${rewritten}.` },
  );
  return made;
}

const sealOf = (sealed: boolean) => ({ workstation: PC, sealed, reason: "drill" });

function signingKey(service: string, jwk: unknown): Body {
  const keys = [
    {
      jwk,
      validFrom: new Date(Date.now() - DAY).toISOString(),
      validTo: new Date(Date.now() + DAY).toISOString(),
      revokedFrom: null,
    },
  ];
  const body = { service, vouchesFor: ["doctor"], types: ["AllergyIntolerance"], keys };
  return ["a key that may sign in doctors' names", "signing-key", service, body];
}

/** What a HIS in the wrong hands would like the control key to have said. */
function bodies(scene: Scene, jwk: unknown): readonly Body[] {
  const nurse = nurseOf(scene.his).id;
  const entry = rosterOf(scene).find(({ clinician }) => clinician === nurse);
  const since = new Date().toISOString();
  const inAYear = new Date(Date.now() + 365 * DAY).toISOString();
  const empty = deflateRawSync(
    JSON.stringify({ resourceType: "Bundle", type: "collection", entry: [] }),
  ).toString("base64url");
  const id = randomUUID();
  return [
    signingKey("his", jwk),
    [
      "a knowledge pack that knows no penicillin",
      "knowledge-pack",
      SITE,
      { version: "99", title: "Empty", deflated: empty },
    ],
    ["a nurse made a doctor", "roster-entry", nurse, { ...entry, roles: ["doctor"] }],
    [
      "a nurse struck off",
      "revocation",
      nurse,
      { clinician: nurse, from: since, reason: "forged" },
    ],
    ["a seal over this PC", "seal", PC, sealOf(true)],
    ["a wipe of this PC", "wipe", PC, { workstation: PC, id, reason: "forged" }],
    ["a year more without the hospital", "extension", PC, { workstation: PC, until: inAYear }],
    ["a HIS said to lie", "his-trust", SITE, { trusted: false, since, reason: "forged" }],
    ["new vault keys", "rotation", PC, { workstation: PC, id, keys: ["vault"] }],
  ];
}
