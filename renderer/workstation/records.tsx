import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, type WorkstationView } from "../app/index.ts";
import { Moment, Scroll } from "../parts/index.ts";
import { AuditPart } from "./audit.tsx";
import { Judged, Part } from "./part.tsx";

const MEGABYTE = 1024 * 1024;

/** The two files, what guards them, and how far they are in step with the HIS. */
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
      <Part title={t("workstation.sync")} wide>
        <p className="quiet">{t("workstation.inbox", { count: view.inboxPages })}</p>
        <Scroll label={t("workstation.sync")}>
          <table className="table" aria-label={t("workstation.sync")}>
            <thead>
              <tr>
                <th scope="col">{t("workstation.type")}</th>
                <th scope="col">{t("workstation.cursor")}</th>
                <th scope="col">{t("workstation.lastPage")}</th>
                <th scope="col">{t("workstation.problem")}</th>
              </tr>
            </thead>
            <tbody>
              {view.sync.map((line) => (
                <tr key={line.type}>
                  <td>
                    <bdi>{line.type}</bdi>
                  </td>
                  <td>{line.cursor === null ? "–" : <Moment at={line.cursor} />}</td>
                  <td>{line.lastPage === null ? "–" : <Moment at={line.lastPage} />}</td>
                  <td>
                    <bdi>{line.problem ?? "–"}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </Part>
    </div>
  );
}
