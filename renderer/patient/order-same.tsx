import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { howOftenWords, type OrderCheck, useFormat } from "../app/index.ts";
import { Pieces, Sign } from "../parts/index.ts";

/** CLINICAL: what is ordered of the same substance already, and that she has seen all of it. */
export function OrderSame(props: {
  readonly same: OrderCheck["same"];
  readonly confirmed: readonly string[];
  readonly confirm: (beside: readonly string[]) => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { same, confirmed } = props;
  const all = same.every(({ id }) => confirmed.includes(id));
  return (
    <div className="note note-warn check">
      <Sign mark="warning" />
      <div>
        <p className="strong">{t("order.same")}</p>
        <ul className="check-reasons">
          {same.map((one) => (
            <li key={one.id}>
              <Pieces of={[one.medicine, one.dose, howOftenWords(one.frequency, t, format)]} />{" "}
              <span className="small">
                ({one.here ? t("order.sameHere") : t(`medicine.${one.status}`)})
              </span>
            </li>
          ))}
        </ul>
        <label className="dialog-choice">
          <input
            type="checkbox"
            checked={all}
            onChange={(event) =>
              props.confirm(event.currentTarget.checked ? same.map(({ id }) => id) : [])
            }
          />
          {t("order.sameConfirm")}
        </label>
      </div>
    </div>
  );
}
