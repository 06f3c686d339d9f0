import { Button, FileButton } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "../app/index.ts";
import { type Mark, ProblemNote, Scroll, Sign } from "../parts/index.ts";
import { useLookAgain } from "./keys.ts";
import { Part } from "./part.tsx";
import { BRING_LIMIT, fate, knownKind, knownVerdict } from "./statements.ts";

const marks = { accepted: "check", unchanged: "same", refused: "stop" } as const satisfies Record<
  string,
  Mark
>;

/** Signed statements carried here by hand; each is judged by the service, and its fate is told in words. */
export function Bring(): ReactNode {
  const { t } = useTranslation();
  const client = useClient();
  const lookAgain = useLookAgain();
  const [text, setText] = useState("");
  const [file, setFile] = useState<"large" | "unreadable" | null>(null);
  const bring = useMutation({
    mutationFn: (brought: string) => client.it.bring({ text: brought }),
    onSuccess: lookAgain,
  });
  const read = async (chosen: File | null): Promise<void> => {
    if (chosen === null) return;
    setFile(null);
    if (chosen.size > BRING_LIMIT) {
      setFile("large");
      return;
    }
    try {
      setText(await chosen.text());
    } catch {
      setFile("unreadable");
    }
  };
  return (
    <Part title={t("keys.bring")} wide>
      <p className="quiet">{t("keys.bringText")}</p>
      <label className="strong" htmlFor="bring">
        {t("keys.bringField")}
      </label>
      <textarea
        id="bring"
        className="workstation-text"
        dir="ltr"
        rows={4}
        spellCheck={false}
        maxLength={BRING_LIMIT}
        aria-describedby="bring-hint"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <p id="bring-hint" className="quiet small">
        {t("keys.bringHint")}
      </p>
      <div className="workstation-acts">
        <FileButton
          onChange={(chosen) => void read(chosen)}
          accept=".txt,.json,.jws,.jwt,text/plain"
        >
          {(open) => (
            <Button {...open} variant="default">
              {t("keys.chooseFile")}
            </Button>
          )}
        </FileButton>
        <Button
          disabled={text.trim() === "" || bring.isPending}
          onClick={() => bring.mutate(text.trim())}
        >
          {bring.isPending ? t("keys.bringing") : t("keys.bringNow")}
        </Button>
      </div>
      {file !== null && (
        <p className="note note-warn" role="alert">
          <Sign mark="warning" />
          {t(file === "large" ? "keys.fileTooLarge" : "keys.fileUnreadable")}
        </p>
      )}
      {bring.error !== null && <ProblemNote error={bring.error} />}
      <div role="status" className="workstation-said">
        {bring.data !== undefined && bring.data.length === 0 && (
          <p className="note note-warn">
            <Sign mark="question" />
            {t("keys.broughtNone")}
          </p>
        )}
        {bring.data !== undefined && bring.data.length > 0 && (
          <Scroll label={t("keys.brought")}>
            <table className="table" aria-label={t("keys.brought")}>
              <thead>
                <tr>
                  <th scope="col">{t("keys.kind")}</th>
                  <th scope="col">{t("keys.subject")}</th>
                  <th scope="col">{t("keys.state")}</th>
                </tr>
              </thead>
              <tbody>
                {bring.data.map((one, index) => (
                  // Nothing in an answer names a statement twice the same; its place in the text does.
                  // oxlint-disable-next-line react/no-array-index-key
                  <tr key={index}>
                    <td>
                      {one.kind === null ? t("keys.kindUnknown") : <KindName kind={one.kind} />}
                    </td>
                    <td>
                      <bdi dir="ltr">{one.subject ?? "–"}</bdi>
                    </td>
                    <td>
                      <span className={`judged judged-${fate(one.verdict)}`}>
                        <Sign mark={marks[fate(one.verdict)]} />
                        <Verdict verdict={one.verdict} />
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </div>
    </Part>
  );
}

export function KindName({ kind }: { readonly kind: string }): ReactNode {
  const { t } = useTranslation();
  const known = knownKind(kind);
  return known === null ? <bdi>{kind}</bdi> : t(`keys.kindName.${known}`);
}

export function Verdict({ verdict }: { readonly verdict: string }): ReactNode {
  const { t } = useTranslation();
  const known = knownVerdict(verdict);
  return (
    <span>{known === null ? t("keys.verdictOther", { verdict }) : t(`keys.verdict.${known}`)}</span>
  );
}
