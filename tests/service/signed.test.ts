import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { PatientView } from "../../shared/contract/index.ts";
import { StatementPayload } from "../../shared/trust/index.ts";
import { makeSigner, type SignedChange } from "../../tools/his/index.ts";
import { openScene, openWard, shareKeychain, until, type Scene } from "./ward-pc.ts";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let scene: Scene;
beforeAll(async () => {
  await shareKeychain();
  scene = await openScene(16);
});
afterAll(async () => {
  await scene.close();
});

const DOCTOR = "doctor-layla";
const NURSE = "nurse-salma";

interface Allergy {
  readonly patient: string;
  readonly id: string;
}

test("what a doctor signed at the HIS is done here at once; unsigned, forged, revoked or transplanted it waits", async () => {
  const { his } = scene;
  const began = new Date();
  const { client } = await scene.pc("pc-signed");
  const allergies = (await openWard(client, his)).flatMap(allergiesOf);
  const next = (): Allergy => {
    const one = allergies.shift();
    if (one === undefined) throw new Error("the ward has so many allergies");
    return one;
  };
  const remove = ({ id }: Allergy) => ({ type: "AllergyIntolerance", id });
  const removal = async (change: Partial<SignedChange> = {}): Promise<Allergy> => {
    const one = next();
    await his.chart({ by: DOCTOR, change: remove(one), ...change });
    return one;
  };
  const signed = await removal();
  const unsigned = await removal({ signed: false });
  const nurses = await removal({ by: NURSE });
  const foreign = await removal({ forge: { signer: await makeSigner() } });
  const elsewhere = next();
  const [first] = [await his.chart({ by: DOCTOR, change: remove(next()) })];
  await his.chart({
    by: DOCTOR,
    change: remove(elsewhere),
    forge: { ...(first.signature !== null && { jws: first.signature }) },
  });
  const lateOne = next();
  const late = await his.chart({ by: DOCTOR, change: remove(lateOne), signed: "later" });

  const held = [unsigned, nurses, foreign, elsewhere, lateOne];
  for (const { patient, id } of held) {
    const view = await until(
      `the removal of ${id} waits`,
      () => client.patient.view({ patient }),
      ({ holds }) => holds.some((one) => one.id === id),
    );
    expect(view.allergies.map((one) => one.id)).toContain(id);
  }
  // The signed one came with them, and nobody was asked.
  const done = await client.patient.view({ patient: signed.patient });
  expect(done.allergies.map(({ id }) => id)).not.toContain(signed.id);
  expect(done.holds.map(({ id }) => id)).not.toContain(signed.id);

  // The Provenance comes when everybody has seen the hold: it is decided by who signed.
  if (late.provenance === null) throw new Error("it was signed");
  await his.put(late.provenance);
  const resolved = await until(
    "what was proven late is done",
    () => client.patient.view({ patient: lateOne.patient }),
    ({ holds }) => holds.every(({ id }) => id !== lateOne.id),
  );
  expect(resolved.allergies.map(({ id }) => id)).not.toContain(lateOne.id);

  // From the moment the key is revoked on, what it signs is as good as unsigned.
  const revocation = await his.revokeSigner(new Date(Date.now() - 1_000));
  const { number } = StatementPayload.parse(decodeJwt(revocation));
  // What comes before this PC has heard of it is applied, and stays so.
  await until(
    "this PC has heard of it",
    () => Promise.resolve(his.auditEvents().flatMap(({ entity }) => entity ?? [])),
    (entities) =>
      entities.some(({ detail }) => {
        const said = new Map(detail?.map(({ type, valueString }) => [type, valueString]));
        return said.get("what") === "signing-key" && said.get("number") === String(number);
      }),
  );
  const after = await removal();
  const view = await until(
    "what a revoked key signed waits",
    () => client.patient.view({ patient: after.patient }),
    ({ holds }) => holds.some(({ id }) => id === after.id),
  );
  expect(view.allergies.map(({ id }) => id)).toContain(after.id);
  const meanwhile = await client.patient.view({ patient: signed.patient });
  expect(meanwhile.holds.map(({ id }) => id)).not.toContain(signed.id);

  // It turns out to have been stolen before all of this: what was done by it is undone here, and waits.
  await his.revokeSigner(began);
  const undone = await until(
    "what a stolen key took away stands again",
    () => client.patient.view({ patient: signed.patient }),
    ({ holds }) => holds.some(({ id }) => id === signed.id),
  );
  expect(undone.allergies.map(({ id }) => id)).toContain(signed.id);
  const reasons = undone.holds.find(({ id }) => id === signed.id)?.reasons;
  expect(reasons).toEqual(["removed", "signer-revoked"]);
});

function allergiesOf({ banner: { patient }, allergies }: PatientView): Allergy[] {
  // That nothing is known is no allergy: it may go.
  return allergies.flatMap(({ id, substance }) =>
    substance.startsWith("No known") ? [] : [{ patient, id }],
  );
}
