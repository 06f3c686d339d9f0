import { type UIEvent, useState, useSyncExternalStore } from "react";

/** A row with the line under it; the style sheet says the same. */
export const ROW_PX = 38;
/**
 * So many rows are drawn above those in sight, so that a turn of the wheel (100 to 120 pixels) meets none that is not there; and
 * below, where the box is lower than the window that it is taken for.
 */
const SPARE = { above: 4, below: 2 } as const;

/** The first and the last row to draw, both included; `last` is -1 when there are none. */
export interface InSight {
  readonly first: number;
  readonly last: number;
}

/** Of `count` rows those in sight where the row `top` is the uppermost, in a box of `height` pixels at most. */
export function rowsInSight(top: number, height: number, count: number): InSight {
  const fit = Math.ceil(height / ROW_PX);
  // Rows may have become fewer since somebody scrolled.
  const uppermost = Math.max(0, Math.min(top, count - fit));
  return {
    first: Math.max(0, uppermost - SPARE.above),
    last: Math.min(count, uppermost + fit + SPARE.below) - 1,
  };
}

/** The rows to draw, in order: those in sight, and the one that has the focus, which would be lost with it. Null: none has. */
export function rowsDrawn({ first, last }: InSight, focused: number | null): number[] {
  const inSight = Array.from({ length: last - first + 1 }, (_, nth) => first + nth);
  if (focused === null || (focused >= first && focused <= last)) return inSight;
  return focused < first ? [focused, ...inSight] : [...inSight, focused];
}

/**
 * Which rows of a list that scrolls are drawn. The box is never measured, which would lay the page out while somebody waits for
 * her board: it is taken to be as high as the window.
 */
export function useRowsInSight(count: number): {
  readonly inSight: InSight;
  /** For the box that scrolls. */
  readonly scrolled: (event: UIEvent<HTMLElement>) => void;
  /** Draws this row too, wherever it is. */
  readonly show: (index: number) => void;
} {
  const height = useSyncExternalStore(onResize, () => innerHeight);
  const [top, setTop] = useState(0);
  const inSight = rowsInSight(top, height, count);
  return {
    inSight,
    scrolled: ({ currentTarget }) => setTop(Math.floor(currentTarget.scrollTop / ROW_PX)),
    show(index) {
      if (index < inSight.first || index > inSight.last) setTop(index);
    },
  };
}

function onResize(changed: () => void): () => void {
  addEventListener("resize", changed);
  return () => removeEventListener("resize", changed);
}
