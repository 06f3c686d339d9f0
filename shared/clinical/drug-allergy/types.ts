import type { Json } from "../read.ts";
import type { Spellings } from "./spellings.ts";

/**
 * How far a medicine is to be believed to harm who reacted to another.
 * `definite`: the same substance, or one that shares what people react to. `possible`: seen, not in most.
 * `remote`: worth knowing, no reason to stop by itself.
 */
export type Strength = "definite" | "possible" | "remote";

/** A thing an allergy or a medicine can be: a substance, a class of them, or what is no medicine at all. */
export interface Meaning {
  readonly kind: "ingredient" | "class" | "apart";
  readonly id: string;
}

export interface DrugClass {
  readonly id: string;
  readonly name: string;
  /** Between two members of it; null: being of one class says nothing. */
  readonly within: Strength | null;
  readonly evidence: string;
}

/** Of a reaction to one class, what it tells about another. */
export interface CrossReaction {
  readonly with: string;
  /** Of that other class. */
  readonly name: string;
  readonly strength: Strength;
  readonly evidence: string;
}

/** A knowledge pack, read: what the check looks things up in. */
export interface Knowledge {
  readonly version: string;
  readonly title: string;
  /** Instant after which it is not to be relied on. */
  readonly validTo: string;
  /** By ingredient id. */
  readonly ingredients: ReadonlyMap<
    string,
    { readonly name: string; readonly classes: readonly string[] }
  >;
  readonly classes: ReadonlyMap<string, DrugClass>;
  /** By class, either way round. */
  readonly crossReactions: ReadonlyMap<string, readonly CrossReaction[]>;
  /** What a coding (`system|code`) means. */
  readonly codes: ReadonlyMap<string, readonly Meaning[]>;
  /** Names by their first word. */
  readonly names: ReadonlyMap<string, readonly KnownName[]>;
  /** Long single words, for what was misspelt. */
  readonly spellings: Spellings;
}

export interface KnownName {
  readonly words: readonly string[];
  readonly meaning: Meaning;
}

/**
 * One version of an allergy record. `effective`: in force here. `claimed`: what somebody says it should be, held back by the
 * guard. The check takes the union: whichever of the versions would stop, stops.
 */
export interface AllergyEntry {
  readonly resource: Json;
  readonly provenance: "effective" | "claimed";
}

/** A medicine as an order or an administration has it: its concept, and the Medication it may point at. */
export interface Medicine {
  readonly concept: unknown;
  /** As ordered, in words. */
  readonly words: string;
}

/** An earlier dose that was given, as far as this PC knows. */
export interface GivenDose {
  readonly medicine: Medicine;
  readonly at: string;
}

/** Why the answer may not be whole. Never empty words: each is shown beside the answer. */
export type NotChecked =
  | { readonly kind: "allergies-not-loaded" }
  | { readonly kind: "allergies-damaged" }
  | { readonly kind: "allergies-unreadable"; readonly count: number }
  /** No knowledge pack: only the same substance by code or by name is found. */
  | { readonly kind: "no-pack" }
  | { readonly kind: "pack-expired"; readonly since: string }
  | { readonly kind: "medicine-unknown" }
  /** In force, and neither a known medicine nor a known food or material. */
  | { readonly kind: "allergy-unknown"; readonly substance: string };
