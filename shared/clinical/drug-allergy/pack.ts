import { codings, field, object, objects, text } from "../read.ts";
import type { Json } from "../read.ts";
import { spellingsOf } from "./spellings.ts";
import { wordsOf } from "./words.ts";
import type { CrossReaction, DrugClass, Knowledge, KnownName, Meaning, Strength } from "./types.ts";

/**
 * A knowledge pack as FHIR R4: one Bundle (`collection`) of
 * - a CodeSystem {@link CLASS_SYSTEM}: the classes, their names, what being of one class means;
 * - a CodeSystem {@link APART_SYSTEM}: foods and materials, so that they are recognised and kept apart from medicines;
 * - a ValueSet {@link INGREDIENTS_URL}: the substances with their names and brands as designations;
 * - a ValueSet for each class, `url` = {@link CLASS_SYSTEM} + ":" + its code: its members;
 * - ConceptMaps {@link SAME_URL}: other codes for substances, products and classes (`equivalent`, or `narrower` where a
 *   product contains the substance); {@link CROSS_URL}: classes that react with each other, with the evidence in `comment`.
 * See `docs/adr` on the knowledge pack for why these and not MedicationKnowledge.
 */
export const CLASS_SYSTEM = "urn:amanah:knowledge:class";
export const APART_SYSTEM = "urn:amanah:knowledge:apart";
export const INGREDIENTS_URL = "urn:amanah:knowledge:ingredients";
export const SAME_URL = "urn:amanah:knowledge:same";
export const CROSS_URL = "urn:amanah:knowledge:cross-reactivity";
export const STRENGTH_PROPERTY = "urn:amanah:knowledge:strength";

/** What makes a pack unusable; nothing of it is used then. */
export class PackUnusable extends Error {
  override readonly name = "PackUnusable";
}

/** Reads a pack. Throws {@link PackUnusable} rather than leave out what it cannot read: half a pack reassures falsely. */
export function readPack(
  bundle: unknown,
  head: { readonly version: string; readonly title: string; readonly validTo: string },
): Knowledge {
  const resources = objects(field(bundle, "entry")).map((one) => object(field(one, "resource")));
  const of = (type: string, url: string): Json[] =>
    resources.filter((one) => one["resourceType"] === type && one["url"] === url);
  const only = (type: string, url: string): Json => {
    const [found, another] = of(type, url);
    if (found === undefined || another !== undefined)
      throw new PackUnusable(`one ${type} ${url} is needed`);
    return found;
  };

  const codes = new Map<string, Meaning[]>();
  const names: KnownName[] = [];
  const means = (system: string, code: string, meaning: Meaning): void => {
    const key = codeKey(system, code);
    const known = codes.get(key) ?? [];
    codes.set(key, known);
    if (!known.some((one) => one.kind === meaning.kind && one.id === meaning.id))
      known.push(meaning);
  };
  const called = (concept: Json, meaning: Meaning): void => {
    const said = [
      text(field(concept, "display")),
      ...objects(field(concept, "designation")).map((one) => text(field(one, "value"))),
    ];
    for (const name of said) {
      const words = wordsOf(name ?? "");
      if (words.length > 0) names.push({ words, meaning });
    }
  };

  const classes = new Map<string, DrugClass>();
  for (const concept of objects(field(only("CodeSystem", CLASS_SYSTEM), "concept"))) {
    const id = required(field(concept, "code"), "a class without code");
    classes.set(id, {
      id,
      name: text(field(concept, "display")) ?? id,
      within: propertyStrength(concept),
      evidence: text(field(concept, "definition")) ?? "",
    });
    means(CLASS_SYSTEM, id, { kind: "class", id });
    called(concept, { kind: "class", id });
  }

  for (const system of of("CodeSystem", APART_SYSTEM))
    for (const concept of objects(field(system, "concept"))) {
      const id = required(field(concept, "code"), "a material without code");
      means(APART_SYSTEM, id, { kind: "apart", id });
      called(concept, { kind: "apart", id });
    }

  const ingredients = new Map<string, { name: string; classes: string[] }>();
  for (const { system, concept, code } of conceptsOf(only("ValueSet", INGREDIENTS_URL))) {
    const id = codeKey(system, code);
    ingredients.set(id, { name: text(field(concept, "display")) ?? code, classes: [] });
    means(system, code, { kind: "ingredient", id });
    called(concept, { kind: "ingredient", id });
  }

  for (const id of classes.keys())
    for (const set of of("ValueSet", `${CLASS_SYSTEM}:${id}`))
      for (const { system, code } of conceptsOf(set)) {
        const member = ingredients.get(codeKey(system, code));
        if (member === undefined) throw new PackUnusable(`${id}: ${code} is no ingredient of it`);
        member.classes.push(id);
      }

  for (const map of of("ConceptMap", SAME_URL))
    for (const { source, element, target, targetSystem } of mappings(map)) {
      const code = required(field(element, "code"), "a mapping without code");
      const to = required(field(target, "code"), `${code}: a target without code`);
      const known = codes.get(codeKey(targetSystem, to));
      if (known === undefined) throw new PackUnusable(`${code}: ${to} is not in the pack`);
      for (const meaning of known) means(source, code, meaning);
    }

  const crossReactions = new Map<string, CrossReaction[]>();
  const crosses = (from: string, reaction: CrossReaction): void => {
    crossReactions.set(from, [...(crossReactions.get(from) ?? []), reaction]);
  };
  for (const map of of("ConceptMap", CROSS_URL))
    for (const { element, target } of mappings(map)) {
      const a = required(field(element, "code"), "a mapping without code");
      const b = required(field(target, "code"), `${a}: a target without code`);
      const [classA, classB] = [classes.get(a), classes.get(b)];
      if (classA === undefined || classB === undefined)
        throw new PackUnusable(`${a}, ${b}: no such class`);
      const said = objects(field(target, "product")).find(
        (one) => field(one, "property") === STRENGTH_PROPERTY,
      );
      const strength = strengthIn(field(said, "value")) ?? fail(`${a}, ${b}: no strength`);
      const evidence = text(field(target, "comment")) ?? "";
      crosses(a, { with: b, name: classB.name, strength, evidence });
      if (a !== b) crosses(b, { with: a, name: classA.name, strength, evidence });
    }

  return {
    ...head,
    ingredients,
    classes,
    crossReactions,
    codes,
    names: Map.groupBy(names, ({ words }) => words[0] ?? ""),
    spellings: spellingsOf(names),
  };
}

export const codeKey = (system: string, code: string): string => `${system}|${code}`;

function propertyStrength(concept: Json): Strength | null {
  const said = objects(field(concept, "property")).find((one) => field(one, "code") === "within");
  if (said === undefined) return null;
  const value = text(field(said, "valueCode"));
  return value === "none" ? null : (strengthIn(value) ?? fail(`${value ?? "?"}: no strength`));
}

function strengthIn(value: unknown): Strength | null {
  return value === "definite" || value === "possible" || value === "remote" ? value : null;
}

function* conceptsOf(set: Json): Generator<{ system: string; code: string; concept: Json }> {
  for (const include of objects(field(field(set, "compose"), "include"))) {
    const system = required(field(include, "system"), "an include without system");
    for (const concept of objects(field(include, "concept")))
      yield { system, concept, code: required(field(concept, "code"), "a concept without code") };
  }
}

function* mappings(
  map: Json,
): Generator<{ source: string; targetSystem: string; element: Json; target: Json }> {
  for (const group of objects(field(map, "group"))) {
    const source = required(field(group, "source"), "a group without source");
    const targetSystem = required(field(group, "target"), "a group without target");
    for (const element of objects(field(group, "element")))
      for (const target of objects(field(element, "target")))
        yield { source, targetSystem, element, target };
  }
}

function required(value: unknown, otherwise: string): string {
  return text(value) ?? fail(otherwise);
}

function fail(why: string): never {
  throw new PackUnusable(why);
}

/** The codings of a concept as the pack's keys. */
export function keysOf(concept: unknown): string[] {
  return codings(concept).map(({ system, code }) => codeKey(system, code));
}
