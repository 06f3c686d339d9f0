import type { AllergyIntolerance, AuditEvent, Encounter, Patient } from "@medplum/fhirtypes";
import { ACT_SET_SYSTEM, ACT_SYSTEM } from "../../shared/trust/index.ts";
import type { Reader } from "./resource-file.ts";

/** What is stored of one act; a resource that names no act stands for itself. */
export interface StoredAct {
  readonly uuid: string;
  readonly resources: readonly { type: string; id: string; version: number; storedAt: string }[];
}

/** Everything workstations have charted, by act, in the order it was first stored. */
export function storedActs(reader: Reader): StoredAct[] {
  const sql = `SELECT value, version.type, version.id, version.version, version.updated FROM token JOIN version USING (seq)
    WHERE parameter = 'identifier' AND value > ? AND value < ? ORDER BY seq`;
  type Row = { value: string; type: string; id: string; version: number; updated: number };
  const under = (system: string): Row[] => [
    ...(reader.rows(sql, [`${system}|`, `${system}}`]) as IterableIterator<Row>),
  ];
  const keyOf = ({ type, id, version }: Row): string => `${type}/${id}/${version}`;
  const actOf = new Map(
    under(ACT_SET_SYSTEM).map((row) => [keyOf(row), row.value.slice(ACT_SET_SYSTEM.length + 1)]),
  );
  const acts = new Map<string, StoredAct["resources"][number][]>();
  for (const row of under(ACT_SYSTEM)) {
    const uuid = actOf.get(keyOf(row)) ?? row.value.slice(ACT_SYSTEM.length + 1);
    const resources = acts.get(uuid) ?? [];
    resources.push({
      type: row.type,
      id: row.id,
      version: row.version,
      storedAt: new Date(row.updated).toISOString(),
    });
    acts.set(uuid, resources);
  }
  return [...acts].map(([uuid, resources]) => ({ uuid, resources }));
}

/** How many Observations of an act the HIS holds now. */
export function countObservationsByAct(reader: Reader, uuid: string): number {
  const sql =
    "SELECT count(*) AS n FROM token WHERE type = 'Observation' AND parameter = 'identifier' AND value IN (?, ?)";
  const [row] = reader.rows(sql, [
    `${ACT_SET_SYSTEM}|${uuid}`,
    `${ACT_SYSTEM}|${uuid}`,
  ]) as IterableIterator<{ n: number }>;
  return row?.n ?? 0;
}

/** Every AuditEvent as it is now. */
export function auditEvents(reader: Reader): AuditEvent[] {
  const rows = reader.rows(
    "SELECT json FROM version WHERE type = 'AuditEvent' AND state = 1",
    [],
  ) as IterableIterator<{ json: string }>;
  return [...rows].map(({ json }) => JSON.parse(json) as AuditEvent);
}

export function countResources(reader: Reader): number {
  const [row] = reader.rows(
    "SELECT count(*) AS n FROM version WHERE state = 1",
    [],
  ) as IterableIterator<{ n: number }>;
  return row?.n ?? 0;
}

export interface BedPatient {
  readonly id: string;
  readonly name: string;
  readonly ward: string;
  readonly bed: string;
  readonly allergies: readonly { id: string; text: string; note: string }[];
}

/** Patients now in a bed of the wards, with their allergies as the HIS has them. */
export function bedPatients(
  reader: Reader,
  wards: readonly { id: string; beds: readonly { id: string; name: string }[] }[],
): BedPatient[] {
  const place = new Map(
    wards.flatMap((ward) =>
      ward.beds.map((bed) => [`Location/${bed.id}`, { ward: ward.id, bed: bed.name }]),
    ),
  );
  const found: BedPatient[] = [];
  for (const encounter of current<Encounter>(reader, "Encounter", null)) {
    const where = place.get(encounter.location?.[0]?.location.reference ?? "");
    const id = encounter.subject?.reference?.replace("Patient/", "");
    if (encounter.status !== "in-progress" || where === undefined || id === undefined) continue;
    const row = reader.current("Patient", id);
    const patient = row?.json == null ? null : (JSON.parse(row.json) as Patient);
    const name = patient?.name?.[0];
    found.push({
      id,
      ...where,
      name: name?.text ?? [...(name?.given ?? []), name?.family].join(" "),
      allergies: current<AllergyIntolerance & { id: string }>(reader, "AllergyIntolerance", id).map(
        (allergy) => ({
          id: allergy.id,
          text: allergy.code?.text ?? allergy.code?.coding?.[0]?.display ?? "unreadable",
          note: [allergy.criticality, allergy.verificationStatus?.coding?.[0]?.code]
            .filter((part) => part !== undefined)
            .join(", "),
        }),
      ),
    });
  }
  return found.toSorted((a, b) => a.ward.localeCompare(b.ward) || a.bed.localeCompare(b.bed));
}

function current<T>(reader: Reader, type: string, patient: string | null): T[] {
  const sql = `SELECT json FROM version WHERE type = ? AND state = 1 ${patient === null ? "" : "AND patient = ?"}`;
  const rows = reader.rows(sql, patient === null ? [type] : [type, patient]) as IterableIterator<{
    json: string;
  }>;
  return [...rows].map(({ json }) => JSON.parse(json) as T);
}
