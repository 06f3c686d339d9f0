import type { Random } from "./random.ts";

type Pair = readonly [latin: string, arabic: string];

const MALE: readonly Pair[] = [
  ["Abdullah", "عبد الله"],
  ["Ahmed", "أحمد"],
  ["Khalid", "خالد"],
  ["Mohammed", "محمد"],
  ["Saad", "سعد"],
  ["Faisal", "فيصل"],
  ["Ibrahim", "إبراهيم"],
  ["Hassan", "حسن"],
  ["Tariq", "طارق"],
  ["Majid", "ماجد"],
  ["Sultan", "سلطان"],
  ["Ziad", "زياد"],
];
const FEMALE: readonly Pair[] = [
  ["Fatimah", "فاطمة"],
  ["Aisha", "عائشة"],
  ["Noura", "نورة"],
  ["Maryam", "مريم"],
  ["Huda", "هدى"],
  ["Reem", "ريم"],
  ["Khadijah", "خديجة"],
  ["Amal", "أمل"],
  ["Samira", "سميرة"],
  ["Hanan", "حنان"],
  ["Dalal", "دلال"],
  ["Zainab", "زينب"],
];
const FAMILY: readonly Pair[] = [
  ["Al-Qahtani", "القحطاني"],
  ["Al-Ghamdi", "الغامدي"],
  ["Al-Otaibi", "العتيبي"],
  ["Al-Shehri", "الشهري"],
  ["Al-Zahrani", "الزهراني"],
  ["Al-Mutairi", "المطيري"],
  ["Al-Dosari", "الدوسري"],
  ["Khoury", "خوري"],
  ["Mansour", "منصور"],
  ["Saleh", "صالح"],
  ["Bakr", "بكر"],
  ["Al-Amri", "العمري"],
];
const ELSEWHERE_MALE = ["James", "Ramon", "Vikram", "Peter", "Daniel", "Joseph"];
const ELSEWHERE_FEMALE = ["Margaret", "Maria", "Priya", "Anna", "Helen", "Teresa"];
const ELSEWHERE_FAMILY = ["Whitfield", "Santos", "Menon", "O'Connor", "Fernandez", "Kowalski"];

export interface MadeName {
  readonly given: { en: string; ar: string | null };
  readonly family: { en: string; ar: string | null };
}

/** Four in five patients have a name in both scripts; the others are known in Latin letters only. */
export function makeName(random: Random, sex: "male" | "female"): MadeName {
  if (random.chance(0.2))
    return {
      given: { en: random.pick(sex === "male" ? ELSEWHERE_MALE : ELSEWHERE_FEMALE), ar: null },
      family: { en: random.pick(ELSEWHERE_FAMILY), ar: null },
    };
  const [given, givenAr] = random.pick(sex === "male" ? MALE : FEMALE);
  const [family, familyAr] = random.pick(FAMILY);
  return { given: { en: given, ar: givenAr }, family: { en: family, ar: familyAr } };
}
