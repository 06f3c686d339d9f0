import type { ReactNode } from "react";

/** A value with its unit, which never flips: "120/80 mmHg" in every direction of reading. */
export function Unit(props: { readonly value: string; readonly unit?: string | null }): ReactNode {
  return (
    <bdi dir="ltr">
      {props.value}
      {props.unit != null && props.unit !== "" && <span className="unit"> {props.unit}</span>}
    </bdi>
  );
}
