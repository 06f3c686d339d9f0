import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type PatientView, useFormat, useNavigation, useNow } from "../app/index.ts";
import { Sign } from "../parts/index.ts";

/** A medicine that may have been given twice for one due time: each entry in words, and what to do. */
export function DoubleDoses({ view }: { readonly view: PatientView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { go } = useNavigation();
  const found = view.doubleDoses ?? [];
  if (found.length === 0) return null;
  return (
    <div className="note note-danger" role="alert">
      <Sign mark="warning" />
      <div>
        {found.map((one) => (
          <div key={`${one.medicine} ${one.doses[0]?.at}`}>
            <b>
              {one.due === null
                ? t("medicine.double.title", { medicine: one.medicine })
                : t("medicine.double.titleDue", {
                    medicine: one.medicine,
                    due: format.moment(one.due, now),
                  })}
            </b>
            <ul>
              {one.doses.map((dose, index) => (
                // Two entries may say the very same.
                // oxlint-disable-next-line react/no-array-index-key -- a pair has no other key, and its order never changes while shown
                <li key={index}>
                  {t("medicine.double.dose", {
                    when: format.moment(dose.at, now),
                    by: dose.by ?? t("medicine.double.unknown"),
                  })}
                  {dose.here && ` · ${t("medicine.double.here")}`}
                </li>
              ))}
            </ul>
          </div>
        ))}
        <p>{t("medicine.double.todo")}</p>
        {found.some(({ doses }) => doses.some(({ here }) => here)) && (
          <button type="button" className="link" onClick={() => go({ screen: "outbox" })}>
            {t("medicine.double.outbox")}
          </button>
        )}
      </div>
    </div>
  );
}
