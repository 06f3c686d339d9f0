import { useEffect, useRef } from "react";

const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel"] as const;

/** Calls `act` once nobody has touched this page for so long while `watching`. */
export function useLeftAlone(watching: boolean, afterMs: number, act: () => void): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    if (!watching) return undefined;
    const wait = (): ReturnType<typeof setTimeout> => setTimeout(() => latest.current(), afterMs);
    let timer = wait();
    const again = (): void => {
      clearTimeout(timer);
      timer = wait();
    };
    for (const input of INPUTS) window.addEventListener(input, again, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const input of INPUTS) window.removeEventListener(input, again);
    };
  }, [watching, afterMs]);
}
