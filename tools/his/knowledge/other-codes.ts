/**
 * Codes of records and orders that are not the pack's own: SNOMED CT codes one by one, as Synthea (Apache-2.0) and HL7's
 * published examples use them, and RxNorm products that Synthea orders. Nothing of SNOMED CT's structure is in it.
 */
export interface OtherCode {
  readonly system: string;
  readonly code: string;
  readonly to: "ingredient" | "class" | "apart";
  readonly targets: readonly string[];
  /** FHIR R4 ConceptMap: how the target relates to the source. */
  readonly equivalence: "equivalent" | "narrower";
}

const SNOMED = "http://snomed.info/sct";
const RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm";

const snomed = (code: string, to: OtherCode["to"], target: string): OtherCode => ({
  system: SNOMED,
  code,
  to,
  targets: [target],
  equivalence: "equivalent",
});
/** A product, and the substances in it that matter. */
const product = (code: string, ...targets: string[]): OtherCode => ({
  system: RXNORM,
  code,
  to: "ingredient",
  targets,
  equivalence: "narrower",
});

export const OTHER_CODES: readonly OtherCode[] = [
  snomed("764146007", "class", "penicillins"),
  snomed("91936005", "class", "penicillins"),
  snomed("372687004", "ingredient", "723"),
  snomed("294505008", "ingredient", "723"),
  snomed("387458008", "ingredient", "1191"),
  snomed("293586001", "ingredient", "1191"),
  snomed("387207008", "ingredient", "5640"),
  snomed("387517004", "ingredient", "161"),
  snomed("91939003", "class", "sulfonamide-antibiotics"),
  snomed("232347008", "apart", "dander"),
  snomed("232350006", "apart", "dust-mite"),
  snomed("300913006", "apart", "shellfish"),
  snomed("300916003", "apart", "latex"),
  snomed("417532002", "apart", "fish"),
  snomed("418689008", "apart", "pollen"),
  snomed("419263009", "apart", "pollen"),
  snomed("419474003", "apart", "mould"),
  snomed("420174000", "apart", "wheat"),
  snomed("424213003", "apart", "bee-venom"),
  snomed("425525006", "apart", "milk"),
  snomed("714035009", "apart", "soya"),
  snomed("91930004", "apart", "egg"),
  snomed("91934008", "apart", "nut"),
  snomed("91935009", "apart", "peanut"),
  product("562251", "723", "48203"),
  product("834061", "7984"),
  product("834102", "7984"),
  product("198014", "7258"),
  product("849574", "7258"),
  product("310965", "5640"),
  product("1049221", "161", "7804"),
  product("1310197", "161", "5489"),
  product("857005", "161", "5489"),
  product("282464", "161"),
  product("313782", "161"),
  product("1364435", "1364430"),
  product("1719286", "4603"),
  product("315971", "4603"),
  product("316049", "5487"),
  product("316052", "5487"),
  product("316672", "36567"),
  product("312617", "8640"),
  product("866414", "6918"),
  product("745679", "435"),
  product("1049630", "3498"),
];
