import canonicalize from "canonicalize";
import { GUARD_MARK } from "../../../electron/service/guard/index.ts";
import { WARD_PATIENT } from "../../../electron/service/store/index.ts";
import type { ChartReader, Journal } from "../../../electron/service/store/index.ts";
import { PATIENT_TYPES } from "../../../shared/fhir/index.ts";

/** What a file says, fact by fact; and which of its parts say of themselves that they are not whole. */
export interface Facts {
  readonly said: ReadonlyMap<string, string>;
  readonly notWhole: ReadonlySet<string>;
  /** Reading met what cannot be read. */
  readonly damaged: boolean;
}

const TYPES = [...PATIENT_TYPES, "Patient", "Location", "Practitioner", GUARD_MARK];
const text = (value: unknown): string => canonicalize(value) ?? "";

/** Everything a screen could show of the chart. A fact is named `Type patient id`, its part `Type patient`. */
export function chartFacts(chart: ChartReader): Facts {
  const said = new Map<string, string>();
  const notWhole = new Set<string>();
  let isDamaged = false;
  const patients = new Set([WARD_PATIENT, ...chart.patients()]);
  for (const patient of patients) {
    for (const { type, loaded, damaged } of chart.sections(patient))
      if (damaged || !loaded) notWhole.add(`${type} ${patient}`);
    for (const type of TYPES) {
      const { resources, damaged } = chart.resources(patient, type);
      if (damaged > 0) {
        notWhole.add(`${type} ${patient}`);
        isDamaged = true;
      }
      for (const one of resources) said.set(`${type} ${patient} ${one.id}`, text(one));
    }
    for (const row of chart.unreadable(patient))
      said.set(`unreadable ${patient} ${row.type}/${row.id}`, text(row));
  }
  for (const row of chart.placements()) said.set(`placement  ${row.patient}`, text(row));
  return { said, notWhole, damaged: isDamaged };
}

/** Everything of the journal that exists nowhere else. Its parts are its tables. */
export function journalFacts(journal: Journal): Facts {
  const said = new Map<string, string>();
  for (const { seq: _seq, why, about, base, theirs, ...row } of journal.acts({
    acknowledged: true,
  })) {
    said.set(`acts ${row.uuid}`, text(row));
    const more = [why, about, base, theirs];
    if (more.some((one) => one !== null)) said.set(`act_facts ${row.uuid}`, text(more));
  }
  for (const { seq, body, hash } of journal.audit(1, 100_000))
    said.set(`audit ${seq}`, `${hash} ${body}`);
  const { pages, places } = journal.wholeLedger();
  for (const { number, type, patient, sealed } of pages)
    said.set(
      `ledger_pages ${number}`,
      `${type} ${patient} ${Buffer.from(sealed).toString("base64")}`,
    );
  for (const { type, id, page } of places) said.set(`ledger_places ${type}/${id}`, String(page));
  for (const row of journal.statements())
    said.set(`statements ${row.kind} ${row.subject}`, text(row));
  for (const row of journal.scope()) said.set(`scope ${row.patient}`, text(row));
  return { said, notWhole: new Set(), damaged: false };
}
