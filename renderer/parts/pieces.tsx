import { Fragment, type ReactNode } from "react";

/**
 * What is said of one thing, piece beside piece. Each has its own direction: as one text, "500 mg · oral · مرتين في اليوم" would be read
 * from its wrong end in Arabic. Null and empty pieces are left out; `none`: when nothing is left.
 */
export function Pieces(props: {
  readonly of: readonly (string | null)[];
  readonly none?: string;
}): ReactNode {
  // What was said already is not said again.
  const said = [...new Set(props.of.filter((one) => one !== null && one !== ""))];
  if (said.length === 0) return props.none;
  return said.map((one) => (
    <Fragment key={one}>
      {one !== said[0] && " · "}
      <bdi className="piece">{one}</bdi>
    </Fragment>
  ));
}
