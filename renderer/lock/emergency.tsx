import { Button } from "@mantine/core";
import { type ReactNode, type SyntheticEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { contractError, useClock, useNow, useService, waitSeconds } from "../app/index.ts";
import { Dialog, ProblemNote, Sign } from "../parts/index.ts";
import {
  type EmergencyEntry,
  type EmergencyField,
  emergencyProblems,
  emergencyRequest,
} from "./emergency-entry.ts";
import { EmergencyMeaning, EmergencyWho } from "./emergency-who.tsx";
import { EmergencyWay } from "./emergency-way.tsx";
import { type Refusal, refusalOf } from "./refusal.ts";

const fieldIds: Record<EmergencyField, string> = {
  name: "emergency-name",
  reason: "emergency-reason",
  colleague: "emergency-colleague",
  pin: "emergency-pin",
  code: "envelope-code",
};

/** For who cannot sign in here and must read now: who, why, and a secret of a colleague's or the ward's. */
export function Emergency({ close }: { readonly close: () => void }): ReactNode {
  const { t } = useTranslation();
  const clock = useClock();
  const now = useNow(250);
  const { client, status, take } = useService();
  const { session } = status;
  const colleagues = session.clinicians.filter((one) => one.slot === "ready");
  const [entry, setEntry] = useState<EmergencyEntry>({
    name: "",
    reason: "",
    way: colleagues.length > 0 ? "colleague" : "envelope",
    clinician: null,
    pin: "",
    code: "",
  });
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [other, setOther] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);
  const possible = colleagues.length > 0 || session.envelope;
  const wait = waitSeconds(refusal, now);
  const change = (next: Partial<EmergencyEntry>): void => {
    setEntry({ ...entry, ...next });
    if (wait === 0) setRefusal(null);
  };
  const usable = !busy && wait === 0;
  const refused = refusal !== null || other !== null;
  const secret = entry.way === "envelope" ? fieldIds.code : fieldIds.pin;
  useEffect(() => {
    if (refused && usable) form.current?.querySelector<HTMLElement>(`#${secret}`)?.focus();
  }, [refused, usable, secret]);
  const wrong = tried ? emergencyProblems(entry) : [];

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (busy || wait > 0) return;
    setTried(true);
    setOther(null);
    const request = emergencyRequest(entry);
    if (request === null) {
      const [first] = emergencyProblems(entry);
      if (first !== undefined)
        form.current?.querySelector<HTMLElement>(`#${fieldIds[first]}`)?.focus();
      return;
    }
    setBusy(true);
    setRefusal(null);
    try {
      take(await client.session.emergency(request));
    } catch (error) {
      const known = refusalOf(contractError(error), clock());
      setRefusal(known);
      setOther(known === null ? error : null);
    } finally {
      // SECURITY: a PIN is never kept longer than its one try. The code stays: it may need one letter put right.
      setEntry((before) => ({ ...before, pin: "" }));
      setTried(false);
      setBusy(false);
    }
  };

  return (
    <Dialog title={t("emergency.title")} close={close} wide={possible}>
      <form
        ref={form}
        className="dialog-form"
        noValidate
        autoComplete="off"
        onSubmit={(event) => void submit(event)}
      >
        <p>{t("emergency.intro")}</p>
        {!possible && (
          <p className="note note-warn">
            <Sign mark="stop" />
            {t("emergency.noWay")}
          </p>
        )}
        {possible && (
          <div className="dialog-columns">
            <div>
              <EmergencyMeaning />
              <EmergencyWho entry={entry} change={change} wrong={wrong} />
            </div>
            <div>
              <EmergencyWay
                entry={entry}
                change={change}
                wrong={wrong}
                tried={tried}
                usable={usable}
                colleagues={colleagues}
                envelope={session.envelope}
              />
            </div>
          </div>
        )}
        <div aria-live="polite">
          {refusal !== null && (
            <p className="note note-danger">
              <Sign mark="warning" />
              <span>
                <Refused refusal={refusal} wait={wait} />
              </span>
            </p>
          )}
          {other !== null && <ProblemNote error={other} />}
        </div>
        <div className="dialog-actions">
          {possible && (
            <Button type="submit" size="md" disabled={busy || wait > 0}>
              {t(busy ? "emergency.opening" : "emergency.open")}
            </Button>
          )}
          <Button variant="default" size="md" onClick={close}>
            {t("emergency.cancel")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Refused(props: { readonly refusal: Refusal; readonly wait: number }): ReactNode {
  const { t } = useTranslation();
  const { refusal, wait } = props;
  switch (refusal.kind) {
    case "wrong-pin":
      return (
        <>
          <b>{t("emergency.wrongPin")}</b> {t("lock.attempts", { count: refusal.attempts })}{" "}
          {wait > 0 ? t("lock.wait", { count: wait }) : t("lock.again")}
        </>
      );
    case "not-ready":
      return refusal.why === "badge"
        ? t("lock.notReady.badge")
        : t(`emergency.notReady.${refusal.why}`);
    case "envelope":
      return t(`emergency.refused.${refusal.why}`);
  }
}
