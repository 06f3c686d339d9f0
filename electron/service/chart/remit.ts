import { field, objects, text } from "../../../shared/clinical/index.ts";
import type { BoardRow } from "../../../shared/contract/index.ts";
import type { ChartReader } from "../store/index.ts";

/** What decides whether a patient is within a clinician's remit. */
export interface RemitFacts {
  /** The ward he lies on; null when this PC knows of none. */
  readonly ward: string | null;
  /** Ids of the Practitioners that his open stay names (`Encounter.participant`). */
  readonly team: readonly string[];
  /** Whose reading is looked at twice: see {@link isRestricted}. */
  readonly restricted: boolean;
}

export function remitFacts(chart: ChartReader, patient: string): RemitFacts {
  const placement = chart.placement(patient);
  const stays = chart.resources(patient, "Encounter").resources;
  const open = stays.filter(
    (stay) => stay.id === placement?.encounter || text(field(stay, "status")) === "in-progress",
  );
  const { resources: records } = chart.resources(patient, "Patient");
  return {
    ward: placement?.ward ?? null,
    team: [...new Set(open.flatMap(participants))],
    restricted: isRestricted(records, open),
  };
}

const CODES = "http://terminology.hl7.org/CodeSystem/";
/** `system|code` of security labels and courtesies that mean: curiosity is likely here. */
const RESTRICTED: ReadonlySet<string> = new Set([
  // How closely it is held: restricted, very restricted.
  `${CODES}v3-Confidentiality|R`,
  `${CODES}v3-Confidentiality|V`,
  // In the public eye (CEL and, before it, VIP), or somebody who works here.
  `${CODES}v3-ActCode|CEL`,
  `${CODES}v3-ActCode|VIP`,
  `${CODES}v3-ActCode|EMP`,
  `${CODES}v3-EncounterSpecialCourtesy|VIP`,
  `${CODES}v3-EncounterSpecialCourtesy|STF`,
]);

/**
 * Whether the HIS marks a patient as restricted, in the public eye, or a colleague: `meta.security` of his record or of an
 * open stay, or the stay's `hospitalization.specialCourtesy`.
 * @see FHIR R4, Security Labels; HL7 v3 Confidentiality, ActCode (InformationSensitivityPolicy), EncounterSpecialCourtesy
 */
export function isRestricted(records: readonly unknown[], stays: readonly unknown[]): boolean {
  const labels = [...records, ...stays].flatMap((one) =>
    objects(field(field(one, "meta"), "security")),
  );
  const courtesies = stays
    .flatMap((stay) => objects(field(field(stay, "hospitalization"), "specialCourtesy")))
    .flatMap((courtesy) => objects(field(courtesy, "coding")));
  return [...labels, ...courtesies].some((coding) =>
    RESTRICTED.has(`${text(field(coding, "system")) ?? ""}|${text(field(coding, "code")) ?? ""}`),
  );
}

function participants(stay: unknown): string[] {
  const all = field(stay, "participant");
  if (!Array.isArray(all)) return [];
  return all.flatMap((one) => {
    const reference = text(field(field(one, "individual"), "reference")) ?? "";
    const [, id] =
      /(?:^|\/)Practitioner\/([A-Za-z0-9.-]{1,64})(?:\/_history\/.*)?$/u.exec(reference) ?? [];
    return id === undefined ? [] : [id];
  });
}

/**
 * SECURITY: P2. Bed and identity of a patient outside her remit, enough to find him and nothing of his record. What is
 * left out must not read as "none": the page shows `outside` instead of these columns.
 */
export function identityOnly(row: BoardRow): BoardRow {
  return {
    ...row,
    news2: null,
    allergies: "not-loaded",
    unreadable: 0,
    due: 0,
    overdue: 0,
    unsent: 0,
    holds: 0,
    outside: true,
  };
}
