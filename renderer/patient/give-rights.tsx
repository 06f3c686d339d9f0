import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import {
  FIVE_RIGHTS,
  howOftenWords,
  type MedicineOrder,
  type PatientView,
  useFormat,
  useNow,
} from "../app/index.ts";
import { nameLine, Pieces } from "../parts/index.ts";
import { facing, type GiveEntry, type Right, ticksFor, withTick } from "./give-entry.ts";

/** The five rights: each says what to compare, and is ticked when it was. */
export function Rights(props: {
  readonly view: PatientView;
  readonly order: MedicineOrder;
  readonly entry: GiveEntry;
  readonly change: (entry: GiveEntry) => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  const { order, entry } = props;
  const { banner } = props.view;
  const said: Record<Right, readonly (string | null)[]> = {
    patient: [nameLine(banner.name, format.settings.language), banner.identifier, banner.bed],
    medicine: [order.medicine],
    dose: [order.dose],
    route: [order.route],
    time: [
      howOftenWords(order.frequency, t, format),
      order.nextDue === null
        ? order.asNeeded
          ? null
          : t("medicine.unknownTime")
        : t("medicine.dueAt", { when: format.moment(order.nextDue, now) }),
      order.lastGiven === null
        ? null
        : `${t("medicine.last")}: ${format.moment(order.lastGiven, now)}`,
    ],
  };
  const compared = facing(order);
  const ticked = ticksFor(entry, compared);
  return (
    <fieldset className="field-group">
      <legend>{t("give.rights")}</legend>
      {FIVE_RIGHTS.map((right) => (
        <label key={right} className="dialog-choice give-right">
          <input
            type="checkbox"
            checked={ticked.has(right)}
            onChange={(event) =>
              props.change(withTick(entry, compared, right, event.currentTarget.checked))
            }
          />
          <span className="give-right-name">{t(`give.right.${right}`)}</span>
          <span className="give-right-value">
            <Pieces of={said[right]} none={t("give.notStated")} />
          </span>
        </label>
      ))}
    </fieldset>
  );
}
