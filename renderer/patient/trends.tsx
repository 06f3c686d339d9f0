import "uplot/dist/uPlot.min.css";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import uPlot from "uplot";
import { useDisplay, useFormat, type VitalSet } from "../app/index.ts";
import { type Trend, trendsOf } from "./trend-series.ts";

const HEIGHT = 132;
const HOUR = 3600;

/** Small charts of one kind each, on one time axis. Drawn on canvas, so the table below carries them for screen readers. */
export function Trends({ sets }: { readonly sets: readonly VitalSet[] }): ReactNode {
  const { t } = useTranslation();
  const { theme } = useDisplay().settings;
  const trends = useMemo(() => trendsOf(sets, t), [sets, t]);
  return (
    <div className="trends">
      {trends.map((trend) => (
        // The style sheet's colours are read when a chart is made: another theme makes another chart.
        <Chart key={`${theme} ${trend.name}`} trend={trend} />
      ))}
    </div>
  );
}

function Chart({ trend }: { readonly trend: Trend }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const place = box.current;
    if (place === null) return undefined;
    const style = getComputedStyle(place);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const font = `12px ${style.fontFamily}`;
    const axis = {
      stroke: colour("--quiet"),
      font,
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { show: false },
    };
    const strokes = [colour("--trend"), colour("--trend-second")];
    const plot = new uPlot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        // On the right half of a day's name: just after midnight it stands at the very end.
        padding: [8, 28, 0, 0],
        scales: { x: { time: false }, y: { range: (_u, low, high) => padded(low, high, trend) } },
        axes: [
          {
            ...axis,
            size: 26,
            incrs: [HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR],
            space: 70,
            splits: (_u, _axis, low, high, every) => wallSplits(low, high, every),
            values: (_u, ticks) =>
              ticks.map((tick) => {
                const ms = tick * 1000;
                if (new Date(ms).getHours() !== 0) return format.time(ms);
                // A canvas knows no direction of its own: the day keeps that of its language.
                const day = format.day(ms);
                return format.settings.language === "ar" ? `\u2067${day}\u2069` : day;
              }),
          },
          {
            ...axis,
            size: 44,
            space: 26,
            values: (_u, ticks) => ticks.map((tick) => format.number(tick)),
          },
        ],
        series: [
          {},
          ...trend.series.map((_, index) => ({
            stroke: strokes[index] ?? "",
            width: 2,
            spanGaps: true,
            points: { show: true, size: 6, fill: strokes[index] ?? "" },
          })),
        ],
      },
      [[...trend.times], ...trend.series.map((values) => [...values])],
      place,
    );
    const watch = new ResizeObserver(() => {
      plot.setSize({ width: place.clientWidth, height: HEIGHT });
    });
    watch.observe(place);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [trend, format]);

  return (
    <figure className="trend-chart">
      <figcaption>
        <b>{trend.name}</b>{" "}
        {trend.unit !== null && (
          <bdi dir="ltr" className="unit">
            {trend.unit}
          </bdi>
        )}
      </figcaption>
      <div
        ref={box}
        dir="ltr"
        className="trend-plot"
        role="img"
        aria-label={t("vitals.trendAlt", { name: trend.name })}
      />
    </figure>
  );
}

/** Ticks on the hours of the wall clock, not of UTC. */
function wallSplits(low: number, high: number, every: number): number[] {
  const start = new Date(low * 1000);
  start.setHours(0, 0, 0, 0);
  const ticks: number[] = [];
  for (let at = start.getTime() / 1000; at <= high; at += every) if (at >= low) ticks.push(at);
  return ticks;
}

/** Never so tight that a quiet pulse looks dramatic. */
function padded(low: number, high: number, trend: Trend): [number, number] {
  const middle = (low + high) / 2;
  const half = Math.max((high - low) / 2 + trend.span * 0.1, trend.span / 2);
  return [Math.max(trend.floor, middle - half), Math.min(trend.ceiling, middle + half)];
}
