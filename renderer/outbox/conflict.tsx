import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, type SyntheticEvent, useState } from "react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import {
  type Conflict,
  type Format,
  type OutboxEntry,
  useAct,
  useClient,
  useFormat,
  useKept,
} from "../app/index.ts";
import { Dialog, KeptNote, Moment, nameLine, ProblemNote } from "../parts/index.ts";
import { askedIn, isAsked, keptSides, mineIn, nameOf, type Side, type Sides } from "./sides.ts";
import { vitalName } from "./values.ts";

type Item = Conflict["items"][number];
type Field = Item["fields"][number];

/** Three versions side by side, and what is to stand: field by field, or one side whole. The other stays in the history. */
export function ConflictDialog(props: {
  readonly entry: OutboxEntry;
  readonly conflict: Conflict;
  readonly close: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const { entry, conflict, close } = props;
  const kept = useKept(entry.patient, `decide/${entry.uuid}`, keptSides);
  const sides = kept.entry;
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const act = useAct();

  const open = askedIn(conflict);
  const missing = open.some((one) => sides[nameOf(one)] === undefined);
  const keep = (side: Side): void =>
    kept.change(Object.fromEntries(open.map((one) => [nameOf(one), side])));

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (missing) return;
    setBusy(true);
    setError(null);
    try {
      const mine = [...mineIn(conflict, sides)];
      // Another choice is another act: if the first was saved and its answer lost, she is told, and not answered with that one.
      const { uuid, at } = act.of(JSON.stringify(mine));
      await kept.settled();
      await client.outbox.decide({ uuid, at, act: entry.uuid, mine });
      kept.done();
      await queries.invalidateQueries({ queryKey: ["outbox"] });
      close();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const { language } = format.settings;
  const name = entry.patientName === null ? "" : nameLine(entry.patientName, language);
  return (
    <Dialog title={t("outbox.conflict.title")} close={close} wide>
      <form className="dialog-form" noValidate onSubmit={(event) => void submit(event)}>
        <p className="strong">
          {t(`outbox.for.${entry.kind}`, { name })}
          {entry.bed !== null && ` · ${t("outbox.bed", { bed: entry.bed })}`}
        </p>
        <p>{t("outbox.conflict.text")}</p>
        {open.length > 0 && (
          <p className="outbox-ways">
            <Button variant="default" onClick={() => keep("mine")}>
              {t("outbox.conflict.keepMine")}
            </Button>
            <Button variant="default" onClick={() => keep("theirs")}>
              {t("outbox.conflict.keepTheirs")}
            </Button>
          </p>
        )}
        {conflict.items.map((item) => (
          <Versions
            key={item.resource}
            item={item}
            sides={sides}
            choose={(field, side) =>
              kept.change({ ...sides, [nameOf({ resource: item.resource, field })]: side })
            }
          />
        ))}
        {tried && missing && (
          <p className="field-wrong" role="alert">
            {t("outbox.conflict.choose")}
          </p>
        )}
        <p className="quiet small">{t("outbox.conflict.kept")}</p>
        <KeptNote kept={kept} />
        {error !== null && <ProblemNote error={error} />}
        <div className="dialog-actions">
          <Button type="submit" size="md" disabled={busy}>
            {t("outbox.conflict.save")}
          </Button>
          <Button variant="default" size="md" onClick={close}>
            {t("outbox.conflict.later")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Versions(props: {
  readonly item: Item;
  readonly sides: Sides;
  readonly choose: (field: string, side: Side) => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { item } = props;
  const vitals = item.vitals.flatMap((key) => vitalName(key, t) ?? []);
  return (
    <table className="table conflict">
      <caption>
        <bdi>{vitals.length > 0 ? vitals.join(" · ") : item.what}</bdi>
        {item.at !== null && (
          <span className="quiet">
            {" · "}
            <Moment at={item.at} />
          </span>
        )}
      </caption>
      <thead>
        <tr>
          <th scope="col">{t("outbox.conflict.field")}</th>
          <th scope="col">{t("outbox.conflict.base")}</th>
          <th scope="col">{t("outbox.conflict.mine")}</th>
          <th scope="col">{t("outbox.conflict.theirs")}</th>
        </tr>
      </thead>
      <tbody>
        {item.fields.map((field) => (
          <tr key={field.field}>
            <th scope="row">{fieldName(field.field, t)}</th>
            <td>{shown(field, "base", t, format)}</td>
            {(["mine", "theirs"] as const).map((side) => (
              <td key={side}>
                {isAsked(field, item) ? (
                  <label className="dialog-choice">
                    <input
                      type="radio"
                      name={nameOf({ resource: item.resource, field: field.field })}
                      checked={
                        props.sides[nameOf({ resource: item.resource, field: field.field })] ===
                        side
                      }
                      onChange={() => props.choose(field.field, side)}
                    />
                    {shown(field, side, t, format)}
                  </label>
                ) : (
                  shown(field, side, t, format)
                )}
              </td>
            ))}
          </tr>
        ))}
        {!item.mineIsPossible && (
          <tr>
            <td colSpan={4}>{t("outbox.conflict.another")}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

const fields = {
  "value[x]": "value",
  component: "value",
  status: "status",
  note: "note",
  subject: "subject",
  code: "code",
  "effective[x]": "time",
  performer: "performer",
} as const;

/** The field in a clinician's word; FHIR's own name where we have none. */
function fieldName(field: string, t: TFunction): string {
  const known = Object.entries(fields).find(([name]) => name === field)?.[1];
  return known === undefined ? field : t(`outbox.conflict.fields.${known}`);
}

const statuses = ["final", "amended", "corrected", "preliminary", "entered-in-error"] as const;

function shown(
  field: Field,
  side: "base" | "mine" | "theirs",
  t: TFunction,
  format: Format,
): ReactNode {
  const value = field[side];
  if (value === null) return <span className="quiet">–</span>;
  const status = field.field === "status" && statuses.find((one) => one === value);
  if (status) return t(`outbox.conflict.statuses.${status}`);
  return <bdi dir="auto">{format.digits(value)}</bdi>;
}
