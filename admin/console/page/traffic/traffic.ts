// The traffic of the services: requests, errors and times of the last hour, and the heaviest tenants.

import type { HeavyTenant, ServiceState, Traffic, TrafficPoint } from "../../api.ts";
import { type Chart, openChart } from "./chart.ts";
import { CHARTS, FIELDS } from "./charts.ts";
import { element, fill, type Content } from "../parts/element.ts";
import type { Events } from "../events.ts";
import { formatClock, formatCount, formatMs, formatRate, formatShare } from "../parts/format.ts";
import { heaviestTable } from "./heaviest.ts";
import { empty, problem } from "../parts/loading.ts";
import { panel } from "../parts/panel.ts";
import { table } from "../parts/table.ts";

const HOUR_MS = 3_600_000;
const TABLE_POINTS = 12;

/** The parts of the view that show the traffic. */
export interface TrafficParts {
  /** Shows an answer: new content, or undefined when it has updated the charts. */
  readonly show: (traffic: Traffic) => Content;
  /** The panel of the heaviest tenants. */
  readonly heaviest: HTMLElement;
}

/** Makes the parts. They follow the events until the signal is aborted. */
export function trafficParts(signal: AbortSignal, events: Events): TrafficParts {
  const services = element("div", {});
  const heavy = element("div", {}, element("p", { class: "muted pad" }, "No figures yet"));
  const figures = element("div", {});
  let points: TrafficPoint[] = [];
  let charts: Chart[] | undefined;

  const draw = (states: readonly ServiceState[], heaviest: readonly HeavyTenant[]): void => {
    fill(services, serviceLine(states));
    fill(heavy, heaviestTable(heaviest));
    fill(figures, figureTable(points));
    const columns = FIELDS.map((field) => points.map((point) => point[field]));
    const times = points.map(({ at }) => at / 1000);
    charts?.forEach((chart) => chart.setPoints(times, columns));
  };

  events.on("traffic", signal, ({ point, services: states, heaviest }) => {
    if (point !== null && point.at > (points.at(-1)?.at ?? 0))
      points = [...points.filter(({ at }) => at > point.at - HOUR_MS), point];
    draw(states, heaviest);
  });

  return {
    heaviest: panel("Heaviest tenants", "Last minute", heavy, "heaviest"),
    show(traffic) {
      points = [...traffic.points];
      if (traffic.services.length === 0) {
        return panel("Traffic", undefined, withoutServices());
      }
      const isFirst = charts === undefined;
      charts ??= CHARTS.map((chart) => openChart(chart, signal));
      draw(traffic.services, traffic.heaviest);
      if (!isFirst) return undefined;
      return panel(
        "Traffic",
        services,
        [
          element(
            "div",
            { class: "charts" },
            charts.map(({ root }) => root),
          ),
          element("details", { class: "foot" }, element("summary", {}, "As a table"), figures),
        ],
        "traffic",
      );
    },
  };
}

function withoutServices(): HTMLElement {
  return empty(
    "No service is watched",
    element(
      "p",
      {},
      "Set METRICS_PORT on the service, and start this console with ",
      element("code", {}, "--service http://127.0.0.1:PORT/metrics"),
      ", once for each service.",
    ),
  );
}

function serviceLine(states: readonly ServiceState[]): Content {
  const down = states.filter(({ state }) => state === "down");
  if (down.length > 0) {
    return problem(
      down
        .map(({ url, problem: why }) => `${url} does not answer: ${why ?? "reason unknown"}`)
        .join("; "),
    );
  }
  const waiting = states.some(({ state }) => state === "waiting");
  return waiting ? "Waiting for the first figures" : formatCount(states.length, "service");
}

/** Makes a table of some points of the last hour. */
function figureTable(points: readonly TrafficPoint[]): HTMLElement {
  const step = Math.max(1, Math.floor(points.length / TABLE_POINTS));
  const rows = points.toReversed().filter((_, index) => index % step === 0);
  const time = (ms: number | null): string => (ms === null ? "–" : formatMs(ms));
  return table(
    "Traffic over time",
    [
      { title: "At", isHeading: true, show: ({ at }: TrafficPoint) => formatClock(new Date(at)) },
      { title: "Requests/s", isNumber: true, show: (point) => formatRate(point.requestsPerSecond) },
      { title: "Errors", isNumber: true, show: ({ errorRate }) => formatShare(errorRate) },
      { title: "p50", isNumber: true, show: ({ p50Ms }) => time(p50Ms) },
      { title: "p95", isNumber: true, show: ({ p95Ms }) => time(p95Ms) },
      { title: "p99", isNumber: true, show: ({ p99Ms }) => time(p99Ms) },
    ],
    rows.slice(0, TABLE_POINTS),
  );
}
