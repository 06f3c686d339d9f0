import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useClient, type WorkstationView } from "../app/index.ts";
import { ProblemNote, Scroll, Sign } from "../parts/index.ts";
import { Pairs, Part } from "./part.tsx";

/** What IT has set, and where each value came from. */
export function PolicyInForce({ view }: { readonly view: WorkstationView }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="workstation">
      <Part title={t("workstation.policy")} wide>
        {view.policyProblem !== null && (
          <p className="note note-warn">
            <Sign mark="warning" />
            <span>
              {t("workstation.policyProblem")}: <bdi>{view.policyProblem}</bdi>
            </span>
          </p>
        )}
        <Scroll label={t("workstation.policy")}>
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
        </Scroll>
      </Part>
    </div>
  );
}

/** Versions and diagnostics: what support asks for first. */
export function Support({ view }: { readonly view: WorkstationView | undefined }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="workstation">
      {view !== undefined && (
        <Part title={t("workstation.versions")} wide>
          <Pairs
            pairs={Object.entries(view.versions).map(([name, version]) => ({
              name,
              value: <bdi>{version}</bdi>,
            }))}
          />
        </Part>
      )}
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
