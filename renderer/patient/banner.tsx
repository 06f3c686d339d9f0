import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import {
  type PatientBanner,
  type PatientView,
  type SectionState,
  useFormat,
  useNavigation,
} from "../app/index.ts";
import { AllergyChips, AsOf, BackToWard, longAge, namesOf, Sign } from "../parts/index.ts";
import { HoldChips } from "./holds.tsx";

/**
 * Whom we look at, what is dangerous, how old it is: after the NHS Common User Interface guidance for patient banners.
 * CLINICAL: it stays in sight on every section, and its allergies always say one of four things.
 */
export function Banner(props: {
  readonly banner: PatientBanner;
  /** By which right it is open: what is not her remit is said for as long as it is. */
  readonly access: PatientView["access"];
  readonly holds: PatientView["holds"];
  readonly back: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { banner } = props;
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    // What gets the focus or is scrolled to must not lie under the bar and this banner (WCAG 2.2, 2.4.11).
    const page = document.documentElement.style;
    const watch = new ResizeObserver(() => {
      const { height = 0 } = place.current?.getBoundingClientRect() ?? {};
      page.scrollPaddingBlockStart = `calc(var(--top, 3.2rem) + ${height + 8}px)`;
    });
    if (place.current !== null) watch.observe(place.current);
    return () => {
      watch.disconnect();
      page.scrollPaddingBlockStart = "";
    };
  }, []);
  const { family, given, script, other } = namesOf(banner.name, format.settings.language);
  return (
    <section ref={place} className="banner" aria-label={t("patient.banner")}>
      <div className="banner-line">
        <BackToWard onBack={props.back} />
        <div className="banner-name">
          <h1 lang={script}>
            <bdi>
              <b>{family}</b>
              {family !== "" && given !== "" && (script === "ar" ? "، " : ", ")}
              <span className="banner-given">{given}</span>
            </bdi>
          </h1>
          {other !== null && (
            <p className="banner-other" lang={script === "ar" ? "en" : "ar"}>
              <bdi>{other}</bdi>
            </p>
          )}
        </div>
        {props.access !== "remit" && (
          <span className="banner-access">
            <Sign mark={props.access === "override" ? "key" : "warning"} />
            {t(props.access === "override" ? "override.mark" : "override.markEmergency")}
          </span>
        )}
        {banner.deceased && <span className="banner-deceased">{t("patient.deceased")}</span>}
        <dl className="banner-facts">
          <Fact label={t("patient.born")}>
            {banner.birthDate === null ? t("app.unknown") : format.fhirDate(banner.birthDate)}
            {banner.age !== null && <span> ({longAge(banner.age, t)})</span>}
          </Fact>
          <Fact label={t("patient.sex")}>{t(`sex.${banner.sex}`)}</Fact>
          <Fact label={t("patient.mrn")}>
            <bdi dir="ltr">{banner.identifier ?? t("app.unknown")}</bdi>
          </Fact>
          <Fact label={t("patient.bed")}>
            <bdi>{banner.bed ?? t("app.unknown")}</bdi>
          </Fact>
          <Fact
            label={t("patient.code")}
            loud={banner.codeStatus !== null || !isWhole(banner.statusSection)}
          >
            <CodeStatus banner={banner} />
          </Fact>
          <Fact label={t("patient.asOf")}>
            <AsOf
              section={{ loaded: true, damaged: false, unreadable: 0, asOf: banner.asOf }}
              kind="ward"
            />
          </Fact>
        </dl>
      </div>
      <MergedLine merged={banner.merged} />
      <div className="banner-line banner-dangers">
        <span className="banner-label">{t("allergy.title")}</span>
        <AllergyChips summary={banner.allergies} />
        {props.holds.length > 0 && (
          <ul className="marks" aria-label={t("guard.title", { count: props.holds.length })}>
            <HoldChips holds={props.holds} />
          </ul>
        )}
        {banner.alerts.length > 0 && (
          <>
            <span className="banner-label">{t("patient.alerts")}</span>
            <ul className="marks" aria-label={t("patient.alerts")}>
              {banner.alerts.map((alert) => (
                <li key={alert} className="chip chip-large banner-alert">
                  <Sign mark="warning" />
                  <bdi>{alert}</bdi>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}

function isWhole(section: SectionState): boolean {
  return section.loaded && !section.damaged && section.unreadable.length === 0;
}

/** CLINICAL: that nobody has decided against resuscitation is a statement; it needs everything it is read from. */
function CodeStatus({ banner }: { readonly banner: PatientBanner }): ReactNode {
  const { t } = useTranslation();
  const { codeStatus, statusSection } = banner;
  if (codeStatus !== null)
    return (
      <>
        <bdi>{codeStatus}</bdi>
        {!banner.codeStatusVerified && (
          <span className="banner-unsigned"> {t("patient.codeUnsigned")}</span>
        )}
      </>
    );
  if (!statusSection.loaded) return t("patient.section.notLoaded");
  return isWhole(statusSection) ? t("patient.codeNone") : t("patient.codeUnread");
}

/** CLINICAL: that two records are one, or that this one goes on elsewhere, is never silent. */
function MergedLine(props: { readonly merged: PatientBanner["merged"] }): ReactNode {
  const { t } = useTranslation();
  const { go } = useNavigation();
  const { into, from } = props.merged;
  if (into === null && from.length === 0) return null;
  const numberOf = (one: PatientBanner["merged"]["from"][number]): string =>
    one.identifier ?? one.patient;
  return (
    <div className="banner-line banner-merged" role="note">
      <Sign mark="warning" />
      {into !== null && (
        <span>
          {t("patient.mergedInto", { mrn: numberOf(into) })}{" "}
          <button
            type="button"
            className="link"
            onClick={() => go({ screen: "patient", patient: into.patient, tab: "summary" })}
          >
            {t("patient.mergedOpen")}
          </button>
        </span>
      )}
      {from.length > 0 && (
        <span>{t("patient.mergedFrom", { mrn: from.map(numberOf).join(", ") })}</span>
      )}
    </div>
  );
}

function Fact(props: {
  readonly label: string;
  readonly loud?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className={props.loud === true ? "fact fact-loud" : "fact"}>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
