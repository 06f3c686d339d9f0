import type { ReactNode } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { useNow, useStatus } from "../app/index.ts";
import { Sign } from "../parts/index.ts";
import "./bar.css";

/** The quiet countdown before an idle lock. Any input, anywhere, dismisses it: that input is the session's activity. */
export function IdleWarning(): ReactNode {
  const { t } = useTranslation();
  const { idleLockAt } = useStatus().session;
  const now = useNow(250);
  if (idleLockAt === null) return null;
  const count = Math.max(0, Math.ceil((new Date(idleLockAt).getTime() - now) / 1000));
  // Outside the page's tree: a dialog that is open hides that from screen readers, and this must be heard.
  return createPortal(
    <div className="idle" role="alert" data-react-aria-top-layer="true">
      <Sign mark="lock" />
      <div>
        {/* Said once, not each second. */}
        <p className="idle-title" aria-live="off">
          {t("bar.idleTitle", { count })}
        </p>
        <p>{t("bar.idleText")}</p>
      </div>
    </div>,
    document.body,
  );
}
