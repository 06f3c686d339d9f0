import { Button } from "@mantine/core";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigation, useStatus } from "../app/index.ts";
import { DisplayControls, Notices } from "../bar/index.ts";
import { Sign } from "../parts/index.ts";
import { chosenOne, pinBlock } from "./badge.ts";
import { Emergency } from "./emergency.tsx";
import { LockFacts } from "./facts.tsx";
import { Names } from "./names.tsx";
import { ObstacleNote } from "./obstacle.tsx";
import { PinPad } from "./pin-pad.tsx";
import { Reader, Reopening } from "./reader.tsx";
import "./lock.css";

/** The lock screen: who are you, and what state is this PC in. Nothing of a patient, and nothing of the page before. */
export function Lock({ preview }: { readonly preview: boolean }): ReactNode {
  const { t } = useTranslation();
  const { session } = useStatus();
  return (
    <div className="lock">
      <aside className="lock-aside">
        <LockFacts />
        <div className="lock-foot">
          <DisplayControls />
          {preview && <p className="lock-preview">{t("app.preview")}</p>}
          <p className="small lock-quiet">
            <bdi>
              {t("app.version", { version: session.version, workstation: session.workstation })}
            </bdi>
          </p>
        </div>
      </aside>
      <main className="lock-main">
        <h1 className="hidden">{t("lock.title")}</h1>
        <Notices />
        {session.obstacle === null ? (
          <SignIn />
        ) : (
          <ObstacleNote obstacle={session.obstacle} detail={session.obstacleDetail} />
        )}
        <Ways />
      </main>
    </div>
  );
}

/** Names on one side, the PIN on the other. A badge laid on the reader chooses its owner's name by itself. */
function SignIn(): ReactNode {
  const { session } = useStatus();
  const { badge } = session;
  const [chosen, setChosen] = useState(badge.clinician);
  const [seen, setSeen] = useState(badge.clinician);
  /** Grows whenever somebody has settled on a name: the PIN has the focus then. */
  const [settled, setSettled] = useState(badge.clinician === null ? 0 : 1);
  const [late, setLate] = useState(false);
  if (late && !badge.reopens) setLate(false);
  const beLate = useCallback(() => setLate(true), []);
  const place = useRef<HTMLDivElement>(null);
  const settle = (clinician: string): void => {
    setChosen(clinician);
    setSettled((before) => before + 1);
  };
  if (seen !== badge.clinician) {
    setSeen(badge.clinician);
    if (badge.clinician !== null) settle(badge.clinician);
  }
  const reopening = badge.reopens && !late;
  useEffect(() => {
    if (settled > 0 && !reopening) place.current?.querySelector<HTMLElement>("#pin")?.focus();
  }, [settled, reopening]);
  const current = chosenOne(session.clinicians, chosen);
  const blocked = pinBlock(badge, current?.id ?? null);
  return (
    <div className="lock-sign-in">
      <Names
        clinicians={session.clinicians}
        chosen={current?.id ?? null}
        taps={badge.policy !== "off" || badge.wedge}
        choose={(clinician) => setChosen(clinician.id)}
        settle={(clinician) => settle(clinician.id)}
      />
      <div ref={place} className="lock-pin">
        <Reader />
        {reopening ? (
          <Reopening late={beLate} />
        ) : (
          <PinPad
            // Another person, or a badge taken away: what was typed so far is gone.
            key={`${current?.id ?? ""} ${blocked ?? ""}`}
            clinician={current}
            blocked={blocked}
            noProof={late || (badge.unproven && badge.clinician !== null)}
          />
        )}
      </div>
    </div>
  );
}

/** What else can be done here while nobody is signed in. */
function Ways(): ReactNode {
  const { t } = useTranslation();
  const { go } = useNavigation();
  const { session } = useStatus();
  const [emergency, setEmergency] = useState(false);
  return (
    <nav className="lock-ways" aria-label={t("lock.ways")}>
      {session.obstacle === null && (
        <Button
          variant="default"
          size="md"
          leftSection={<Sign mark="warning" />}
          onClick={() => setEmergency(true)}
        >
          {t("lock.emergency")}
        </Button>
      )}
      {(session.enrols || session.clinicians.length > 0) && (
        <Button
          variant="default"
          size="md"
          leftSection={<Sign mark="person" />}
          onClick={() => go({ screen: "enrol" })}
        >
          {t("lock.enrol")}
        </Button>
      )}
      <Button
        variant="default"
        size="md"
        leftSection={<Sign mark="settings" />}
        onClick={() => go({ screen: "workstation" })}
      >
        {t("lock.workstation")}
      </Button>
      {emergency && <Emergency close={() => setEmergency(false)} />}
    </nav>
  );
}
