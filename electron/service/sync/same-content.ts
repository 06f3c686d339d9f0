import { isObject } from "./page.ts";

/** What a HIS may rightly change or add without changing what was said. */
const NOT_OURS = new Set(["id", "meta", "text"]);

/**
 * True when everything `ours` says is in `theirs`, unchanged. A HIS may add (its identifiers, a display, an absolute
 * reference); it may not leave out or alter.
 */
export function holdsContent(
  ours: Record<string, unknown>,
  theirs: Record<string, unknown>,
  base: string,
): boolean {
  return Object.entries(ours).every(
    ([key, value]) => NOT_OURS.has(key) || holds(value, theirs[key], base),
  );
}

function holds(ours: unknown, theirs: unknown, base: string): boolean {
  if (ours === undefined) return true;
  if (Array.isArray(ours)) {
    // Each of ours is there, in our order; the HIS may have put its own between.
    if (!Array.isArray(theirs)) return false;
    let at = 0;
    return ours.every((item) => {
      while (at < theirs.length && !holds(item, theirs[at], base)) at += 1;
      at += 1;
      return at <= theirs.length;
    });
  }
  if (isObject(ours))
    return (
      isObject(theirs) &&
      Object.entries(ours).every(([key, value]) => holds(value, theirs[key], base))
    );
  if (typeof ours === "string" && typeof theirs === "string")
    return ours === theirs || `${base}${ours}` === theirs || isSameInstant(ours, theirs);
  return ours === theirs;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/u;

function isSameInstant(a: string, b: string): boolean {
  return INSTANT.test(a) && INSTANT.test(b) && Date.parse(a) === Date.parse(b);
}
