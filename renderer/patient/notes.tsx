import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type PatientView, useFormat, useNow } from "../app/index.ts";
import { Section } from "../parts/index.ts";

/** Notes, newest first, read-only, in their author's words. */
export function Notes({ view }: { readonly view: PatientView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <Section title={t("patient.tab.notes")} kind="notes" state={view.notesSection}>
      {view.notes.length === 0 && view.notesSection.loaded && (
        <p className="empty">{t("notes.none")}</p>
      )}
      {view.notes.map((note) => (
        <article key={note.id} className="clinical-note">
          <header>
            <h3>
              <bdi>{note.title}</bdi>
            </h3>
            <span className="quiet small">
              {note.at === null
                ? t("notes.undated")
                : note.at.length > 10
                  ? format.moment(note.at, now)
                  : format.fhirDate(note.at)}
              {note.author !== null && (
                <>
                  {" · "}
                  <bdi>{note.author}</bdi>
                </>
              )}
            </span>
          </header>
          <p dir="auto">{note.text}</p>
        </article>
      ))}
    </Section>
  );
}
