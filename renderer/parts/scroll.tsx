import type { ReactNode } from "react";

/** A table wider than its place scrolls by itself, and by keyboard too. */
export function Scroll(props: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="scroll" role="group" aria-label={props.label} tabIndex={0}>
      {props.children}
    </div>
  );
}
