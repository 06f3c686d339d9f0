import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type BoardRow, useFormat, useNow, useStatus } from "../app/index.ts";
import {
  Ago,
  agoText,
  AllergyMark,
  namesOf,
  News2Badge,
  saidOf,
  shortAge,
  Sign,
  Trend,
} from "../parts/index.ts";

/** The cells of one bed; drawn anew only when its row has changed: while pages arrive the ward is asked for every second. */
export const BoardRowCells = memo(function BoardRowCells({
  row,
}: {
  readonly row: BoardRow;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  if (row.patient === null)
    return (
      <>
        <td className="board-bed">
          <bdi>{row.bed}</bdi>
        </td>
        <td colSpan={7} className="quiet">
          {t("ward.empty")}
        </td>
      </>
    );
  const identity = (
    <>
      <td className="board-bed">
        <bdi>{row.bed}</bdi>
      </td>
      <td className="board-name">{row.name !== null && <Name name={row.name} />}</td>
      <td className="board-age">
        {row.age === null ? t("app.unknown") : shortAge(row.age, t, format)}{" "}
        <span className="quiet">{row.sex !== null && t(`sexShort.${row.sex}`)}</span>
      </td>
      <td className="board-mrn">
        <bdi dir="ltr">{row.identifier ?? "–"}</bdi>
      </td>
    </>
  );
  // CLINICAL: what is not hers to see is said to be so; an empty cell would read as "none".
  if (row.outside)
    return (
      <>
        {identity}
        <td colSpan={4} className="board-outside">
          <span className="marks">
            <span className="chip chip-plain">
              <Sign mark="key" />
              {t("ward.outside")}
            </span>
            <span className="quiet small">{t("ward.outsideLong")}</span>
          </span>
        </td>
      </>
    );
  return (
    <>
      {identity}
      <td className="board-news2">
        {row.news2 === null ? (
          // CLINICAL: what has not arrived is not "none".
          <span className="quiet small">
            {t(row.arrived.vitals ? "ward.noVitals" : "ward.vitalsNotLoaded")}
          </span>
        ) : (
          <span className="board-score">
            <News2Badge score={row.news2.score} />
            <Trend trend={row.news2.trend} />
            <span className="quiet small">
              <Ago at={row.news2.at} />
              {row.news2.lastTotal !== undefined && (
                <b> · {t("ward.lastTotal", { total: row.news2.lastTotal.score.total ?? "–" })}</b>
              )}
            </span>
          </span>
        )}
      </td>
      <td className="board-allergies">
        <AllergyMark allergies={row.allergies} unreadable={row.unreadable} />
      </td>
      <td className="board-medicines">
        <span className="marks">
          {row.doubleDoses !== undefined && row.doubleDoses > 0 && (
            <span className="chip chip-danger">
              <Sign mark="warning" />
              {t("ward.doubleDoses", { count: row.doubleDoses })}
            </span>
          )}
          {!row.arrived.medicines && (
            <span className="quiet small">{t("ward.medicinesNotLoaded")}</span>
          )}
          {row.overdue > 0 && (
            <span className="chip chip-danger">
              <Sign mark="clock" />
              {t("ward.overdue", { count: row.overdue })}
            </span>
          )}
          {row.due > 0 && (
            <span className="chip chip-quiet">{t("ward.due", { count: row.due })}</span>
          )}
        </span>
      </td>
      <td className="board-record">
        <span className="marks">
          {row.unsent > 0 && (
            <span className="chip chip-plain">
              <Sign mark="send" />
              {t("ward.unsent", { count: row.unsent })}
            </span>
          )}
          {row.holds > 0 && (
            <span className="chip chip-warn">
              <Sign mark="stop" />
              {t("ward.holds", { count: row.holds })}
            </span>
          )}
          {row.damaged && (
            <span className="chip chip-warn">
              <Sign mark="broken" />
              {t("ward.damaged")}
            </span>
          )}
          {!row.loaded && (
            <span className="chip chip-warn">
              <Sign mark="question" />
              {t("ward.notLoaded")}
            </span>
          )}
          <Age row={row} />
        </span>
      </td>
    </>
  );
});

/** Said only when it is too old: every row's time would drown the one that matters. The ward's stands above the table. */
function Age({ row }: { readonly row: BoardRow }): ReactNode {
  const { t } = useTranslation();
  const status = useStatus();
  const now = useNow(20_000);
  const section = { loaded: row.loaded, damaged: false, unreadable: 0, asOf: row.asOf };
  if (row.asOf === null || saidOf(section, "ward", status, now).state !== "stale") return null;
  return (
    <span className="chip chip-warn">
      <Sign mark="clock" />
      {t("ward.old", { ago: agoText(row.asOf, now + (status.connection.skewMs ?? 0), t) })}
    </span>
  );
}

function Name({ name }: { readonly name: NonNullable<BoardRow["name"]> }): ReactNode {
  const { language } = useFormat().settings;
  const { family, given, script } = namesOf(name, language);
  return (
    <bdi lang={script}>
      <b>{family}</b>
      {family !== "" && given !== "" && (script === "ar" ? "، " : ", ")}
      {given}
    </bdi>
  );
}
