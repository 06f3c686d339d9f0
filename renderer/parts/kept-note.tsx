import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Kept, useFormat, useNow } from "../app/index.ts";
import { Sign } from "./marks.tsx";

/** Says that what stands in a dialog was typed earlier, or that it is not kept. */
export function KeptNote({ kept }: { readonly kept: Kept<unknown> }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <>
      {kept.restored !== null && (
        <p className="note" role="status">
          <Sign mark="clock" />
          {t("vitals.restored", { when: format.moment(kept.restored, now) })}
        </p>
      )}
      {kept.failed && (
        <p className="note note-warn" role="status">
          <Sign mark="warning" />
          {t("vitals.draftFailed")}
        </p>
      )}
    </>
  );
}
