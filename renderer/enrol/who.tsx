import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { foldName, useFormat, useStatus } from "../app/index.ts";
import { clinicianName, Sign } from "../parts/index.ts";

const SHOWN = 8;

/** Who makes a request: a name of this PC's roster, or an identifier typed by who is not on it. */
export function Who(props: {
  readonly chosen: string;
  readonly choose: (clinician: string) => void;
}): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const { clinicians } = useStatus().session;
  const [listed, setListed] = useState(clinicians.length > 0);
  const [sought, setSought] = useState("");
  const id = useId();
  const found = clinicians
    .filter((one) => foldName(`${one.name.en} ${one.name.ar}`).includes(foldName(sought)))
    .toSorted((a, b) =>
      clinicianName(a, language).localeCompare(clinicianName(b, language), language),
    );
  const way = (wanted: boolean): ReactNode => (
    <label className="enrol-radio">
      <input
        type="radio"
        name={`${id}-way`}
        checked={listed === wanted}
        onChange={() => {
          setListed(wanted);
          props.choose("");
        }}
      />
      {t(wanted ? "enrol.request.fromRoster" : "enrol.request.byId")}
    </label>
  );
  return (
    <fieldset className="enrol-who">
      <legend>{t("enrol.request.who")}</legend>
      {clinicians.length > 0 && (
        <div className="enrol-acts">
          {way(true)}
          {way(false)}
        </div>
      )}
      {listed ? (
        <>
          {clinicians.length > SHOWN && (
            <span className="enrol-search">
              <Sign mark="search" />
              <input
                className="enrol-text"
                aria-label={t("enrol.request.find")}
                placeholder={t("enrol.request.find")}
                value={sought}
                onChange={(event) => setSought(event.currentTarget.value)}
              />
            </span>
          )}
          {found.length === 0 && <p className="quiet">{t("enrol.request.noMatch")}</p>}
          <div className="enrol-names" role="radiogroup" aria-label={t("enrol.request.names")}>
            {found.map((one) => (
              <label key={one.id} className="enrol-radio enrol-one">
                <input
                  type="radio"
                  name={`${id}-one`}
                  checked={props.chosen === one.id}
                  onChange={() => props.choose(one.id)}
                />
                <bdi>{clinicianName(one, language)}</bdi>
                <span className="quiet">{one.roles.map((r) => t(`role.${r}`)).join(" · ")}</span>
              </label>
            ))}
          </div>
        </>
      ) : (
        <div className="enrol-field">
          <label htmlFor={`${id}-id`}>{t("enrol.request.id")}</label>
          <input
            id={`${id}-id`}
            className="enrol-text"
            dir="ltr"
            autoComplete="off"
            spellCheck={false}
            maxLength={100}
            value={props.chosen}
            aria-describedby={`${id}-hint`}
            onChange={(event) => props.choose(event.currentTarget.value)}
          />
          <p id={`${id}-hint`} className="quiet small">
            {t("enrol.request.idHint")}
          </p>
        </div>
      )}
    </fieldset>
  );
}
