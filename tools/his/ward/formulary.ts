/** One line of the demo hospital's formulary. */
export interface Medicine {
  /** RxNorm concept of the ingredient. */
  readonly rxnorm: string;
  readonly name: string;
  readonly dose: readonly [value: number, unit: string];
  readonly route: "oral" | "intravenous" | "subcutaneous" | "inhaled";
  /** Clock times of a day; none for as-needed medicines. */
  readonly times: readonly string[];
  readonly asNeeded?: { readonly hours: number; readonly reason: string };
  /** Illnesses (ICD-10-CM) it is for; none: anybody may have it. */
  readonly illnesses?: readonly string[];
}

export const ROUTES = {
  oral: ["PO", "oral"],
  intravenous: ["IV", "intravenous"],
  subcutaneous: ["SQ", "subcutaneous"],
  inhaled: ["IPINHL", "inhaled"],
} as const;

const MORNING = ["08:00"];
const TWICE = ["08:00", "20:00"];
const THRICE = ["06:00", "14:00", "22:00"];
const FOUR = ["06:00", "12:00", "18:00", "23:59"];

export const MEDICINES: readonly Medicine[] = [
  { rxnorm: "161", name: "Paracetamol 1 g tablet", dose: [1, "g"], route: "oral", times: FOUR },
  {
    rxnorm: "67108",
    name: "Enoxaparin 40 mg injection",
    dose: [40, "mg"],
    route: "subcutaneous",
    times: ["18:00"],
  },
  {
    rxnorm: "7646",
    name: "Omeprazole 20 mg capsule",
    dose: [20, "mg"],
    route: "oral",
    times: MORNING,
  },
  {
    rxnorm: "6809",
    name: "Metformin 500 mg tablet",
    dose: [500, "mg"],
    route: "oral",
    times: TWICE,
    illnesses: ["E11.9"],
  },
  {
    rxnorm: "274783",
    name: "Insulin glargine 100 units/mL",
    dose: [14, "units"],
    route: "subcutaneous",
    times: ["22:00"],
    illnesses: ["E11.9"],
  },
  {
    rxnorm: "17767",
    name: "Amlodipine 5 mg tablet",
    dose: [5, "mg"],
    route: "oral",
    times: MORNING,
    illnesses: ["I10"],
  },
  {
    rxnorm: "29046",
    name: "Lisinopril 10 mg tablet",
    dose: [10, "mg"],
    route: "oral",
    times: MORNING,
    illnesses: ["I10", "I50.9"],
  },
  {
    rxnorm: "4603",
    name: "Furosemide 40 mg injection",
    dose: [40, "mg"],
    route: "intravenous",
    times: ["08:00", "14:00"],
    illnesses: ["I50.9"],
  },
  {
    rxnorm: "19484",
    name: "Bisoprolol 2.5 mg tablet",
    dose: [2.5, "mg"],
    route: "oral",
    times: MORNING,
    illnesses: ["I50.9", "I48.91", "I21.4"],
  },
  {
    rxnorm: "1364430",
    name: "Apixaban 5 mg tablet",
    dose: [5, "mg"],
    route: "oral",
    times: TWICE,
    illnesses: ["I48.91"],
  },
  {
    rxnorm: "1191",
    name: "Aspirin 81 mg tablet",
    dose: [81, "mg"],
    route: "oral",
    times: MORNING,
    illnesses: ["I21.4", "I63.9"],
  },
  {
    rxnorm: "83367",
    name: "Atorvastatin 40 mg tablet",
    dose: [40, "mg"],
    route: "oral",
    times: ["22:00"],
    illnesses: ["I21.4", "I63.9", "E11.9"],
  },
  {
    rxnorm: "2193",
    name: "Ceftriaxone 2 g injection",
    dose: [2, "g"],
    route: "intravenous",
    times: ["10:00"],
    illnesses: ["J18.9", "N39.0", "A41.9"],
  },
  {
    rxnorm: "6922",
    name: "Metronidazole 500 mg infusion",
    dose: [500, "mg"],
    route: "intravenous",
    times: THRICE,
    illnesses: ["K35.80", "A41.9"],
  },
  {
    rxnorm: "11124",
    name: "Vancomycin 1 g infusion",
    dose: [1, "g"],
    route: "intravenous",
    times: TWICE,
    illnesses: ["L03.90", "A41.9"],
  },
  {
    rxnorm: "8638",
    name: "Prednisolone 30 mg tablet",
    dose: [30, "mg"],
    route: "oral",
    times: MORNING,
    illnesses: ["J44.9", "J45.909"],
  },
  {
    rxnorm: "435",
    name: "Salbutamol 2.5 mg nebuliser",
    dose: [2.5, "mg"],
    route: "inhaled",
    times: FOUR,
    illnesses: ["J44.9", "J45.909"],
  },
  {
    rxnorm: "10582",
    name: "Levothyroxine 100 micrograms tablet",
    dose: [100, "ug"],
    route: "oral",
    times: ["06:00"],
    illnesses: ["E03.9"],
  },
  {
    rxnorm: "7052",
    name: "Morphine 2.5 mg injection",
    dose: [2.5, "mg"],
    route: "intravenous",
    times: [],
    asNeeded: { hours: 4, reason: "severe pain" },
  },
  {
    rxnorm: "26225",
    name: "Ondansetron 4 mg injection",
    dose: [4, "mg"],
    route: "intravenous",
    times: [],
    asNeeded: { hours: 8, reason: "nausea" },
  },
  {
    rxnorm: "5640",
    name: "Ibuprofen 400 mg tablet",
    dose: [400, "mg"],
    route: "oral",
    times: [],
    asNeeded: { hours: 8, reason: "pain" },
  },
];
