import { MEDICINES } from "../ward/formulary.ts";

/**
 * The labelled set of the drug-allergy check: an allergy record, an order, and what a careful pharmacist would want.
 *
 * Provenance: written by hand for this project in November 2026, before the check was run on it; labels follow the sources
 * named in `why` (published facts, as in `classes.ts`) and the rule of `facts.md` "stop only on definite or severe". Orders
 * and allergens are the demo ward's formulary and allergies (`tools/his/ward`), Synthea's allergies and products
 * (Apache-2.0), and free texts as wards write them, invented. No patient's record is in it. It has not been reviewed by a
 * pharmacist: it shows that the check does what it says, not that a pack is clinically right.
 */
export interface Labelled {
  readonly allergy: {
    readonly says: string;
    /** `system` short: rx, sct. */
    readonly code?: readonly ["rx" | "sct", string];
    /** `mild`: criticality low, a mild reaction; `severe`: criticality high; `intolerance`: low, and typed so. */
    readonly was: "mild" | "severe" | "intolerance" | "unstated";
    readonly category?: "medication" | "food" | "environment";
    readonly reaction?: string;
    readonly status?: "refuted" | "entered-in-error" | "resolved" | "unconfirmed";
  };
  readonly order: { readonly says: string; readonly code?: string };
  readonly expected: "stop" | "inform" | "none";
  /** A definite match: the same substance, a class that was named, or one that shares what people react to. */
  readonly definite: boolean;
  readonly why: string;
}

type Was = Labelled["allergy"]["was"];
type Row = readonly [allergy: string, was: Was, order: string, expected: string, why: string];

/** `STOP`: a definite match that stops. `stop`: one that stops because the reaction was severe. */
const SPOKEN: readonly Row[] = [
  // The same substance, as wards write it
  ["Amoxicillin", "unstated", "Amoxicillin 500 mg capsule", "STOP", "same substance"],
  [
    "amoxycillin - rash",
    "mild",
    "Amoxicillin 500 mg capsule",
    "STOP",
    "same substance, older spelling",
  ],
  ["AMOXIL", "unstated", "Amoxicillin 1 g injection", "STOP", "brand"],
  ["Augmentin", "severe", "Co-amoxiclav 625 mg tablet", "STOP", "brand and its combination"],
  ["Augmentin (hives)", "mild", "Amoxicillin 500 mg capsule", "STOP", "brand holds amoxicillin"],
  ["Allergic to ibuprofen", "unstated", "Ibuprofen 400 mg tablet", "STOP", "same substance"],
  ["Brufen", "mild", "Ibuprofen 400 mg tablet", "STOP", "brand"],
  ["Nurofen", "unstated", "Ibuprofen 200 mg tablet", "STOP", "brand"],
  ["ASA", "unstated", "Aspirin 81 mg tablet", "STOP", "abbreviation"],
  ["acetylsalicylic acid", "mild", "Aspirin 81 mg tablet", "STOP", "chemical name"],
  ["Panadol", "mild", "Paracetamol 1 g tablet", "STOP", "brand"],
  ["acetaminophen", "severe", "Paracetamol 1 g infusion", "STOP", "US name"],
  ["Tylenol rash", "mild", "Acetaminophen 325 MG Oral Tablet", "STOP", "brand and US name"],
  ["Lasix", "unstated", "Furosemide 40 mg injection", "STOP", "brand"],
  ["frusemide", "mild", "Furosemide 40 mg tablet", "STOP", "older name"],
  ["Clexane", "unstated", "Enoxaparin 40 mg injection", "STOP", "brand"],
  ["Flagyl", "mild", "Metronidazole 500 mg infusion", "STOP", "brand"],
  ["Bactrim", "severe", "Co-trimoxazole 960 mg tablet", "STOP", "brand"],
  ["trimethoprim", "mild", "Co-trimoxazole 960 mg tablet", "STOP", "part of the combination"],
  [
    "Vicodin",
    "unstated",
    "Acetaminophen 300 MG / HYDROcodone Bitartrate 5 MG [Vicodin]",
    "STOP",
    "same product",
  ],
  ["Percocet", "mild", "Paracetamol 1 g tablet", "STOP", "brand holds paracetamol"],
  ["Rocephin anaphylaxis", "severe", "Ceftriaxone 2 g injection", "STOP", "brand"],
  ["Tazocin", "unstated", "Piperacillin/tazobactam 4.5 g infusion", "STOP", "brand"],
  ["lignocaine", "unstated", "Lidocaine 1% injection", "STOP", "older name"],
  ["Lantus", "mild", "Insulin glargine 100 units/mL", "STOP", "brand"],
  ["Lipitor", "unstated", "Atorvastatin 40 mg tablet", "STOP", "brand"],
  ["Ventolin", "mild", "Salbutamol 2.5 mg nebuliser", "STOP", "brand"],
  ["codeine", "unstated", "Codeine phosphate 30 mg tablet", "STOP", "same substance"],
  [
    "morphine itching",
    "mild",
    "Morphine 2.5 mg injection",
    "STOP",
    "same substance, recorded as an allergy",
  ],
  ["Zofran", "unstated", "Ondansetron 4 mg injection", "STOP", "brand"],
  // A class that was named
  ["Penicillin", "severe", "Amoxicillin 500 mg capsule", "STOP", "class named"],
  ["penicillin", "mild", "Flucloxacillin 500 mg capsule", "STOP", "class named"],
  ["Penicillins", "unstated", "Piperacillin/tazobactam 4.5 g infusion", "STOP", "class named"],
  ["PCN", "unstated", "Amoxicillin 500 mg capsule", "STOP", "abbreviation of the class"],
  [
    "Pt states allergic to PENICILLIN since childhood",
    "unstated",
    "Ampicillin 1 g injection",
    "STOP",
    "class in a sentence",
  ],
  [
    "penicillin allergy?",
    "unstated",
    "Co-amoxiclav 1.2 g injection",
    "STOP",
    "an unsure record is a record",
  ],
  ["Beta-lactam antibiotics", "severe", "Meropenem 1 g infusion", "STOP", "class named"],
  ["beta lactams", "mild", "Ceftriaxone 2 g injection", "STOP", "class named"],
  ["cephalosporins", "mild", "Cefazolin 1 g injection", "STOP", "class named"],
  ["Sulfa", "mild", "Co-trimoxazole 960 mg tablet", "STOP", "class named"],
  ["sulfa drugs", "severe", "Sulfamethoxazole 800 mg / trimethoprim 160 mg", "STOP", "class named"],
  ["Sulphonamides", "unstated", "Silver sulfadiazine cream", "STOP", "class named"],
  ["NSAIDs", "mild", "Ibuprofen 400 mg tablet", "STOP", "class named"],
  ["NSAID", "severe", "Diclofenac 75 mg injection", "STOP", "class named"],
  [
    "non-steroidal anti-inflammatory drugs",
    "unstated",
    "Naproxen 500 mg tablet",
    "STOP",
    "class named",
  ],
  ["opiates", "unstated", "Morphine 2.5 mg injection", "STOP", "class named"],
  ["macrolides", "mild", "Azithromycin 500 mg tablet", "STOP", "class named"],
  ["quinolones", "unstated", "Ciprofloxacin 500 mg tablet", "STOP", "class named"],
  ["fluoroquinolone tendon rupture", "severe", "Levofloxacin 500 mg tablet", "STOP", "class named"],
  ["ACE inhibitors", "mild", "Lisinopril 10 mg tablet", "STOP", "class named"],
  ["ACE inhibitor angioedema", "severe", "Ramipril 5 mg capsule", "STOP", "class named"],
  ["statins", "unstated", "Atorvastatin 40 mg tablet", "STOP", "class named"],
  ["IV contrast", "severe", "Iohexol 300 mg/mL injection", "STOP", "class named"],
  ["contrast dye", "mild", "Omnipaque 300", "STOP", "class named, brand ordered"],
  [
    "heparin",
    "severe",
    "Enoxaparin 40 mg injection",
    "STOP",
    "HIT antibodies react with nearly all heparins (Chest 2012)",
  ],
  ["HIT - heparin", "severe", "Heparin 5000 units injection", "STOP", "same substance"],
  // One of a class, another ordered: shared structure
  [
    "Benzylpenicillin",
    "mild",
    "Amoxicillin 500 mg capsule",
    "STOP",
    "one core structure (2022 practice parameter)",
  ],
  ["flucloxacillin", "unstated", "Ampicillin 1 g injection", "STOP", "one core structure"],
  ["penicillin V", "mild", "Co-amoxiclav 625 mg tablet", "STOP", "one core structure"],
  ["ceftriaxone", "mild", "Cefotaxime 1 g injection", "STOP", "same R1 side chain"],
  ["ceftriaxone", "severe", "Cefepime 2 g injection", "STOP", "same R1 side chain"],
  ["ceftazidime", "severe", "Aztreonam 1 g injection", "STOP", "same R1 side chain"],
  ["lisinopril cough", "mild", "Enalapril 5 mg tablet", "STOP", "an effect of the class"],
  ["lisinopril angioedema", "severe", "Perindopril 4 mg tablet", "STOP", "an effect of the class"],
  ["sulfadiazine", "mild", "Co-trimoxazole 960 mg tablet", "STOP", "sulfonamide antibiotics"],
  ["enoxaparin", "mild", "Dalteparin 5000 units injection", "STOP", "heparins"],
  ["metronidazole", "unstated", "Tinidazole 2 g tablet", "STOP", "nitroimidazoles"],
  ["procaine", "mild", "Benzocaine gel", "STOP", "ester anaesthetics"],
  // One of a class, another ordered: seen, not in most
  ["cefazolin", "severe", "Ceftriaxone 2 g injection", "stop", "unlike side chains, severe"],
  ["cefazolin", "mild", "Ceftriaxone 2 g injection", "inform", "unlike side chains"],
  [
    "penicillin",
    "severe",
    "Cefalexin 500 mg capsule",
    "stop",
    "like side chain, 16 % (Picard 2019), severe",
  ],
  ["penicillin rash", "mild", "Cefalexin 500 mg capsule", "inform", "like side chain, mild"],
  ["amoxicillin", "severe", "Cefaclor 250 mg capsule", "stop", "like side chain, severe"],
  [
    "aspirin",
    "severe",
    "Ibuprofen 400 mg tablet",
    "stop",
    "cross-intolerance, severe (Kowalski 2013)",
  ],
  ["aspirin upset stomach", "mild", "Ibuprofen 400 mg tablet", "inform", "cross-intolerance, mild"],
  ["ibuprofen - wheeze", "unstated", "Aspirin 81 mg tablet", "stop", "airway reaction"],
  ["diclofenac", "mild", "Ketorolac 30 mg injection", "inform", "cross-intolerance, mild"],
  [
    "phenytoin",
    "severe",
    "Carbamazepine 200 mg tablet",
    "stop",
    "aromatic anticonvulsants, severe",
  ],
  ["carbamazepine rash", "mild", "Lamotrigine 25 mg tablet", "inform", "aromatic anticonvulsants"],
  [
    "carbamazepine Stevens-Johnson syndrome",
    "unstated",
    "Phenytoin 300 mg capsule",
    "stop",
    "a reaction that kills",
  ],
  ["ciprofloxacin", "severe", "Levofloxacin 500 mg tablet", "stop", "quinolones, severe"],
  ["ciprofloxacin", "mild", "Moxifloxacin 400 mg tablet", "inform", "quinolones"],
  [
    "Omnipaque",
    "severe",
    "Iodixanol 320 mg/mL injection",
    "stop",
    "another iodinated contrast, severe",
  ],
  ["vancomycin", "severe", "Teicoplanin 400 mg injection", "stop", "glycopeptides, severe"],
  ["oxaliplatin", "severe", "Carboplatin 450 mg infusion", "stop", "platinums, severe"],
  ["omeprazole", "mild", "Pantoprazole 40 mg injection", "inform", "proton pump inhibitors"],
  ["insulin aspart", "mild", "Insulin glargine 100 units/mL", "inform", "insulins"],
  // Worth knowing, no reason to stop
  [
    "penicillin",
    "severe",
    "Ceftriaxone 2 g injection",
    "inform",
    "unlike side chain, 2 % (Picard 2019)",
  ],
  ["Penicillin", "mild", "Cefuroxime 750 mg injection", "inform", "unlike side chain"],
  ["penicillin", "severe", "Meropenem 1 g infusion", "inform", "under 1 % (Picard 2019)"],
  ["ceftriaxone", "severe", "Ertapenem 1 g infusion", "inform", "under 1 %"],
  ["aspirin", "severe", "Celecoxib 200 mg capsule", "inform", "coxibs are tolerated by most"],
  ["lisinopril angioedema", "severe", "Losartan 50 mg tablet", "inform", "comes again in a few"],
  [
    "codeine",
    "severe",
    "Morphine 2.5 mg injection",
    "inform",
    "phenanthrenes, true allergy is rare",
  ],
  ["erythromycin", "severe", "Azithromycin 500 mg tablet", "inform", "seldom shared"],
  ["atorvastatin", "mild", "Simvastatin 20 mg tablet", "inform", "an effect of the class"],
  ["heparin", "severe", "Fondaparinux 2.5 mg injection", "inform", "very rarely"],
  // Misspelt
  ["penicilin", "severe", "Amoxicillin 500 mg capsule", "stop", "one letter short, severe"],
  [
    "penicilin",
    "mild",
    "Amoxicillin 500 mg capsule",
    "inform",
    "one letter short: nearly a name is no certainty",
  ],
  ["amoxicilin", "severe", "Amoxicillin 500 mg capsule", "stop", "one letter short"],
  ["ibuprofin", "severe", "Ibuprofen 400 mg tablet", "stop", "another letter"],
  ["vancomicin", "severe", "Vancomycin 1 g infusion", "stop", "another letter"],
  ["ceftriaxon", "severe", "Ceftriaxone 2 g injection", "stop", "one letter short"],
  ["asprin", "severe", "Aspirin 81 mg tablet", "stop", "one letter short"],
  // Arabic
  ["بنسلين", "severe", "Amoxicillin 500 mg capsule", "STOP", "class in Arabic"],
  [
    "حساسية من البنسلين",
    "unstated",
    "Ampicillin 1 g injection",
    "STOP",
    "class in an Arabic sentence",
  ],
  ["أموكسيسيلين", "mild", "Amoxicillin 500 mg capsule", "STOP", "substance in Arabic"],
  ["حساسية للأسبرين", "severe", "Aspirin 81 mg tablet", "STOP", "with the preposition joined"],
  ["الأسبرين", "mild", "Aspirin 81 mg tablet", "STOP", "with the article"],
  ["بروفين", "mild", "Ibuprofen 400 mg tablet", "STOP", "brand in Arabic"],
  ["السلفا", "severe", "Co-trimoxazole 960 mg tablet", "STOP", "class in Arabic"],
  ["صبغة الأشعة", "severe", "Iohexol 300 mg/mL injection", "STOP", "contrast in Arabic"],
  ["روسيفين", "severe", "Ceftriaxone 2 g injection", "STOP", "brand in Arabic"],
  ["بَنْسِلِين", "severe", "Amoxicillin 500 mg capsule", "STOP", "with vowel marks"],
  ["الفول السوداني", "severe", "Amoxicillin 500 mg capsule", "none", "a food"],
  ["Penicillin", "severe", "أموكسيسيلين 500 مجم كبسولة", "STOP", "order in Arabic"],
  // Letters that are not what they seem
  ["Аmoxicillin", "severe", "Amoxicillin 500 mg capsule", "STOP", "Cyrillic A"],
  ["amoxi\u200Bcillin", "severe", "Amoxicillin 500 mg capsule", "STOP", "zero-width space inside"],
  ["\u202EPenicillin\u202C", "severe", "Amoxicillin 500 mg capsule", "STOP", "bidi control around"],
  ["ＰＥＮＩＣＩＬＬＩＮ", "severe", "Amoxicillin 500 mg capsule", "STOP", "full width"],
  ["Pénicilline", "severe", "Amoxicillin 500 mg capsule", "stop", "French: one letter more"],
  ["реnісіllіn", "severe", "Amoxicillin 500 mg capsule", "STOP", "six Cyrillic letters"],
  // What must not stop
  ["penicillamine", "severe", "Amoxicillin 500 mg capsule", "none", "another medicine altogether"],
  [
    "Sulfa",
    "severe",
    "Furosemide 40 mg injection",
    "none",
    "no cross-reaction with non-antibiotics (Strom 2003)",
  ],
  ["Sulfa", "severe", "Hydrochlorothiazide 25 mg tablet", "none", "the same"],
  ["Sulfa", "severe", "Ferrous sulfate 200 mg tablet", "none", "sulfate is no sulfa"],
  ["sulfites", "severe", "Co-trimoxazole 960 mg tablet", "none", "sulfites are no sulfa"],
  ["Shellfish", "severe", "Iohexol 300 mg/mL injection", "none", "a myth (ACR manual)"],
  ["Peanut", "severe", "Paracetamol 1 g tablet", "none", "a food"],
  [
    "Egg",
    "severe",
    "Propofol 1% injection",
    "none",
    "given all the same (2022 practice parameter)",
  ],
  ["Latex", "severe", "Amoxicillin 500 mg capsule", "none", "a material"],
  ["aspirin", "severe", "Paracetamol 1 g tablet", "none", "no cross-reaction at usual doses"],
  ["codeine", "severe", "Fentanyl 25 micrograms/h patch", "none", "no phenanthrene"],
  ["morphine", "severe", "Tramadol 50 mg capsule", "none", "no phenanthrene"],
  ["benzocaine", "severe", "Lidocaine 1% injection", "none", "esters and amides do not share"],
  [
    "penicillin",
    "severe",
    "Aztreonam 1 g injection",
    "none",
    "does not share (2022 practice parameter)",
  ],
  ["penicillin", "severe", "Vancomycin 1 g infusion", "none", "unrelated"],
  ["penicillin", "severe", "Doxycycline 100 mg capsule", "none", "unrelated"],
  ["sodium valproate", "severe", "Sodium chloride 0.9% infusion", "none", "a salt is no match"],
  [
    "potassium clavulanate",
    "severe",
    "Potassium chloride 40 mmol infusion",
    "none",
    "a salt is no match",
  ],
  ["gadolinium", "severe", "Iohexol 300 mg/mL injection", "none", "another kind of contrast"],
  ["folic acid", "severe", "Tranexamic acid 1 g injection", "none", "two acids"],
  ["adhesive tape", "severe", "Paracetamol 1 g tablet", "none", "a material"],
  ["dust", "mild", "Salbutamol 2.5 mg nebuliser", "none", "no medicine"],
  // What a name cannot tell: the check does not read sentences
  [
    "Not allergic to penicillin, tested 2021",
    "unstated",
    "Amoxicillin 500 mg capsule",
    "none",
    "a denial in free text",
  ],
  ["Mother allergic to aspirin", "unstated", "Aspirin 81 mg tablet", "none", "somebody else's"],
  [
    "Tolerates ceftriaxone",
    "unstated",
    "Ceftriaxone 2 g injection",
    "none",
    "the contrary of an allergy",
  ],
  // Not in the pack: the name itself
  ["Rifampicin", "severe", "Rifampicin 300 mg capsule", "STOP", "same word, no pack needed"],
  ["allergic to tranexamic acid", "mild", "Tranexamic acid 1 g injection", "STOP", "same word"],
  ["Digoxin", "mild", "Digoxin 125 micrograms tablet", "STOP", "same word"],
];

function spoken([says, was, order, expected, why]: Row): Labelled {
  return {
    allergy: { says, was },
    order: { says: order },
    expected: expected.toLowerCase() as Labelled["expected"],
    definite: expected === "STOP",
    why,
  };
}

/** Records whose codes, status or type decide. */
const CODED: readonly Labelled[] = [
  coded(
    { says: "x", code: ["rx", "7980"], was: "severe" },
    { says: "y", code: "723" },
    "STOP",
    "codes alone",
  ),
  coded(
    { says: "Allergy to penicillin", code: ["sct", "91936005"], was: "unstated" },
    { says: "Amoxicillin", code: "723" },
    "STOP",
    "SNOMED finding",
  ),
  coded(
    { says: "Paracetamol", code: ["rx", "7980"], was: "severe" },
    { says: "Amoxicillin 500 mg", code: "723" },
    "STOP",
    "display disagrees with its code: both count",
  ),
  coded(
    { says: "Penicillin", code: ["rx", "161"], was: "severe" },
    { says: "Amoxicillin 500 mg", code: "723" },
    "STOP",
    "display disagrees with its code: both count",
  ),
  coded(
    { says: "Amoxicillin", code: ["rx", "723"], was: "severe" },
    { says: "Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet", code: "562251" },
    "STOP",
    "Synthea's product",
  ),
  coded(
    { says: "Penicillin", was: "severe" },
    { says: "Penicillin V Potassium 250 MG Oral Tablet", code: "834061" },
    "STOP",
    "Synthea's product",
  ),
  coded(
    { says: "Ibuprofen", code: ["rx", "5640"], was: "severe" },
    { says: "Naproxen sodium 220 MG Oral Tablet", code: "849574" },
    "stop",
    "NSAIDs, severe",
  ),
  coded(
    { says: "Allergy to aspirin", code: ["sct", "293586001"], was: "mild" },
    { says: "Aspirin 81 mg tablet", code: "1191" },
    "STOP",
    "SNOMED finding",
  ),
  coded(
    { says: "Codeine", code: ["rx", "2670"], was: "intolerance", reaction: "Nausea" },
    { says: "Codeine phosphate 30 mg tablet" },
    "inform",
    "an intolerance of low risk",
  ),
  coded(
    { says: "Codeine", code: ["rx", "2670"], was: "intolerance", reaction: "Anaphylaxis" },
    { says: "Codeine phosphate 30 mg tablet" },
    "STOP",
    "typed intolerance, but it can kill",
  ),
  coded(
    { says: "Penicillin", was: "unstated", reaction: "Anaphylaxis" },
    { says: "Cefalexin 500 mg capsule" },
    "stop",
    "severe by its reaction",
  ),
  coded(
    { says: "Penicillin", was: "unstated", reaction: "تأق" },
    { says: "Cefalexin 500 mg capsule" },
    "stop",
    "severe by its reaction, in Arabic",
  ),
  coded(
    { says: "Penicillin", was: "severe", status: "refuted" },
    { says: "Amoxicillin 500 mg capsule" },
    "none",
    "refuted",
  ),
  coded(
    { says: "Penicillin", was: "severe", status: "entered-in-error" },
    { says: "Amoxicillin 500 mg capsule" },
    "none",
    "a mistake",
  ),
  coded(
    { says: "Penicillin", was: "severe", status: "resolved" },
    { says: "Amoxicillin 500 mg capsule" },
    "none",
    "over",
  ),
  coded(
    { says: "Penicillin", was: "mild", status: "unconfirmed" },
    { says: "Amoxicillin 500 mg capsule" },
    "STOP",
    "unconfirmed counts",
  ),
  coded(
    { says: "No known drug allergy", code: ["sct", "409137002"], was: "unstated" },
    { says: "Amoxicillin 500 mg capsule" },
    "none",
    "a negative statement",
  ),
];

function coded(
  allergy: Labelled["allergy"],
  order: Labelled["order"],
  expected: string,
  why: string,
): Labelled {
  return {
    allergy,
    order,
    expected: expected.toLowerCase() as Labelled["expected"],
    definite: expected === "STOP",
    why,
  };
}

/** What the demo ward's allergies mean for the demo ward's formulary; every pair that is not named is "none". */
const WARD_ALLERGENS: readonly (readonly [rxnorm: string | null, name: string])[] = [
  ["7980", "Benzylpenicillin"],
  ["723", "Amoxicillin"],
  ["10180", "Sulfamethoxazole"],
  ["5640", "Ibuprofen"],
  ["1191", "Aspirin"],
  ["2670", "Codeine"],
  ["2193", "Ceftriaxone"],
  ["11124", "Vancomycin"],
  [null, "Peanut"],
  [null, "Shellfish"],
  [null, "Natural rubber latex"],
];
/** Allergen and ordered ingredient (RxNorm): severe, and mild. */
const WARD_MATCHES: Readonly<Record<string, readonly [severe: string, mild: string]>> = {
  "7980 2193": ["inform", "inform"],
  "723 2193": ["inform", "inform"],
  "2193 2193": ["STOP", "STOP"],
  "11124 11124": ["STOP", "STOP"],
  "5640 5640": ["STOP", "STOP"],
  "5640 1191": ["stop", "inform"],
  "1191 1191": ["STOP", "STOP"],
  "1191 5640": ["stop", "inform"],
  "2670 7052": ["inform", "inform"],
};

function ward(): Labelled[] {
  return WARD_ALLERGENS.flatMap(([rxnorm, name]) =>
    MEDICINES.flatMap((medicine) =>
      (["severe", "mild"] as const).map((was, index) => {
        const known = WARD_MATCHES[`${rxnorm ?? ""} ${medicine.rxnorm}`]?.[index] ?? "none";
        const category = rxnorm === null ? "food" : "medication";
        return coded(
          { says: name, was, category, ...(rxnorm !== null && { code: ["rx", rxnorm] as const }) },
          { says: medicine.name, code: medicine.rxnorm },
          known,
          "the demo ward's allergies and formulary",
        );
      }),
    ),
  );
}

/** The written cases alone, and with them every pair of the demo ward. */
export const WRITTEN: readonly Labelled[] = [...SPOKEN.map(spoken), ...CODED];
export const LABELLED: readonly Labelled[] = [...WRITTEN, ...ward()];
