import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useFormat, useNavigation, useStatus } from "../app/index.ts";
import { nameLine, ProblemNote } from "../parts/index.ts";

type Client = ReturnType<typeof useClient>;
type Sought = Awaited<ReturnType<Client["patient"]["find"]>>;

/** Nobody here matches: a doctor may look for him in the whole hospital, and have him fetched. */
export function Elsewhere({ sought }: { readonly sought: string }): ReactNode {
  const { t } = useTranslation();
  const client = useClient();
  const { clinician } = useStatus().session;
  const [answer, setAnswer] = useState<{ readonly to: string; readonly is: Sought } | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const place = useRef<HTMLDivElement>(null);
  const answered = answer?.to === sought;
  const shown = answer?.to === sought ? answer.is : null;

  useEffect(() => {
    // The button that was pressed is gone: the keyboard goes on where the answer is.
    if (answered) place.current?.focus({ preventScroll: true });
  }, [answered]);

  const find = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      setAnswer({ to: sought, is: await client.patient.find({ sought }) });
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };

  if (clinician?.roles.includes("doctor") !== true || sought.length < 2) return null;
  return (
    <div ref={place} className="ward-elsewhere" tabIndex={-1} aria-live="polite">
      {shown === null && (
        <Button loading={busy} onClick={() => void find()}>
          {t("elsewhere.find", { sought })}
        </Button>
      )}
      {error !== null && <ProblemNote error={error} again={() => void find()} />}
      {shown !== null && !shown.answered && (
        <>
          <p className="danger">{t("elsewhere.unanswered")}</p>
          <Button variant="default" loading={busy} onClick={() => void find()}>
            {t("elsewhere.again")}
          </Button>
        </>
      )}
      {shown?.answered === true &&
        (shown.found.length === 0 ? (
          <p>{t("elsewhere.nobody")}</p>
        ) : (
          <>
            <p>{t("elsewhere.found")}</p>
            <ul className="elsewhere-list">
              {shown.found.map((one) => (
                <Found key={one.patient} one={one} />
              ))}
            </ul>
            {shown.more && <p className="small">{t("elsewhere.more")}</p>}
          </>
        ))}
    </div>
  );
}

/** CLINICAL: name, birth date, sex and number together, so that the right one of two is chosen. */
function Found({ one }: { readonly one: Sought["found"][number] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useClient();
  const { go } = useNavigation();
  const [state, setState] = useState<"no" | "busy" | "refused">("no");
  const [error, setError] = useState<unknown>(null);

  const bring = async (): Promise<void> => {
    setState("busy");
    setError(null);
    try {
      const { coming } = await client.patient.bring({ patient: one.patient });
      if (coming) go({ screen: "patient", patient: one.patient });
      else setState("refused");
    } catch (reason) {
      setState("no");
      setError(reason);
    }
  };

  return (
    <li className="elsewhere-one">
      <span>
        <b>
          <bdi>
            {one.name === null ? t("app.unknown") : nameLine(one.name, format.settings.language)}
          </bdi>
        </b>{" "}
        <span className="small">
          {one.birthDate === null ? t("app.unknown") : format.fhirDate(one.birthDate)}
          {" · "}
          {t(`sex.${one.sex}`)}
          {" · "}
          {t("patient.mrn")} <bdi dir="ltr">{one.identifier ?? t("app.unknown")}</bdi>
        </span>
      </span>
      <Button variant="default" loading={state === "busy"} onClick={() => void bring()}>
        {t("elsewhere.bring")}
      </Button>
      {state === "refused" && <p className="danger">{t("elsewhere.unanswered")}</p>}
      {error !== null && <ProblemNote error={error} again={() => void bring()} />}
    </li>
  );
}
