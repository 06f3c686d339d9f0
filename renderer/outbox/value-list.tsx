import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { howOftenWords, type OutboxEntry, useFormat } from "../app/index.ts";
import { Unit } from "../parts/index.ts";
import { valueLines, vitalName } from "./values.ts";

/** What an entry says, value by value, and what of it is marked as entered in error. */
export function ValueList(props: {
  readonly entry: Pick<OutboxEntry, "values" | "frequency" | "wrong">;
  readonly small?: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { values, frequency = [], wrong } = props.entry;
  const often = howOftenWords(frequency, t, format);
  return (
    <ul className={props.small === true ? "outbox-values small" : "outbox-values"}>
      {valueLines(values, t, format).map((line) => (
        <li key={line.key}>
          <span className="quiet">{line.name}</span>{" "}
          {line.unit === null ? (
            <bdi dir="auto">{line.value}</bdi>
          ) : (
            <Unit value={line.value} unit={line.unit} />
          )}
        </li>
      ))}
      {often !== null && (
        <li>
          <span className="quiet">{t("medicine.frequency")}</span> <bdi dir="auto">{often}</bdi>
        </li>
      )}
      {wrong.map((key) => (
        <li key={`wrong ${key}`}>
          <span className="quiet">{vitalName(key, t) ?? key}</span> {t("outbox.inError")}
        </li>
      ))}
    </ul>
  );
}
