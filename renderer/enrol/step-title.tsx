import { type ReactNode, useEffect, useRef } from "react";

/**
 * The title of a step. It takes the focus when the step appears, so that who cannot see the screen hears that it changed,
 * and the keyboard goes on from here instead of from nowhere.
 */
export function StepTitle(props: { readonly id: string; readonly children: ReactNode }): ReactNode {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <h2 id={props.id} ref={title} tabIndex={-1} className="enrol-title">
      {props.children}
    </h2>
  );
}
