import { makeSigner } from "../../../tools/his/index.ts";
import type { SignedChange } from "../../../tools/his/index.ts";
import { allergy, attack, beneath, NEIGHBOUR } from "./case.ts";
import type { ClinicalCase, Step, Told } from "./case.ts";
import type { Hospital } from "./hospital.ts";
import { allergyTo, FULL, ids, order, penicillin, person, resuscitation } from "./record.ts";
import type { Resource } from "./record.ts";
import { askTheTeam, claimed, himself, notGiven, warned } from "./shown.ts";
import { chart, CLERK, deletes, DOCTOR, low, NURSE, signs, stored } from "./signing.ts";
import type { Forge } from "./signing.ts";

/** How it is signed depends on the hospital's keys. */
const forged =
  (make: (patient: string) => Resource, forge: (hospital: Hospital) => Forge): Step =>
  async (hospital, patient) =>
    void (await chart(hospital, DOCTOR, stored(make(patient)), { forge: forge(hospital) }));

/** A good signature over one thing, used for another. */
function transplanted(
  from: (patient: string) => SignedChange["change"],
  before: (patient: string) => readonly Resource[] = () => [],
): Told {
  return {
    before,
    steps: [
      async (hospital, patient) => {
        const { signature } = await chart(hospital, DOCTOR, from(patient));
        const forge = signature === null ? {} : { jws: signature };
        await chart(hospital, DOCTOR, stored(low(patient)), { forge });
      },
    ],
  };
}

/** What was signed once comes back, signature and all. */
function replayed(): Told {
  const old = new Map<string, Awaited<ReturnType<typeof chart>>>();
  return {
    before: (patient) => [penicillin(patient, { criticality: "unable-to-assess" })],
    steps: [
      async (hospital, patient) => {
        old.set(patient, await chart(hospital, "doctor-karim", stored(low(patient))));
      },
      signs(DOCTOR, allergy({})),
      async (hospital, patient) => {
        await hospital.database.put(low(patient));
        const { provenance } = old.get(patient) ?? {};
        if (provenance != null)
          await hospital.his.put({ ...provenance, id: `${provenance.id.slice(0, 30)}-again` });
      },
    ],
  };
}

const lowered = [warned, claimed("criticality-lowered")] as const;
const claims = (
  what: (at: number) => Parameters<NonNullable<Forge["claims"]>>[0] | object,
): Forge => ({
  claims: (signed) => ({ ...signed, ...what(Date.parse(signed.at)) }),
});
const DAY = 86_400_000;

export const signedAttacks: readonly ClinicalCase[] = [
  attack(
    "signed by a key that nobody has certified",
    async (hospital, patient) => {
      const forge = { signer: await makeSigner() };
      await chart(hospital, DOCTOR, stored(low(patient)), { forge });
    },
    ...lowered,
  ),
  attack(
    "signed by a key that was revoked before",
    forged(low, ({ signers }) => ({ signer: signers.revoked })),
    ...lowered,
  ),
  attack(
    "signed by a key that is not valid yet",
    forged(low, ({ signers }) => ({ signer: signers.early })),
    ...lowered,
  ),
  attack(
    "signed by an interface that may vouch for nurses only",
    forged(low, ({ signers }) => ({ signer: signers.narrow })),
    ...lowered,
  ),
  attack(
    "signed by an interface that may not vouch for allergies",
    forged(low, ({ signers }) => ({ signer: signers.laboratory })),
    ...lowered,
  ),
  attack(
    "signed by a doctor's own key in another doctor's name",
    forged(low, ({ signers }) => ({ signer: signers.karim })),
    ...lowered,
  ),
  attack("a nurse signs that it is low", signs(NURSE, low, { roles: ["nurse"] }), ...lowered),
  attack("a clerk signs that it is low", signs(CLERK, low, { roles: ["clerk"] }), ...lowered),
  attack(
    "a nurse signs its deletion",
    deletes(NURSE, { roles: ["nurse"] }),
    warned,
    claimed("removed"),
  ),
  attack(
    "signed for another hospital",
    signs(DOCTOR, low, { forge: claims(() => ({ site: "elsewhere" })) }),
    ...lowered,
  ),
  attack(
    "signed for another patient",
    signs(DOCTOR, low, { forge: claims(() => ({ patient: NEIGHBOUR })) }),
    ...lowered,
  ),
  attack(
    "signed, and dated a year ahead",
    signs(DOCTOR, low, { forge: claims((at) => ({ at: new Date(at + 365 * DAY).toISOString() })) }),
    ...lowered,
  ),
  attack(
    "signed, and dated before what is in force",
    signs(DOCTOR, low, {
      forge: {
        claims: (signed) => ({
          ...signed,
          at: new Date(Date.parse(signed.at) - DAY / 2).toISOString(),
          facts: signed.facts.map((fact) => ({ ...fact, base: null, before: null })),
        }),
      },
    }),
    ...lowered,
  ),
  attack(
    "signed without anything having been before, as if it were new",
    signs(DOCTOR, low, {
      forge: {
        claims: (signed) => ({
          ...signed,
          facts: signed.facts.map((fact) => ({ ...fact, base: null, before: null })),
        }),
      },
    }),
    ...lowered,
  ),
  attack(
    "what was signed was another wording",
    signs(DOCTOR, low, {
      forge: {
        claims: (signed) => ({
          ...signed,
          facts: signed.facts.map((fact) => ({ ...fact, content: fact.before })),
        }),
      },
    }),
    ...lowered,
  ),
  attack(
    "the signature of another allergy of his is put on it",
    transplanted(
      (patient) => stored(allergyTo(patient, "dust", "House dust", { criticality: "low" })),
      (patient) => [allergyTo(patient, "dust", "House dust", { criticality: "high" })],
    ),
    ...lowered,
  ),
  attack(
    "the signature of an order of his is put on it",
    transplanted((patient) => stored(order(patient, "paracetamol", { status: "stopped" }))),
    ...lowered,
  ),
  attack("the signature is cut short", signs(DOCTOR, low, { forge: { jws: "ey.." } }), ...lowered),
  attack(
    "the signature names no algorithm",
    signs(DOCTOR, low, {
      forge: { jws: `${Buffer.from('{"alg":"none"}').toString("base64url")}..` },
    }),
    ...lowered,
  ),
  attack(
    "there is a Provenance and no signature in it",
    signs(DOCTOR, low, {
      forge: { provenance: ({ signature: _signature, ...rest }) => rest },
    }),
    ...lowered,
  ),
  attack(
    "a doctor signed it once; later it was raised, and the old comes back",
    replayed(),
    warned,
  ),
  attack(
    "somebody lowers it unsigned, and a doctor signs a note upon what she was shown",
    {
      steps: [
        beneath(low),
        signs(DOCTOR, allergy({ criticality: "low", note: [{ text: "Reviewed." }] })),
      ],
    },
    warned,
    claimed(),
  ),
  attack(
    "a nurse signs that a stopped order is active",
    signs(NURSE, (patient) => order(patient, "morphine", { status: "active" }), {
      roles: ["nurse"],
    }),
    (shown) => notGiven(ids(shown.patient).morphine)(shown),
    claimed("reopened"),
  ),
  attack(
    "a nurse signs that he is for full resuscitation",
    signs(NURSE, (patient) => resuscitation(patient, { code: FULL }), { roles: ["nurse"] }),
    askTheTeam,
  ),
  attack(
    "an interface signs that he is somebody else",
    forged(
      (patient) => person(patient, { birthDate: "1990-01-01" }),
      ({ signers }) => ({ signer: signers.laboratory }),
    ),
    himself,
    claimed("birth-date-changed"),
  ),
];
