import canonicalize from "canonicalize";

/**
 * RFC 8785 text of a value, as `canonicalize` gives it at twice its cost: of what JSON.parse gives, an object whose names
 * were put in order is written by JSON.stringify, whose numbers and strings are what the RFC refers to (section 3.2.2).
 * Whatever is out of the ordinary is left to the library. Undefined where JSON has no words for the value.
 * @throws Error for a lone surrogate
 */
export function canonicalText(value: unknown): string | undefined {
  const ordered = inOrder(value);
  return ordered === ODD ? canonicalize(value) : JSON.stringify(ordered);
}

const ODD: unique symbol = Symbol("left to the library");

/** A copy with all names in order of their UTF-16 units; {@link ODD} where that alone would not do. */
function inOrder(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return value.isWellFormed() ? value : ODD;
    case "number":
      return Number.isFinite(value) ? value : ODD;
    case "boolean":
      return value;
    case "object":
      if (value === null) return null;
      return Array.isArray(value) ? listInOrder(value) : objectInOrder(value);
    case "undefined":
    case "bigint":
    case "function":
    case "symbol":
      return ODD;
  }
}

function listInOrder(list: readonly unknown[]): unknown {
  const copy: unknown[] = [];
  for (const item of list) {
    const ordered = inOrder(item);
    if (ordered === ODD) return ODD;
    copy.push(ordered);
  }
  return copy;
}

/** An object's own names keep the order in which they were set, unless they are numbers; this one is no name at all. */
const NO_PLAIN_NAME = /^\d|^__proto__$|^toJSON$/u;

function objectInOrder(object: object): unknown {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return ODD;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(object).toSorted()) {
    if (NO_PLAIN_NAME.test(name) || !name.isWellFormed()) return ODD;
    const ordered = inOrder((object as Readonly<Record<string, unknown>>)[name]);
    if (ordered === ODD) return ODD;
    copy[name] = ordered;
  }
  return copy;
}
