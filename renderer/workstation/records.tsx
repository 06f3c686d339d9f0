import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, type WorkstationView } from "../app/index.ts";
import { AuditPart } from "./audit.tsx";
import { Moment } from "../parts/index.ts";
import { Judged, Part } from "./part.tsx";

const MEGABYTE = 1024 * 1024;

/** The two files, and what guards them. */
export function Records({ view }: { readonly view: WorkstationView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="workstation">
      <Part title={t("workstation.keychain")}>
        <Judged ok={view.keychain.ok}>
          {view.keychain.ok ? t("workstation.ok") : t("workstation.notOk")} ·{" "}
          <bdi>{view.keychain.backend}</bdi>
        </Judged>
        {view.keychain.detail !== null && <bdi>{view.keychain.detail}</bdi>}
      </Part>
      <Part title={t("workstation.knowledge")}>
        <Judged ok={view.knowledge !== null && !view.knowledge.expired}>
          {view.knowledge === null
            ? t("workstation.knowledgeNone")
            : t(view.knowledge.expired ? "workstation.knowledgeOld" : "workstation.knowledgeGood")}
        </Judged>
        {view.knowledge !== null && (
          <p className="small">
            <bdi>{view.knowledge.version}</bdi> · <bdi>{view.knowledge.title}</bdi> ·{" "}
            {t("workstation.knowledgeUntil")} <Moment at={view.knowledge.validTo} />
          </p>
        )}
      </Part>
      <AuditPart audit={view.audit} />
      <Part title={t("workstation.files")} wide>
        {view.files.map((file) => (
          <Judged key={file.name} ok={file.damaged === 0}>
            <bdi>{file.name}</bdi> ·{" "}
            {t("workstation.megabytes", { size: format.number(file.bytes / MEGABYTE, 1) })} ·{" "}
            <bdi>{file.cipher}</bdi> ·{" "}
            {file.damaged === 0
              ? t("workstation.intact")
              : t("workstation.damagedParts", { count: file.damaged })}
          </Judged>
        ))}
      </Part>
    </div>
  );
}
