import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Clinician, useStatus } from "../app/index.ts";
import { DisplayControls } from "../bar/index.ts";
import { LockFacts } from "./facts.tsx";
import { Names } from "./names.tsx";
import { ObstacleNote } from "./obstacle.tsx";
import { PinPad } from "./pin-pad.tsx";
import "./lock.css";

/** The lock screen: who are you, and what state is this PC in. Nothing of a patient, and nothing of the page before. */
export function Lock({ preview }: { readonly preview: boolean }): ReactNode {
  const { t } = useTranslation();
  const { session } = useStatus();
  const [chosen, setChosen] = useState<Clinician | null>(null);
  const current = session.clinicians.find((c) => c.id === chosen?.id && c.slot === "ready");
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
        {session.obstacle !== null && (
          <ObstacleNote obstacle={session.obstacle} detail={session.obstacleDetail} />
        )}
        {session.obstacle === null && (
          <div className="lock-sign-in">
            <Names
              clinicians={session.clinicians}
              chosen={current?.id ?? null}
              choose={(clinician) => setChosen(clinician)}
            />
            <PinPad key={current?.id ?? ""} clinician={current ?? null} />
          </div>
        )}
      </main>
    </div>
  );
}
