import {
  Fragment,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useImperativeHandle,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { type BoardRow, useNavigation } from "../app/index.ts";
import { Sign } from "../parts/index.ts";
import { BoardRowCells } from "./board-row.tsx";
import type { Sort, SortColumn } from "./find.ts";
import { ROW_PX, rowsDrawn, useRowsInSight } from "./rows-in-sight.ts";

const columns = [
  { name: "bed", sort: "bed" },
  { name: "name", sort: "name" },
  { name: "age", sort: null },
  { name: "mrn", sort: null },
  { name: "news2", sort: "news2" },
  { name: "allergies", sort: null },
  { name: "medicines", sort: "medicines" },
  { name: "record", sort: null },
] as const satisfies readonly { name: string; sort: SortColumn | null }[];

const PAGE = 10;

/**
 * The rows as one grid: arrows, Home, End and Page keys move, Enter opens, a letter starts the search. Only rows in sight are
 * drawn: whoever signs in waits for them, and a lock for what is being drawn.
 */
export function BoardTable({
  ref,
  label,
  rows,
  sort,
  setSort,
  typeAhead,
}: {
  readonly ref: Ref<HTMLDivElement>;
  readonly label: string;
  readonly rows: readonly BoardRow[];
  readonly sort: Sort;
  readonly setSort: (sort: Sort) => void;
  readonly typeAhead: (letter: string) => void;
}): ReactNode {
  const { t } = useTranslation();
  const { go } = useNavigation();
  const box = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => box.current as HTMLDivElement, []);
  const [at, setAt] = useState<string | null>(null);
  const { inSight, scrolled, show } = useRowsInSight(rows.length);
  const focused = rows.findIndex((row) => keyOf(row) === at);
  const drawn = rowsDrawn(inSight, focused < 0 ? null : focused);
  const tabStop = focused < 0 ? inSight.first : focused;

  const open = (row: BoardRow | undefined): void => {
    if (row?.patient != null) go({ screen: "patient", patient: row.patient });
  };
  const move = (to: number): void => {
    const index = Math.min(Math.max(to, 0), rows.length - 1);
    const row = rows[index];
    if (row === undefined) return;
    // It may be out of sight, and not drawn until now.
    flushSync(() => {
      setAt(keyOf(row));
      show(index);
    });
    const line = box.current?.querySelector<HTMLElement>(`[aria-rowindex="${index + 2}"]`);
    line?.focus({ preventScroll: true });
    line?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    const moves: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + PAGE,
      PageUp: index - PAGE,
      Home: 0,
      End: rows.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(rows[index]);
    } else if (
      event.key.length === 1 &&
      event.key !== " " &&
      !event.ctrlKey &&
      !event.altKey &&
      !event.metaKey
    ) {
      event.preventDefault();
      typeAhead(event.key);
    }
  };

  return (
    <div ref={box} className="panel board" onScroll={scrolled}>
      <p id="board-hint" className="hidden">
        {t("ward.openHint")}
      </p>
      <table
        className="table board-table"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- rows that arrow keys move through are a grid (WAI-ARIA APG)
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-describedby="board-hint"
      >
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <ColumnHead key={column.name} column={column} sort={sort} setSort={setSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {drawn.map((index, nth) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <Fragment key={keyOf(row)}>
                <Gap rows={index - (drawn[nth - 1] ?? -1) - 1} />
                <tr
                  aria-rowindex={index + 2}
                  tabIndex={index === tabStop ? 0 : -1}
                  className={row.patient === null ? "board-row board-empty" : "board-row"}
                  onClick={() => open(row)}
                  onFocus={() => setAt(keyOf(row))}
                  onKeyDown={(event) => onKeyDown(event, index)}
                >
                  <BoardRowCells row={row} />
                </tr>
              </Fragment>
            );
          })}
          <Gap rows={rows.length - 1 - (drawn.at(-1) ?? -1)} />
        </tbody>
      </table>
    </div>
  );
}

/** Of those who lie in no bed there may be several. */
const keyOf = (row: BoardRow): string => row.patient ?? row.bed;

/** The height of the rows that are not drawn. */
function Gap({ rows }: { readonly rows: number }): ReactNode {
  if (rows <= 0) return null;
  return (
    <tr aria-hidden="true" style={{ height: rows * ROW_PX }}>
      <td colSpan={columns.length} />
    </tr>
  );
}

function ColumnHead(props: {
  readonly column: (typeof columns)[number];
  readonly sort: Sort;
  readonly setSort: (sort: Sort) => void;
}): ReactNode {
  const { t } = useTranslation();
  const { column, sort } = props;
  const title = t(`ward.column.${column.name}`);
  const by = column.sort;
  if (by === null)
    return (
      <th scope="col" className={`board-${column.name}`}>
        {title}
      </th>
    );
  const active = sort.column === by;
  return (
    <th
      scope="col"
      className={`board-${column.name}`}
      aria-sort={active ? (sort.descending ? "descending" : "ascending") : "none"}
    >
      <button
        type="button"
        className="board-sort"
        onClick={() =>
          props.setSort({
            column: by,
            // Names and beds start at the beginning; scores and doses start with the worst.
            descending: active ? !sort.descending : by === "news2" || by === "medicines",
          })
        }
      >
        {title}
        {active && <Sign mark={sort.descending ? "down" : "up"} />}
      </button>
    </th>
  );
}
