import type { ClinicalCase } from "./case.ts";
import { account, attack, beneath, cut, ELSEWHERE, NEIGHBOUR } from "./case.ts";
import {
  DNACPR,
  FULL,
  ids,
  isolation,
  mrn,
  numbered,
  person,
  resuscitation,
  to,
} from "./record.ts";
import type { Change } from "./record.ts";
import { askTheTeam, claimed, himself, isolated, warned } from "./shown.ts";

const somebody = (change: Change | ((patient: string) => Change)) => (patient: string) =>
  person(patient, typeof change === "function" ? change(patient) : change);
const name = (family: string) => ({ use: "official", family, given: ["Huda"] });

const identity: readonly ClinicalCase[] = [
  attack(
    "his name is another",
    beneath(somebody({ name: [name("Saleh")] })),
    himself,
    claimed("name-changed"),
  ),
  attack(
    "a second official name is put before his own",
    beneath(somebody((patient) => ({ name: [name("Saleh"), name(`Family-${patient}`)] }))),
    himself,
    claimed("name-changed"),
  ),
  attack(
    "his name is turned round by bidi controls",
    beneath(somebody((patient) => ({ name: [name(`\u202EFamily-${patient}`)] }))),
    himself,
    claimed("name-changed"),
  ),
  attack(
    "his birth date is another",
    beneath(somebody({ birthDate: "1990-02-03" })),
    himself,
    claimed("birth-date-changed"),
  ),
  attack(
    "his birth date is gone",
    beneath(somebody({ birthDate: undefined })),
    himself,
    claimed("birth-date-changed"),
  ),
  attack(
    "her sex is another",
    beneath(somebody({ gender: "male" })),
    himself,
    claimed("sex-changed"),
  ),
  attack(
    "his hospital number is another",
    beneath(somebody(numbered("MRN-9"))),
    himself,
    claimed("identifier-changed"),
  ),
  attack(
    "another hospital number is put before his own",
    beneath(
      somebody((patient) => ({
        identifier: [
          ...(numbered("MRN-9")["identifier"] as object[]),
          ...(numbered(mrn(patient))["identifier"] as object[]),
        ],
      })),
    ),
    himself,
    claimed("identifier-changed"),
  ),
  attack(
    "his hospital number and the next bed's are swapped",
    async ({ database }, patient) => {
      const other = NEIGHBOUR;
      await database.put(person(patient, numbered(mrn(other))));
      await database.put(person(other, numbered(mrn(patient))));
    },
    himself,
    claimed("identifier-changed"),
  ),
  attack(
    "two patients are swapped whole: name, birth date and number",
    async ({ database }, patient) => {
      const other = NEIGHBOUR;
      await database.put({ ...person(other), id: patient });
      await database.put({ ...person(patient), id: other });
    },
    himself,
    claimed("name-changed", "identifier-changed"),
  ),
  attack(
    "he is said to be dead",
    beneath(somebody({ deceasedBoolean: true })),
    himself,
    claimed("deceased-changed"),
  ),
  attack(
    "his record is no longer in use",
    beneath(somebody({ active: false })),
    himself,
    claimed("deactivated"),
  ),
  attack(
    "his record is deleted",
    cut("Patient", (patient) => patient),
    himself,
    warned,
    claimed("removed"),
  ),
  attack("his record cannot be read", beneath(somebody({ name: "?" })), himself, warned),
  attack(
    "his birth date is there and said to be absent",
    beneath(
      somebody({ _birthDate: { extension: [{ url: "urn:x:absent", valueCode: "unknown" }] } }),
    ),
    himself,
    claimed("modifier"),
  ),
  attack(
    "an interface account merges him into the patient in the next bed",
    account(somebody({ link: [{ type: "replaced-by", other: to(NEIGHBOUR) }] })),
    himself,
    warned,
    claimed("merged"),
    ({ view }) => [view.banner.merged.into !== null && "he is shown as merged"],
  ),
  attack(
    "somebody else's record is merged into his",
    beneath(somebody({ link: [{ type: "replaces", other: to(ELSEWHERE) }] })),
    himself,
    warned,
    claimed("merged"),
    ({ view }) => [view.banner.merged.from.length > 0 && "he is shown as merged"],
  ),
];

/** Somebody on no ward says of himself that he is this patient: no fact about this patient changes. */
const stranger = (patient: string): string => `${patient}-stranger`;
const fromOutside: readonly ClinicalCase[] = [
  attack(
    "a record from elsewhere says of itself that it was merged into his: its orders and its resuscitation status are not his",
    {
      steps: [
        async ({ database }, patient) => {
          const other = stranger(patient);
          await database.put(resuscitation(other, { code: FULL }));
          await database.put(person(other));
        },
        async ({ database }, patient) => {
          const other = stranger(patient);
          await database.put(
            person(other, { link: [{ type: "replaced-by", other: to(patient) }] }),
          );
        },
        () => {},
      ],
    },
    himself,
    warned,
    ({ view }) => [
      view.banner.codeStatus !== DNACPR && `the banner says ${view.banner.codeStatus}`,
      view.medicines.some(({ id }) => id.includes("stranger")) && "another's order is listed",
    ],
  ),
];

const status = (change: Change) => (patient: string) => resuscitation(patient, change);
const statements: readonly ClinicalCase[] = [
  ...["revoked", "completed", "entered-in-error", "draft"].map((code) =>
    attack(`'do not resuscitate' is ${code}`, beneath(status({ status: code })), askTheTeam),
  ),
  attack(
    "'do not resuscitate' is deleted",
    cut("ServiceRequest", (patient) => ids(patient).status),
    askTheTeam,
    claimed("removed"),
  ),
  attack(
    "'do not resuscitate' becomes 'for full resuscitation'",
    beneath(status({ code: FULL })),
    askTheTeam,
  ),
  attack(
    "'do not resuscitate' becomes something that is not about resuscitation",
    beneath(status({ code: { text: "Physiotherapy" }, category: [] })),
    askTheTeam,
  ),
  attack(
    "'do not resuscitate' is not to be done",
    beneath(status({ doNotPerform: true })),
    askTheTeam,
  ),
  attack(
    "'do not resuscitate' becomes the next bed's",
    beneath((patient) => resuscitation(patient, { subject: to(NEIGHBOUR) })),
    askTheTeam,
    claimed("re-pointed"),
  ),
  attack(
    "'do not resuscitate' cannot be read any more",
    beneath(status({ status: 7 })),
    ({ view }) => [
      view.banner.codeStatus !== DNACPR && `the banner says ${view.banner.codeStatus}`,
      view.banner.statusSection.unreadable.length === 0 && "no record is said to be unreadable",
    ],
  ),
  attack(
    "'for full resuscitation' is put beside 'do not resuscitate': both are said",
    beneath((patient) => ({ ...resuscitation(patient, { code: FULL }), id: `${patient}-full` })),
    ({ view }) => [
      view.banner.codeStatus?.includes("DNACPR") !== true && "the first is not said",
      view.banner.codeStatus?.includes("full") !== true && "the second is not said",
      view.banner.codeStatusVerified && "it reads as signed",
    ],
  ),
  ...["inactive", "entered-in-error"].map((code) =>
    attack(
      `the alert is ${code}`,
      beneath((patient) => isolation(patient, { status: code })),
      isolated,
      claimed("alert-changed"),
    ),
  ),
  attack(
    "the alert is deleted",
    cut("Flag", (patient) => ids(patient).alert),
    isolated,
    claimed("removed"),
  ),
  attack(
    "the alert is another",
    beneath((patient) => isolation(patient, { code: { text: "Likes tea" } })),
    isolated,
    claimed("alert-changed"),
  ),
  attack(
    "the alert has ended long ago",
    beneath((patient) => isolation(patient, { period: { end: "2020-01-01" } })),
    isolated,
    claimed("alert-changed"),
  ),
  attack(
    "the alert becomes the next bed's",
    beneath((patient) => isolation(patient, { subject: to(NEIGHBOUR) })),
    isolated,
    claimed("re-pointed"),
  ),
];

export const identityAttacks: readonly ClinicalCase[] = [
  ...identity,
  ...fromOutside,
  ...statements,
];
