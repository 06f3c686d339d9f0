import { Button, TextInput } from "@mantine/core";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useBoard, useFormat, useStatus, type WardBoard } from "../app/index.ts";
import { AsOf, ProblemNote, Sign, wardName } from "../parts/index.ts";
import { AccessesLink } from "../privacy/index.ts";
import { ReviewLink } from "../review/index.ts";
import { BoardTable } from "./board-table.tsx";
import { Elsewhere } from "./elsewhere.tsx";
import { type Filter, filters, found, matches, type Sort, sorted } from "./find.ts";
import "./ward.css";

/** The ward board: one row a bed. */
export function Ward(): ReactNode {
  const { t } = useTranslation();
  const { wards } = useStatus().session;
  const { language } = useFormat().settings;
  const [ward, setWard] = useState<string | undefined>(undefined);
  const board = useBoard(ward);
  return (
    <main className="screen ward">
      {wards.length > 1 && (
        <label className="ward-choice">
          <span className="small">{t("ward.chooseWard")}</span>
          <select
            value={ward ?? board.data?.ward.id ?? ""}
            onChange={(event) => setWard(event.currentTarget.value)}
          >
            {wards.map((one) => (
              <option key={one.id} value={one.id}>
                {wardName(one, language)}
              </option>
            ))}
          </select>
        </label>
      )}
      {board.data === undefined && <h1 className="hidden">{t("ward.title")}</h1>}
      {board.error !== null && (
        <ProblemNote error={board.error} again={() => void board.refetch()} />
      )}
      {board.data === undefined ? (
        board.error === null && <p className="empty">{t("app.loading")}</p>
      ) : (
        <Board board={board.data} />
      )}
    </main>
  );
}

function Board({ board }: { readonly board: WardBoard }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { language } = format.settings;
  const [sought, setSought] = useState("");
  const [on, setOn] = useState<readonly Filter[]>([]);
  const [sort, setSort] = useState<Sort>({ column: "bed", descending: false });
  const field = useRef<HTMLInputElement>(null);
  const table = useRef<HTMLDivElement>(null);
  const rows = sorted(
    board.rows.filter((row) => found(row, sought) && on.every((filter) => matches(row, filter))),
    sort,
    language,
  );
  const narrowed = sought.trim() !== "" || on.length > 0;
  const clear = (): void => {
    setSought("");
    setOn([]);
    field.current?.focus();
  };
  const toTable = (): void => {
    table.current?.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus();
  };

  return (
    <>
      <div className="ward-tools">
        <h1 className="ward-title">{t("ward.title")}</h1>
        <TextInput
          ref={field}
          className="ward-find"
          size="md"
          aria-label={t("ward.find")}
          placeholder={t("ward.find")}
          leftSection={<Sign mark="search" />}
          value={sought}
          onChange={(event) => setSought(event.currentTarget.value)}
          onKeyDown={(event: KeyboardEvent) => {
            if (event.key === "ArrowDown" || event.key === "Enter") {
              event.preventDefault();
              toTable();
            }
            if (event.key === "Escape") clear();
          }}
        />
        <div className="ward-filters" role="group" aria-label={t("ward.filters")}>
          {filters.map((filter) => {
            const count = board.rows.filter((row) => matches(row, filter)).length;
            const pressed = on.includes(filter);
            return (
              <button
                key={filter}
                type="button"
                className="ward-filter"
                aria-pressed={pressed}
                disabled={count === 0 && !pressed}
                onClick={() => setOn(pressed ? on.filter((f) => f !== filter) : [...on, filter])}
              >
                <span>{t(`ward.filter.${filter}`)}</span>{" "}
                <bdi className="ward-count">{format.number(count)}</bdi>
              </button>
            );
          })}
          <span className="ward-review">
            <ReviewLink />
            <AccessesLink />
          </span>
        </div>
        <p className="ward-facts small" aria-live="polite">
          <span>
            {narrowed
              ? t("ward.shown", { shown: rows.length, total: board.rows.length })
              : t("ward.beds", { count: board.rows.length })}
            {" · "}
            {board.asOf === null ? (
              t("ward.neverLoaded")
            ) : (
              <AsOf
                section={{ loaded: true, damaged: false, unreadable: 0, asOf: board.asOf }}
                kind="ward"
              />
            )}
          </span>
          {board.bedsAsOf === null && <span className="ward-loading">{t("ward.bedsUnknown")}</span>}
          {board.loading > 0 && (
            <span className="ward-loading">{t("ward.loading", { count: board.loading })}</span>
          )}
        </p>
      </div>
      {board.rows.length === 0 ? (
        <p className="panel empty">{t("ward.noBeds")}</p>
      ) : rows.length === 0 ? (
        <div className="panel empty ward-nothing">
          <p>{t("ward.noMatch")}</p>
          <Elsewhere sought={sought.trim()} />
          <Button variant="default" onClick={clear}>
            {t("ward.clearFilters")}
          </Button>
        </div>
      ) : (
        <BoardTable
          ref={table}
          label={wardName(board.ward, language)}
          rows={rows}
          sort={sort}
          setSort={setSort}
          typeAhead={(letter) => {
            setSought((before) => before + letter);
            field.current?.focus();
          }}
        />
      )}
    </>
  );
}
