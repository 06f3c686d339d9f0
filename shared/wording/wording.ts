import type { en } from "./en.ts";

/** CLDR plural categories of Arabic; every counted sentence needs all six. */
export const arabicPlurals = ["zero", "one", "two", "few", "many", "other"] as const;
type ArabicPlural = (typeof arabicPlurals)[number];

type Counted<Key> = Key extends `${infer Base}_other` ? Base : never;

/**
 * What an Arabic wording must hold for an English one: the same keys, and for each counted sentence
 * (`x_one`, `x_other`) all six Arabic forms. A missing or superfluous key is a type error.
 */
export type ArabicOf<English> = {
  [
    Key in keyof English as Key extends `${string}_one` | `${string}_other` ? never : Key
  ]: English[Key] extends string ? string : ArabicOf<English[Key]>;
} & {
  [Key in keyof English as `${Counted<Key>}_${ArabicPlural}`]: string;
};

export type Wording = typeof en;
export type ArabicWording = ArabicOf<Wording>;

/** Languages of the page, in the order the language switch offers them. */
export const languages = ["en", "ar"] as const;
export type Language = (typeof languages)[number];
