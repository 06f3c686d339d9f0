import { deflateRawSync } from "node:zlib";
import { openEncrypted } from "../../../electron/service/store/open.ts";
import { allergy, attack, beneath, itsAllergy, NEIGHBOUR, onTheWay } from "./case.ts";
import type { ClinicalCase, Told } from "./case.ts";
import type { Hospital } from "./hospital.ts";
import { dosage, ids, order, penicillin, person, verification } from "./record.ts";
import type { Change, Resource } from "./record.ts";
import { alarmed, claimed, himself, notGiven, warned } from "./shown.ts";

type Meta = { readonly versionId: string; readonly lastUpdated: string };
const FAR = "2099-01-01T00:00:00.000Z";
const AGAIN = { manifestation: [{ text: "Cardiac arrest" }], severity: "severe" };
const worse = allergy({
  reaction: [{ manifestation: [{ text: "Anaphylaxis" }], severity: "severe" }, AGAIN],
});
const saysWorse = ({ view }: { view: { allergies: readonly object[] } }) => [
  !JSON.stringify(view.allergies).includes("Cardiac arrest") &&
    "what was added at the HIS is not shown",
];
const asked = (resource: Resource, meta: Meta) => ({ resource: { ...resource, meta } });
const tombstone = (type: string, id: string, version: string, lastModified: string) => ({
  request: { method: "DELETE", url: `${type}/${id}` },
  response: { status: "204", etag: `W/"${version}"`, lastModified },
});
const history = (url: URL): boolean => url.pathname.endsWith("/_history");

const words = (change: Change) => (entry: Record<string, unknown>) => ({
  ...entry,
  resource: { ...(entry["resource"] as object), ...change },
});

/** TLS broken, between the HIS and the workstation. */
const onTheNetwork: readonly ClinicalCase[] = [
  attack(
    "on the network: the allergy is lowered in every answer, under a new version",
    onTheWay("AllergyIntolerance", itsAllergy, (entry) =>
      words({ criticality: "low", meta: { versionId: "7", lastUpdated: FAR } })(entry),
    ),
    warned,
  ),
  attack(
    "on the network: a new version of the allergy is refuted on its way",
    {
      steps: [
        onTheWay(
          "AllergyIntolerance",
          itsAllergy,
          words({ verificationStatus: verification("refuted") }),
        ),
        beneath(worse),
      ],
    },
    warned,
    claimed("refuted"),
  ),
  attack(
    "on the network: the allergy is left out of every answer and listing",
    onTheWay("AllergyIntolerance", itsAllergy, () => null),
    warned,
    claimed("removed"),
  ),
  attack(
    "on the network: he himself is left out of every answer and listing",
    onTheWay(
      "Patient",
      (patient) => patient,
      () => null,
    ),
    himself,
    warned,
  ),
  attack(
    "on the network: a deletion is made up",
    ({ network }, patient) =>
      network.slip("AllergyIntolerance", (url) =>
        history(url)
          ? tombstone("AllergyIntolerance", itsAllergy(patient), "2", new Date().toISOString())
          : null,
      ),
    warned,
  ),
  attack(
    "on the network: a deletion dated years ahead does not hide what the HIS adds later",
    {
      steps: [
        ({ network }, patient) => {
          let once = true;
          network.slip("AllergyIntolerance", (url) => {
            if (!history(url) || !once) return null;
            once = false;
            return tombstone("AllergyIntolerance", itsAllergy(patient), "2", FAR);
          });
        },
        beneath(worse),
      ],
    },
    warned,
    saysWorse,
  ),
  attack(
    "on the network: an old version of the allergy is said again, with its old number and date",
    {
      before: (patient) => [penicillin(patient, { criticality: "low", reaction: [] })],
      steps: [
        beneath(allergy({})),
        ({ network }, patient) =>
          network.slip("AllergyIntolerance", (url) =>
            history(url)
              ? null
              : asked(penicillin(patient, { criticality: "low", reaction: [] }), {
                  versionId: "1",
                  lastUpdated: "2026-11-01T00:00:00.000Z",
                }),
          ),
      ],
    },
    warned,
  ),
  attack(
    "on the network: the old dose of a changed order is said again, with its old number and date",
    {
      steps: [
        beneath((patient) =>
          order(patient, "paracetamol", { dosageInstruction: [dosage("250 mg")] }),
        ),
        ({ network }, patient) =>
          network.slip("MedicationRequest", (url) =>
            history(url)
              ? null
              : asked(order(patient, "paracetamol"), {
                  versionId: "1",
                  lastUpdated: "2026-11-01T00:00:00.000Z",
                }),
          ),
      ],
    },
    ({ view, patient }) => {
      const dose = view.medicines.find(({ id }) => id === ids(patient).paracetamol)?.dose;
      return [dose?.includes("250") !== true && `the dose is ${dose}`];
    },
  ),
  attack(
    "on the network: a version dated years ahead does not hide a later stop",
    {
      steps: [
        ({ network }, patient) => {
          let once = true;
          network.slip("MedicationRequest", (url) => {
            if (history(url) || !once) return null;
            once = false;
            return asked(order(patient, "paracetamol", { note: [{ text: "As charted." }] }), {
              versionId: "99",
              lastUpdated: FAR,
            });
          });
        },
        beneath((patient) => order(patient, "paracetamol", { status: "stopped" })),
      ],
    },
    (shown) => notGiven(ids(shown.patient).paracetamol)(shown),
  ),
  attack(
    "on the network: the next bed's identity is given as his",
    onTheWay(
      "Patient",
      (patient) => patient,
      (entry) => ({
        ...entry,
        resource: {
          ...person(NEIGHBOUR),
          id: (entry["resource"] as Resource).id,
          meta: { versionId: "5", lastUpdated: FAR },
        },
      }),
    ),
    himself,
  ),
];

const ALLERGY = "AllergyIntolerance";
const ledgerOf = ({ pc }: Hospital, patient: string) =>
  pc.journal.ledger([{ type: ALLERGY, id: itsAllergy(patient) }]).pages[0];
const put = ({ pc }: Hospital, page: ReturnType<typeof ledgerOf>): void => {
  if (page === undefined) throw new Error("no ledger");
  pc.journal.applied({ seqs: [], ledger: [{ ...page, placed: [] }], audit: [] });
};
/** A statement against journal.db by whoever holds the device key. */
const inTheJournal =
  (statement: string) =>
  ({ pc }: Hospital, patient: string): void => {
    const db = openEncrypted({ ...pc.files.journal, synchronous: "NORMAL", cacheKib: 1_000 });
    if (db.sql(statement).run(itsAllergy(patient)).changes === 0) throw new Error("no ledger");
    db.close();
  };
const lowered = beneath(allergy({ criticality: "low" }));

/** A page of the ledger kept from before the allergy was raised, and put back. */
function olderPage(): Told {
  const old = new Map<string, ReturnType<typeof ledgerOf>>();
  return {
    before: (patient) => [penicillin(patient, { criticality: "low" })],
    steps: [
      async (hospital, patient) => {
        old.set(patient, ledgerOf(hospital, patient));
        await hospital.database.put(penicillin(patient));
      },
      async (hospital, patient) => {
        put(hospital, old.get(patient));
        await hospital.database.put(penicillin(patient, { criticality: "low" }));
      },
    ],
  };
}

/** A page put in the PC's inbox past the puller, sealed to the public key that lies in the journal. */
async function forgePage({ pc }: Hospital, patient: string, resource: Resource): Promise<void> {
  const place = { kind: "backfill", type: ALLERGY, patient } as const;
  const asOf = new Date(pc.now).toISOString();
  const meta = { versionId: "8", lastUpdated: asOf };
  const bundle = {
    resourceType: "Bundle",
    type: "searchset",
    entry: [{ resource: { ...resource, meta } }],
  };
  const sealed = await pc.seal(place, deflateRawSync(JSON.stringify(bundle)));
  pc.journal.receive({ page: { ...place, last: true, asOf, resources: 1, sealed } });
}

/** Whoever holds the device key, and with it journal.db: the keychain of a kiosk account does not stop its user. */
const inTheFiles: readonly ClinicalCase[] = [
  attack(
    "in the PC's files: the ledger's page is deleted, then the allergy lowered",
    {
      steps: [
        inTheJournal(
          "DELETE FROM ledger_pages WHERE number = (SELECT page FROM ledger_places WHERE id = ?)",
        ),
        lowered,
      ],
    },
    warned,
    claimed("criticality-lowered"),
  ),
  attack(
    "in the PC's files: the ledger no longer says where the allergy lies, then it is lowered",
    { steps: [inTheJournal("DELETE FROM ledger_places WHERE id = ?"), lowered] },
    warned,
    claimed("criticality-lowered"),
  ),
  attack(
    "in the PC's files: the ledger's page is another's, then the allergy is lowered",
    {
      before: () => [penicillin(NEIGHBOUR, { criticality: "low" })],
      steps: [
        (hospital, patient) => {
          const [mine, theirs] = [ledgerOf(hospital, patient), ledgerOf(hospital, NEIGHBOUR)];
          if (mine === undefined || theirs === undefined) throw new Error("no ledger");
          put(hospital, { ...mine, sealed: theirs.sealed });
        },
        lowered,
      ],
    },
    warned,
    claimed("criticality-lowered"),
  ),
  attack(
    "in the PC's files: the ledger's page is an older one of its own, then the allergy is lowered to that",
    olderPage(),
    warned,
    claimed("criticality-lowered"),
  ),
  attack(
    "in the PC's files: a page in which the allergy is refuted is put in the inbox",
    (hospital, patient) =>
      forgePage(
        hospital,
        patient,
        penicillin(patient, { verificationStatus: verification("refuted") }),
      ),
    warned,
  ),
  attack(
    "in the PC's files: a page about the next bed is put in the inbox as his",
    (hospital, patient) => forgePage(hospital, patient, penicillin(NEIGHBOUR)),
    warned,
    alarmed("wrong-patient"),
  ),
];

export const wireAttacks: readonly ClinicalCase[] = [...onTheNetwork, ...inTheFiles];
