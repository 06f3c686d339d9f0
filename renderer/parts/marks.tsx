import type { ReactNode } from "react";

export type Mark =
  | "up"
  | "down"
  | "same"
  | "warning"
  | "check"
  | "question"
  | "lock"
  | "link"
  | "unlink"
  | "sync"
  | "stop"
  | "send"
  | "back"
  | "search"
  | "settings"
  | "clock"
  | "broken"
  | "erase"
  | "close"
  | "badge"
  | "key"
  | "person";

/** Strokes on a 16 × 16 grid. Drawn here so that no icon font or library is needed for a handful of signs. */
const shapes: Record<Mark, string> = {
  up: "M8 13V3M3.5 7.5 8 3l4.5 4.5",
  down: "M8 3v10M3.5 8.5 8 13l4.5-4.5",
  same: "M3 8h10",
  warning: "M8 2 15 14H1ZM8 6.5v3.5M8 12v.2",
  check: "M2.5 8.5 6.5 12.5 13.5 4",
  question: "M5.5 6a2.5 2.5 0 1 1 3.6 2.2C8.3 8.7 8 9.2 8 10M8 12.8v.2",
  lock: "M3.5 7.5h9v6.5h-9ZM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  link: "M2 8h12M11 5l3 3-3 3M5 5 2 8l3 3",
  unlink: "M2 8h4M10 8h4M4 13 12 3",
  sync: "M13.5 6A6 6 0 0 0 3 5M2.5 2v3.5H6M2.5 10A6 6 0 0 0 13 11M13.5 14v-3.5H10",
  stop: "M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5ZM5 8h6",
  send: "M8 13V3M3.5 7 8 2.5 12.5 7M2.5 14.5h11",
  back: "M10 3 5 8l5 5",
  search: "M7 12A5 5 0 1 1 7 2a5 5 0 0 1 0 10ZM10.7 10.7 14.5 14.5",
  settings: "M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M10.5 2.7v3.6M5.5 9.7v3.6",
  clock: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 4.5V8l2.5 2",
  broken: "M3 1.5h7l3 3v10H3ZM3 9l3-2 2 2.5 2-2.5 3 2",
  badge:
    "M3 2.5h10v12H3ZM6.5 2.5V1h3v1.5M8 9a1.75 1.75 0 1 0 0-3.5A1.75 1.75 0 0 0 8 9ZM5.5 12.2c.6-1.6 4.4-1.6 5 0",
  key: "M5 13.5A3 3 0 1 1 5 7.5a3 3 0 0 1 0 6ZM7.2 8.3 13.5 2M10.5 5l2.5 2.5",
  person: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.5 14.5c.5-5.5 10.5-5.5 11 0",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  erase: "M6 3h8.5v10H6L1.5 8ZM8 6l4 4M12 6l-4 4",
};
/** Signs that point along the line of reading. */
const mirrored: ReadonlySet<Mark> = new Set<Mark>(["back", "erase"]);

/** A sign beside its word; the word carries the meaning, so the sign is hidden from screen readers. */
export function Sign({ mark }: { readonly mark: Mark }): ReactNode {
  return (
    <svg
      className={mirrored.has(mark) ? "sign sign-mirrored" : "sign"}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={shapes[mark]} />
    </svg>
  );
}
