import type { ReactNode } from "react";
import { Sign } from "../parts/index.ts";

/** A section of this screen: a heading, and what belongs under it. */
export function Part(props: {
  readonly title: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section
      className={props.wide === true ? "panel workstation-wide" : "panel"}
      aria-label={props.title}
    >
      <header className="section-head">
        <h2>{props.title}</h2>
      </header>
      <div className="workstation-body">{props.children}</div>
    </section>
  );
}

export function Judged(props: { readonly ok: boolean; readonly children: ReactNode }): ReactNode {
  return (
    <p className={props.ok ? "judged" : "judged danger"}>
      <Sign mark={props.ok ? "check" : "warning"} />
      <span>{props.children}</span>
    </p>
  );
}

/** Names and values, one pair a line. */
export function Pairs(props: {
  readonly pairs: readonly { readonly name: string; readonly value: ReactNode }[];
}): ReactNode {
  return (
    <dl className="pairs">
      {props.pairs.map(({ name, value }) => (
        <div key={name}>
          <dt>
            <bdi>{name}</bdi>
          </dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
