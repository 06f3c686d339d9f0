const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;
const AT_MOST_EVERY_MS = 1000;

/** Tells the session that somebody is here: any input, at most once a second. Returns how to stop. */
export function watchActivity(
  target: Pick<Window, "addEventListener" | "removeEventListener">,
  clock: () => number,
  tell: () => void,
): () => void {
  let last = Number.NEGATIVE_INFINITY;
  const seen = (): void => {
    const now = clock();
    if (now - last < AT_MOST_EVERY_MS) return;
    last = now;
    tell();
  };
  for (const input of INPUTS)
    target.addEventListener(input, seen, { capture: true, passive: true });
  return () => {
    for (const input of INPUTS) target.removeEventListener(input, seen, { capture: true });
  };
}
