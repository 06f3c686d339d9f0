import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useFormat } from "../app/index.ts";
import { nameLine, ProblemNote, Sign } from "../parts/index.ts";
import type { Chosen } from "./types.ts";

/** One patient of this PC, by name or number: the question is asked when she says so, as it is written down. */
export function Patients({ choose }: { readonly choose: (chosen: Chosen) => void }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useClient();
  const [sought, setSought] = useState("");
  const find = useMutation({
    mutationFn: (text: string) => client.privacy.sought({ sought: text }),
  });
  const text = sought.trim();
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (text.length >= 2) find.mutate(text);
  };
  return (
    <form className="privacy-find" role="search" onSubmit={submit}>
      <TextInput
        className="privacy-field"
        size="md"
        aria-label={t("privacy.find")}
        placeholder={t("privacy.find")}
        leftSection={<Sign mark="search" />}
        value={sought}
        onChange={(event) => {
          setSought(event.currentTarget.value);
          find.reset();
        }}
      />
      <Button type="submit" size="md" disabled={text.length < 2} loading={find.isPending}>
        {t("privacy.findNow")}
      </Button>
      <div className="privacy-found" aria-live="polite">
        {find.error !== null && <ProblemNote error={find.error} />}
        {find.data?.length === 0 && <p>{t("privacy.nobody")}</p>}
        {find.data !== undefined && find.data.length > 0 && (
          <ul>
            {find.data.map(({ patient, name, birthDate, identifier }) => (
              <li key={patient}>
                <button
                  type="button"
                  className="privacy-one"
                  onClick={() => choose({ patient, name })}
                >
                  <b>
                    <bdi>
                      {name === null ? t("app.unknown") : nameLine(name, format.settings.language)}
                    </bdi>
                  </b>{" "}
                  <span className="small">
                    {birthDate === null ? t("app.unknown") : format.fhirDate(birthDate)}
                    {" · "}
                    {t("patient.mrn")} <bdi dir="ltr">{identifier ?? t("app.unknown")}</bdi>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </form>
  );
}
