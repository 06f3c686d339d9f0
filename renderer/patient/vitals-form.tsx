import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import {
  type KeyboardEvent,
  type ReactNode,
  type SyntheticEvent,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { checkVitals, news2 } from "../../shared/clinical/index.ts";
import {
  contractError,
  createDraftKeeper,
  createFirstTry,
  type PatientView,
  useClient,
  useClock,
  useFormat,
  useNow,
  useStatus,
  type VitalProblem,
} from "../app/index.ts";
import { ProblemNote, Sign } from "../parts/index.ts";
import { News2Live } from "./news2-live.tsx";
import { news2Context } from "./news2-context.ts";
import {
  emptyEntry,
  instantWithOffset,
  isEmpty,
  readDraft,
  timeTaken,
  valuesOf,
  type VitalsEntry,
} from "./vitals-entry.ts";
import { VitalsFields } from "./vitals-fields.tsx";

type Saved = { readonly at: number; readonly live: boolean };

/** One fast form for one set of vitals, kept as a draft at each change and answered at once when it is saved. */
export function VitalsForm(props: {
  readonly view: PatientView;
  readonly done: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const clock = useClock();
  const now = useNow(15_000);
  const client = useClient();
  const queries = useQueryClient();
  const { connection } = useStatus();
  const { view } = props;
  const { patient } = view.banner;
  const [entry, setEntry] = useState<VitalsEntry | null>(null);
  const [restored, setRestored] = useState<string | null>(null);
  const [kept, setKept] = useState<boolean | null>(null);
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<readonly VitalProblem[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [saving, setSaving] = useState(false);
  const [saved, setSaved] = useState<Saved | null>(null);
  const [discarding, setDiscarding] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  /** "Now" is the moment of the first try: a save repeated because its answer was lost is the same act, not a later one. */
  const [firstTry] = useState(createFirstTry<string>);
  const timeOf = ({ uuid, time }: VitalsEntry): string =>
    firstTry.of(`${uuid} ${time}`, () => instantWithOffset(timeTaken(time, clock())));
  const known = useRef(view.vitals);
  useEffect(() => {
    known.current = view.vitals;
  }, [view.vitals]);

  const keeper = useMemo(
    () =>
      createDraftKeeper(
        {
          put: (text) => client.drafts.put({ patient, kind: "vitals", text }),
          discard: () => client.drafts.discard({ patient, kind: "vitals" }),
        },
        setKept,
      ),
    [client, patient],
  );

  useEffect(() => {
    let current = true;
    client.drafts.get({ patient, kind: "vitals" }).then(
      ({ text, at }) => {
        if (!current) return;
        const draft = text === null ? null : readDraft(text);
        // Saved already, and only the draft's end was lost: it is not offered a second time.
        const charted = known.current.some((set) => set.act?.uuid === draft?.uuid);
        if (draft === null || charted) {
          if (charted) keeper.keep(null);
          setEntry(emptyEntry(crypto.randomUUID()));
          return;
        }
        setEntry(draft);
        setRestored(at);
      },
      (problem: unknown) => {
        if (!current) return;
        setError(problem);
        setEntry(emptyEntry(crypto.randomUUID()));
      },
    );
    return () => {
      current = false;
    };
  }, [client, patient, keeper]);

  const ready = entry !== null;
  useEffect(() => {
    if (!ready) return;
    form.current?.scrollIntoView({ block: "start" });
    form.current?.querySelector<HTMLInputElement>("input")?.focus({ preventScroll: true });
  }, [ready]);

  if (entry === null) return <p className="panel empty">{t("app.loading")}</p>;

  const change = (next: VitalsEntry): void => {
    setEntry(next);
    setSaved(null);
    setRefused([]);
    setKept(null);
    keeper.keep(isEmpty(next) ? null : JSON.stringify(next));
  };
  const { values, notNumbers } = valuesOf(entry);
  const taken = timeTaken(entry.time, now);
  const found = checkVitals({
    values,
    at: Number.isNaN(taken) ? "" : instantWithOffset(taken),
    now: instantWithOffset(now),
    confirmed: [...entry.confirmed],
  });
  const problems: readonly VitalProblem[] = [...found, ...refused];
  const score = news2(values, news2Context(view));

  const save = async (): Promise<void> => {
    setTried(true);
    setError(null);
    if (problems.length > 0 || notNumbers.length > 0) {
      requestAnimationFrame(() =>
        form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(),
      );
      return;
    }
    setSaving(true);
    try {
      await keeper.settled();
      await client.record.vitals({
        uuid: entry.uuid,
        patient,
        at: timeOf(entry),
        values,
        confirmed: [...entry.confirmed],
      });
      keeper.keep(null);
      setSaved({ at: clock(), live: connection.state === "live" });
      setEntry(emptyEntry(crypto.randomUUID()));
      setRestored(null);
      setKept(null);
      setTried(false);
      void queries.invalidateQueries();
    } catch (problem) {
      // CLINICAL: the first one stands; what differs from it can only be a set of its own, if she says so by saving again.
      if (contractError(problem)?.code === "ALREADY_SAVED")
        setEntry({ ...entry, uuid: crypto.randomUUID() });
      const invalid = problemsIn(problem);
      if (invalid.length > 0) firstTry.refused();
      setRefused(invalid);
      setError(invalid.length > 0 ? null : problem);
    } finally {
      setSaving(false);
    }
  };
  const discard = (): void => {
    keeper.keep(null);
    void keeper.settled().then(() => queries.invalidateQueries({ queryKey: ["draft", patient] }));
    props.done();
  };
  const close = (): void => {
    void keeper.settled().then(() => queries.invalidateQueries({ queryKey: ["draft", patient] }));
    props.done();
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Enter in any field bubbles to its form
    <form
      ref={form}
      className="panel vitals-form"
      aria-label={t("vitals.form")}
      noValidate
      onSubmit={(event: SyntheticEvent) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.ctrlKey) {
          event.preventDefault();
          void save();
        } else if (event.key === "Enter") toNext(event);
      }}
    >
      <header className="section-head">
        <h2>{t("vitals.form")}</h2>
        <span className="quiet small" aria-live="polite">
          {kept === true && !isEmpty(entry) && t("vitals.draftKept")}
          {kept === false && <span className="danger">{t("vitals.draftFailed")}</span>}
        </span>
        <button
          type="button"
          className="icon-button section-action"
          aria-label={t("app.close")}
          onClick={close}
        >
          <Sign mark="close" />
        </button>
      </header>
      {saved !== null && (
        <p className="note note-good" role="status">
          <Sign mark="check" />
          {t(saved.live ? "vitals.savedSending" : "vitals.savedWaiting", {
            time: format.time(saved.at),
          })}
        </p>
      )}
      {restored !== null && (
        <p className="note">
          <Sign mark="clock" />
          {t("vitals.restored", { when: format.moment(restored, now) })}
        </p>
      )}
      <VitalsFields
        entry={entry}
        change={change}
        score={score}
        before={view.vitals[0] ?? null}
        problems={problems}
        notNumbers={notNumbers}
        tried={tried}
        taken={taken}
        now={now}
      />
      <News2Live score={score} scale={view.spo2Scale} started={!isEmpty(entry)} />
      {tried && (problems.length > 0 || notNumbers.length > 0) && (
        <p className="note note-danger" role="alert">
          <Sign mark="warning" />
          {problems.some((problem) => problem.problem === "empty")
            ? t("vitals.problem.empty")
            : t("vitals.fix")}
        </p>
      )}
      {error !== null && <ProblemNote error={error} />}
      <div className="vitals-actions">
        <Button type="submit" size="md" disabled={saving}>
          {saving ? t("vitals.saving") : t("vitals.save")}
        </Button>
        {discarding ? (
          <>
            <span>{t("vitals.discardSure")}</span>
            <Button variant="default" size="md" onClick={discard}>
              {t("vitals.discard")}
            </Button>
            <Button variant="default" size="md" onClick={() => setDiscarding(false)}>
              {t("vitals.keep")}
            </Button>
          </>
        ) : (
          <Button
            variant="default"
            size="md"
            onClick={() => (isEmpty(entry) ? close() : setDiscarding(true))}
          >
            {isEmpty(entry) ? t("app.close") : t("vitals.discard")}
          </Button>
        )}
      </div>
    </form>
  );
}

/** Enter goes to the next field, as a ward expects; only the last one reaches the button, and only the button saves. */
function toNext(event: KeyboardEvent<HTMLFormElement>): void {
  const { target } = event;
  if (!(target instanceof HTMLInputElement) || target.type === "checkbox") return;
  event.preventDefault();
  const stops = [
    ...event.currentTarget.querySelectorAll<HTMLElement>(
      'input:not(:disabled):not([type="radio"]), input[type="radio"]:checked, fieldset:not(:has(:checked)) label:first-of-type input, button[type="submit"]',
    ),
  ];
  const group = target.type === "radio" ? target.name : null;
  const at = stops.findIndex(
    (stop) =>
      stop === target ||
      (group !== null && stop instanceof HTMLInputElement && stop.name === group),
  );
  stops[at + 1]?.focus();
}

/** The problems of an `INVALID` answer; the service checks again, whatever the page thought. */
function problemsIn(error: unknown): readonly VitalProblem[] {
  const known = contractError(error);
  if (known?.code !== "INVALID" || typeof known.data !== "object" || known.data === null) return [];
  const problems: unknown = "problems" in known.data ? known.data.problems : null;
  return Array.isArray(problems) ? (problems as VitalProblem[]) : [];
}
