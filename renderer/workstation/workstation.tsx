import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useFormat, useWorkstation, type WorkstationView } from "../app/index.ts";
import { Moment, ProblemNote, ScreenHead, Sign } from "../parts/index.ts";
import "./workstation.css";

const MEGABYTE = 1024 * 1024;

/** What IT needs to know of this PC. Nothing of a patient. */
export function Workstation(): ReactNode {
  const { t } = useTranslation();
  const workstation = useWorkstation();
  return (
    <main className="screen">
      <ScreenHead title={t("workstation.title")} intro={t("workstation.intro")} />
      {workstation.error !== null && (
        <ProblemNote error={workstation.error} again={() => void workstation.refetch()} />
      )}
      {workstation.data === undefined ? (
        workstation.error === null && <p className="empty">{t("app.loading")}</p>
      ) : (
        <Facts view={workstation.data} />
      )}
    </main>
  );
}

function Facts({ view }: { readonly view: WorkstationView }): ReactNode {
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
      <Part title={t("workstation.audit")}>
        <Judged ok={view.audit.verified}>
          {view.audit.verified
            ? t("workstation.auditGood", { count: view.audit.entries })
            : t("workstation.auditBroken", { at: view.audit.brokenAt ?? 0 })}
        </Judged>
      </Part>
      <Part title={t("workstation.files")}>
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
      <Part title={t("workstation.versions")}>
        <dl className="pairs">
          {Object.entries(view.versions).map(([name, version]) => (
            <div key={name}>
              <dt>
                <bdi>{name}</bdi>
              </dt>
              <dd>
                <bdi>{version}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      </Part>
      <Part title={t("workstation.sync")} wide>
        <p className="quiet">{t("workstation.inbox", { count: view.inboxPages })}</p>
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
      </Part>
      <Part title={t("workstation.policy")} wide>
        {view.policyProblem !== null && (
          <p className="note note-warn">
            <Sign mark="warning" />
            <span>
              {t("workstation.policyProblem")}: <bdi>{view.policyProblem}</bdi>
            </span>
          </p>
        )}
        <table className="table" aria-label={t("workstation.policy")}>
          <tbody>
            {view.policy.map((line) => (
              <tr key={line.key}>
                <th scope="row">
                  <bdi>{line.key}</bdi>
                </th>
                <td>
                  <bdi>{line.value}</bdi>
                </td>
                <td className="quiet">{t(`workstation.${line.source}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Part>
      <Diagnostics />
    </div>
  );
}

function Diagnostics(): ReactNode {
  const { t } = useTranslation();
  const client = useClient();
  const make = useMutation({ mutationFn: () => client.workstation.diagnostics() });
  return (
    <Part title={t("workstation.diagnostics")} wide>
      <p className="quiet">{t("workstation.diagnosticsText")}</p>
      <Button variant="default" disabled={make.isPending} onClick={() => make.mutate()}>
        {t("workstation.makeDiagnostics")}
      </Button>
      {make.error !== null && <ProblemNote error={make.error} />}
      {make.data !== undefined && (
        <textarea
          className="workstation-text"
          dir="ltr"
          readOnly
          rows={12}
          aria-label={t("workstation.diagnostics")}
          value={make.data.text}
        />
      )}
    </Part>
  );
}

function Part(props: {
  readonly title: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section
      className={props.wide === true ? "panel workstation-wide" : "panel"}
      aria-label={props.title}
    >
      <header className="section-head">
        <h2>{props.title}</h2>
      </header>
      <div className="workstation-body">{props.children}</div>
    </section>
  );
}

function Judged(props: { readonly ok: boolean; readonly children: ReactNode }): ReactNode {
  return (
    <p className={props.ok ? "judged" : "judged danger"}>
      <Sign mark={props.ok ? "check" : "warning"} />
      <span>{props.children}</span>
    </p>
  );
}
