import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { type ChangedLine, useFormat } from "../app/index.ts";
import { Pieces, Sign } from "../parts/index.ts";
import { changeWords, wasWords } from "./hold-words.ts";
import "./changed-order.css";

export function changesIn(lines: readonly ChangedLine[] | undefined): readonly ChangedLine[] {
  return lines?.filter(({ changed }) => changed) ?? [];
}

/**
 * In the list of orders. CLINICAL: an order that was changed unsigned is given only by somebody who has seen what it was; one that
 * the HIS holds otherwise than it was signed here is given by nobody.
 */
export function Before(props: {
  readonly lines: readonly ChangedLine[] | undefined;
  readonly otherwise: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const changes = changesIn(props.lines);
  if (changes.length === 0) return null;
  return (
    <div className="small orders-before">
      <span className="chip chip-warn">
        <Sign mark="warning" />
        {t(props.otherwise ? "guard.otherwise" : "guard.changedOrder")}
      </span>{" "}
      {t(props.otherwise ? "guard.signedHere" : "guard.was")}{" "}
      <Pieces of={changes.map((line) => wasWords(line, t, format))} />
    </div>
  );
}

/** Where a dose is given: what the order was beside what it is, and her word that she has compared them. */
export function ConfirmChange(props: {
  readonly changes: readonly ChangedLine[];
  readonly confirmed: boolean;
  readonly confirm: (confirmed: boolean) => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const title = useId();
  return (
    <section className="note note-warn changed-order" aria-labelledby={title}>
      <Sign mark="warning" />
      <div>
        <p id={title} className="strong">
          {t("give.changedOrder")}
        </p>
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">{t("guard.before")}</th>
              <th scope="col">{t("guard.isNow")}</th>
            </tr>
          </thead>
          <tbody>
            {props.changes
              .map((line) => changeWords(line, t, format))
              .map(({ what, before, now }) => (
                <tr key={what}>
                  <th scope="row">{what}</th>
                  <td>
                    <bdi>{before}</bdi>
                  </td>
                  <td>
                    <bdi>
                      <b>{now}</b>
                    </bdi>
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
        <label className="dialog-choice">
          <input
            type="checkbox"
            checked={props.confirmed}
            onChange={(event) => props.confirm(event.currentTarget.checked)}
          />
          {t("give.change")}
        </label>
      </div>
    </section>
  );
}
