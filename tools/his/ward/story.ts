import { LOINC } from "../../../shared/fhir/index.ts";
import { encounter, made, practitioner, subject } from "./scene.ts";
import type { Course, Made, Scene } from "./scene.ts";
import { DAY, HOUR, MINUTE, date, instant } from "./time.ts";

/** Illnesses by ICD-10-CM code: what brings people to a medical or surgical ward, and what they live with. */
export const REASONS: Readonly<Record<string, string>> = {
  "J18.9": "Pneumonia",
  "N39.0": "Urinary tract infection",
  "A41.9": "Sepsis",
  "I50.9": "Heart failure",
  "I63.9": "Ischaemic stroke",
  "I21.4": "Non-ST elevation myocardial infarction",
  "L03.90": "Cellulitis",
  "K35.80": "Acute appendicitis",
  "J45.909": "Asthma",
};
export const BACKGROUND: Readonly<Record<string, string>> = {
  "E11.9": "Type 2 diabetes mellitus",
  I10: "Hypertension",
  "J44.9": "Chronic obstructive pulmonary disease",
  "I48.91": "Atrial fibrillation",
  "N18.30": "Chronic kidney disease, stage 3",
  "E03.9": "Hypothyroidism",
};
const ICD = "http://hl7.org/fhir/sid/icd-10-cm";

export function makeConditions(scene: Scene): Made[] {
  return scene.illnesses.map((code) => {
    const since =
      REASONS[code] === undefined
        ? scene.admitted - scene.random.int(200, 4000) * DAY
        : scene.admitted;
    const text = REASONS[code] ?? BACKGROUND[code] ?? code;
    return makeCondition(scene, { code, text, since });
  });
}

function makeCondition(scene: Scene, what: { code: string; text: string; since: number }): Made {
  const { code, text, since } = what;
  return made(
    scene,
    {
      resourceType: "Condition",
      id: scene.random.uuid(),
      clinicalStatus: {
        coding: [
          { system: "http://terminology.hl7.org/CodeSystem/condition-clinical", code: "active" },
        ],
      },
      verificationStatus: {
        coding: [
          {
            system: "http://terminology.hl7.org/CodeSystem/condition-ver-status",
            code: "confirmed",
          },
        ],
      },
      category: [
        {
          coding: [
            {
              system: "http://terminology.hl7.org/CodeSystem/condition-category",
              code: "problem-list-item",
            },
          ],
        },
      ],
      code: { coding: [{ system: ICD, code, display: text }], text },
      subject: subject(scene),
      encounter: encounter(scene),
      onsetDateTime: date(since),
      recordedDate: instant(scene.admitted + 30 * MINUTE),
      recorder: practitioner(scene.random.pick(scene.doctors)),
    },
    scene.admitted + 30 * MINUTE,
  );
}

/** A pregnancy as records carry it: on the problem list and as LOINC 82810-3 "Pregnancy status". */
export function makePregnancy(scene: Scene): Made[] {
  return [
    makeCondition(scene, {
      code: "Z33.1",
      text: "Pregnant, 24 weeks",
      since: scene.now - 150 * DAY,
    }),
    made(
      scene,
      {
        resourceType: "Observation",
        id: scene.random.uuid(),
        status: "final",
        category: [
          {
            coding: [
              {
                system: "http://terminology.hl7.org/CodeSystem/observation-category",
                code: "social-history",
              },
            ],
          },
        ],
        code: {
          coding: [{ system: LOINC, code: "82810-3", display: "Pregnancy status" }],
          text: "Pregnancy status",
        },
        subject: subject(scene),
        encounter: encounter(scene),
        effectiveDateTime: instant(scene.admitted + HOUR),
        valueCodeableConcept: {
          coding: [{ system: LOINC, code: "LA15173-0", display: "Pregnant" }],
          text: "Pregnant",
        },
        performer: [practitioner(scene.random.pick(scene.doctors))],
      },
      scene.admitted + HOUR,
    ),
  ];
}

const FLAG_CATEGORY = "http://terminology.hl7.org/CodeSystem/flag-category";
/** The demo HIS's own codes for resuscitation status: there is no FHIR R4 element for it. */
const CODE_STATUS = "urn:demo:code-status";

/** Alerts as Flags; a resuscitation decision as a Flag for some and as a ServiceRequest for others, as HIS differ. */
export function makeAlerts(scene: Scene): Made[] {
  const { random, age, admitted } = scene;
  const all: Made[] = [];
  const flag = (category: string, text: string, code?: string): void => {
    all.push(
      made(
        scene,
        {
          resourceType: "Flag",
          id: random.uuid(),
          status: "active",
          category: [{ coding: [{ system: FLAG_CATEGORY, code: category }] }],
          code: {
            ...(code !== undefined && { coding: [{ system: CODE_STATUS, code, display: text }] }),
            text,
          },
          subject: subject(scene),
          encounter: encounter(scene),
          period: { start: instant(admitted + HOUR) },
          author: practitioner(random.pick(code === undefined ? scene.nurses : scene.doctors)),
        },
        admitted + HOUR,
      ),
    );
  };
  if (age > 70 && random.chance(0.5)) flag("safety", "High risk of falls");
  if (random.chance(0.08)) flag("contact", "MRSA: contact precautions");
  if (random.chance(0.05)) flag("safety", "Difficult airway");
  if (age > 75 && random.chance(0.45)) {
    if (random.chance(0.5))
      flag("advance-directive", "Do not attempt resuscitation (DNACPR)", "dnacpr");
    else all.push(makeResuscitationOrder(scene));
  }
  return all;
}

function makeResuscitationOrder(scene: Scene): Made {
  const text = "Do not attempt resuscitation (DNACPR)";
  const at = scene.admitted + 3 * HOUR;
  return made(
    scene,
    {
      resourceType: "ServiceRequest",
      id: scene.random.uuid(),
      status: "active",
      intent: "directive",
      category: [
        { coding: [{ system: CODE_STATUS, code: "code-status" }], text: "Resuscitation status" },
      ],
      code: { coding: [{ system: CODE_STATUS, code: "dnacpr", display: text }], text },
      subject: subject(scene),
      encounter: encounter(scene),
      authoredOn: instant(at),
      requester: practitioner(scene.random.pick(scene.doctors)),
    },
    at,
  );
}

const ROUND: Record<Course, string> = {
  stable:
    "Comfortable. Observations stable. Eating and drinking. Plan: continue, mobilise, aim for discharge.",
  recovering:
    "Feeling better than yesterday. Temperature settling, oxygen being weaned. Plan: oral step-down if it holds.",
  deteriorating:
    "Worse since last evening: more breathless, blood pressure falling. Reviewed with registrar. Plan: fluids, blood cultures, hourly observations, escalate to critical care outreach.",
  septic:
    "Febrile and tachycardic. Source under review. Plan: continue antibiotics, lactate in 4 hours, strict fluid balance.",
  breathless:
    "Breathless on walking. Chest: reduced air entry at both bases. Plan: nebulisers, controlled oxygen, physiotherapy.",
};
const NURSING = [
  "Slept well. Pain 2 of 10 at rest. Skin intact.",
  "Assisted with washing. Ate half of lunch. Family visited.",
  "Catheter draining, 650 mL since midnight. Repositioned two-hourly.",
  "نام المريض جيدًا. لا شكوى من ألم. تم تغيير الضماد.",
  "Anxious this evening; settled after a talk. Call bell within reach.",
];

/** Admission note, daily round notes and a nursing note a shift, as plain text inside DocumentReferences. */
export function makeNotes(scene: Scene): Made[] {
  const { random, now, admitted } = scene;
  const reason = scene.illnesses[0] ?? "";
  const all: Made[] = [];
  const note = (at: number, code: string, title: string, author: string, text: string): void => {
    if (at < now - 5 * MINUTE) all.push(makeNote(scene, { at, code, title, author, text }));
  };
  const background = scene.illnesses.slice(1).map((illness) => BACKGROUND[illness] ?? illness);
  note(
    admitted + 50 * MINUTE,
    "34117-2",
    "Admission note",
    random.pick(scene.doctors),
    `Admitted with ${REASONS[reason] ?? BACKGROUND[reason] ?? "symptoms under investigation"}.\nBackground: ${background.join(", ") || "none"}.\nExamination and plan discussed with the patient.`,
  );
  const first = Math.max(admitted + 6 * HOUR, now - 3 * DAY);
  for (let at = first; at < now; at += DAY)
    note(
      at + random.int(0, 90) * MINUTE,
      "11506-3",
      "Ward round",
      random.pick(scene.doctors),
      ROUND[now - at < DAY ? scene.course : "stable"],
    );
  for (let at = first + 3 * HOUR; at < now; at += 12 * HOUR)
    note(
      at + random.int(0, 90) * MINUTE,
      "34746-8",
      "Nursing note",
      random.pick(scene.nurses),
      random.pick(NURSING),
    );
  return all;
}

function makeNote(
  scene: Scene,
  note: { at: number; code: string; title: string; author: string; text: string },
): Made {
  return made(
    scene,
    {
      resourceType: "DocumentReference",
      id: scene.random.uuid(),
      status: "current",
      docStatus: "final",
      type: { coding: [{ system: LOINC, code: note.code, display: note.title }], text: note.title },
      subject: subject(scene),
      date: new Date(note.at).toISOString(),
      author: [practitioner(note.author)],
      description: note.title,
      content: [
        {
          attachment: {
            contentType: "text/plain; charset=utf-8",
            title: note.title,
            creation: instant(note.at),
            data: Buffer.from(note.text, "utf8").toString("base64"),
          },
        },
      ],
      context: { encounter: [encounter(scene)] },
    },
    note.at,
  );
}
