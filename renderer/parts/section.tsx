import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { SectionState } from "../app/index.ts";
import type { RecordKind } from "./fresh.ts";
import { Sign } from "./marks.tsx";
import { AsOf } from "./moments.tsx";

/** A section of the record: its title, its *as of*, and everything that keeps it from being believed. */
export function Section(props: {
  readonly title: string;
  readonly state: SectionState;
  readonly kind: RecordKind;
  readonly action?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}): ReactNode {
  return (
    <section className={`panel section ${props.className ?? ""}`} aria-label={props.title}>
      <header className="section-head">
        <h2>{props.title}</h2>
        <AsOf
          section={{ ...props.state, unreadable: props.state.unreadable.length }}
          kind={props.kind}
        />
        {props.action !== undefined && <span className="section-action">{props.action}</span>}
      </header>
      <SectionWarnings state={props.state} />
      {props.children}
    </section>
  );
}

/** What is not loaded, damaged or unreadable. CLINICAL: an unreadable record never vanishes, and never reads "none". */
function SectionWarnings({ state }: { readonly state: SectionState }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {!state.loaded && (
        <p className="note note-warn">
          <Sign mark="question" />
          <span>
            <b>{t("patient.section.notLoaded")}.</b> {t("patient.section.notLoadedLong")}
          </span>
        </p>
      )}
      {state.damaged && (
        <p className="note note-warn">
          <Sign mark="broken" />
          <span>
            <b>{t("patient.section.damaged")}.</b> {t("patient.section.damagedLong")}
          </span>
        </p>
      )}
      {state.unreadable.length > 0 && (
        <div className="note note-warn">
          <Sign mark="broken" />
          <div>
            <b>{t("patient.section.unreadable", { count: state.unreadable.length })}</b>
            <ul>
              {state.unreadable.map((record) => (
                <li key={record.id}>
                  {record.text === null ? (
                    t("patient.section.unreadableNoText")
                  ) : (
                    <bdi>{t("patient.section.unreadableText", { text: record.text })}</bdi>
                  )}{" "}
                  <bdi className="quiet small">{record.reason}</bdi>
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </>
  );
}
