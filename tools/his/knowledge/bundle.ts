import {
  APART_SYSTEM,
  CLASS_SYSTEM,
  CROSS_URL,
  INGREDIENTS_URL,
  SAME_URL,
  STRENGTH_PROPERTY,
} from "../../../shared/clinical/drug-allergy/index.ts";
import { CLASSES, CROSS } from "./classes.ts";
import { OTHER_CODES } from "./other-codes.ts";
import { APART, SUBSTANCES } from "./substances.ts";

const RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm";
/** For what the demo has no RxNorm code of. */
const OWN = "urn:amanah:knowledge:substance";

export const DEMO_PACK = {
  version: "demo-2026.11",
  title: `Amanah demo pack: ${SUBSTANCES.length} substances, chosen by engineers; not for patients`,
} as const;

/** The demo hospital's knowledge pack, as a site would supply one: a FHIR R4 Bundle. */
export function demoPack(): object {
  return {
    resourceType: "Bundle",
    type: "collection",
    entry: [classSystem(), apartSystem(), ingredients(), ...members(), same(), cross()].map(
      (resource) => ({ resource }),
    ),
  };
}

function classSystem(): object {
  return {
    ...terminology("CodeSystem", CLASS_SYSTEM),
    content: "complete",
    property: [{ code: "within", type: "code", description: "definite, possible, remote or none" }],
    concept: CLASSES.map(([code, display, names, within, definition]) =>
      Object.assign(named(code, display, names), {
        definition,
        property: [{ code: "within", valueCode: within }],
      }),
    ),
  };
}

function apartSystem(): object {
  return {
    ...terminology("CodeSystem", APART_SYSTEM),
    content: "complete",
    concept: APART.map(([code, display, names]) => named(code, display, names)),
  };
}

function ingredients(): object {
  const of = (system: string, wanted: boolean): object => ({
    system,
    concept: SUBSTANCES.filter(([code]) => isRxnorm(code) === wanted).map(
      ([code, display, names]) => named(code, display, names),
    ),
  });
  return {
    ...terminology("ValueSet", INGREDIENTS_URL),
    compose: { include: [of(RXNORM, true), of(OWN, false)] },
  };
}

function members(): object[] {
  return CLASSES.map(([id]) => {
    const codes = SUBSTANCES.filter(([, , , classes]) => classes.split(" ").includes(id)).map(
      ([code]) => code,
    );
    const include = [
      { system: RXNORM, concept: codes.filter(isRxnorm).map((code) => ({ code })) },
      { system: OWN, concept: codes.filter((code) => !isRxnorm(code)).map((code) => ({ code })) },
    ].filter(({ concept }) => concept.length > 0);
    return Object.assign(terminology("ValueSet", `${CLASS_SYSTEM}:${id}`), {
      compose: { include },
    });
  });
}

function same(): object {
  const groups = Map.groupBy(OTHER_CODES, ({ system, to }) => `${system} ${to}`);
  const systems = { ingredient: RXNORM, class: CLASS_SYSTEM, apart: APART_SYSTEM } as const;
  return {
    ...terminology("ConceptMap", SAME_URL),
    group: [...groups.values()].flatMap((rows) => {
      const [first] = rows;
      if (first === undefined) return [];
      return [
        {
          source: first.system,
          target: systems[first.to],
          element: rows.map(({ code, targets, equivalence }) => ({
            code,
            target: targets.map((target) => ({ code: target, equivalence })),
          })),
        },
      ];
    }),
  };
}

function cross(): object {
  return {
    ...terminology("ConceptMap", CROSS_URL),
    group: [
      {
        source: CLASS_SYSTEM,
        target: CLASS_SYSTEM,
        element: CROSS.map(([code, target, value, comment]) => ({
          code,
          target: [
            {
              code: target,
              equivalence: "relatedto",
              comment,
              product: [{ property: STRENGTH_PROPERTY, value }],
            },
          ],
        })),
      },
    ],
  };
}

function terminology(resourceType: string, url: string): object {
  const { version } = DEMO_PACK;
  return { resourceType, url, version, status: "active", experimental: true };
}

function named(code: string, display: string, names: string): object {
  const designation = designations(names);
  return designation.length === 0 ? { code, display } : { code, display, designation };
}

function designations(names: string): object[] {
  const all = names.split(";").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
  return all.map((value) =>
    /\p{Script=Arabic}/u.test(value) ? { language: "ar", value } : { value },
  );
}

const isRxnorm = (code: string): boolean => /^\d+$/u.test(code);
