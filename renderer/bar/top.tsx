import { type ReactNode, useEffect, useRef } from "react";
import { Bar } from "./bar.tsx";
import { EmergencyBand } from "./emergency-band.tsx";
import { Notices } from "./notices.tsx";

/** The bar and what must stay in sight under it, whatever screen is open. */
export function Top({ preview }: { readonly preview: boolean }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What sticks below, and what fills the rest of the window, must know how high this is: it grows with each notice.
    const page = document.documentElement.style;
    const watch = new ResizeObserver(() => {
      const { height = 0 } = place.current?.getBoundingClientRect() ?? {};
      page.setProperty("--top", `${height}px`);
    });
    if (place.current !== null) watch.observe(place.current);
    return () => {
      watch.disconnect();
      page.removeProperty("--top");
    };
  }, []);
  return (
    <div ref={place} className="top">
      <Bar preview={preview} />
      <EmergencyBand />
      <Notices />
    </div>
  );
}
