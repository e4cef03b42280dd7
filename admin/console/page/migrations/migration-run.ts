// The state of a migration run: its progress, its rate and its failures.

import type { MigrationFailure, MigrationState } from "../../api.ts";
import { notify } from "../parts/announce.ts";
import { badge, type Mark } from "../parts/badge.ts";
import { change } from "../client.ts";
import { button, element, link, type Content } from "../parts/element.ts";
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatRate,
  formatTime,
} from "../parts/format.ts";
import { messageOf } from "../parts/loading.ts";
import { panel } from "../parts/panel.ts";
import { progressBar } from "../parts/progress.ts";
import { table } from "../parts/table.ts";
import { tenantHash } from "../view.ts";

const WORDS: Readonly<Record<MigrationState["state"], readonly [Mark, string]>> = {
  running: ["running", "Running"],
  stopping: ["transition", "Stopping"],
  done: ["active", "Done"],
  stopped: ["stopped", "Stopped"],
  broken: ["failed", "Failed"],
};

/** Makes the panel of a run. */
export function runPanel(run: MigrationState): HTMLElement {
  const { state, targetMigration, total, failed, left, message } = run;
  const [kind, word] = WORDS[state];
  const share = total === 0 ? 1 : (total - left) / total;
  return panel(
    `${nameOf(run)}${targetMigration === "" ? "" : ` (${targetMigration})`}`,
    [
      badge(kind, word),
      state === "running" ? button("Stop", { class: "grave-quiet" }, () => void stop()) : undefined,
    ],
    [
      progressBar("Tenants migrated", share, total === 0 ? 0 : failed / total),
      element(
        "dl",
        { class: "figures-line" },
        figuresOf(run).map(([term, value]) =>
          element("div", {}, element("dt", {}, term), element("dd", {}, value)),
        ),
      ),
      message === null ? undefined : element("p", { class: "wrap pad" }, message),
      canaryNames(run),
      run.failures.length > 0 ? failuresTable(run) : undefined,
    ],
    "run",
  );
}

/** Describes the end of a run in one line. */
export function sayEnd(run: MigrationState): string {
  const { state, migrated, failed } = run;
  const failures = failed === 0 ? "none failed" : `${formatNumber(failed)} failed`;
  return (
    `${nameOf(run)} ${WORDS[state][1].toLowerCase()}: ` +
    `${formatNumber(migrated)} migrated, ${failures}`
  );
}

function nameOf({ isCanary, database, target }: MigrationState): string {
  const place = database === null ? "" : ` in ${database}`;
  return `${isCanary ? "Canary" : "Run"}${place} to version ${target}`;
}

function figuresOf(run: MigrationState): (readonly [string, string])[] {
  const { total, migrated, failed, elsewhere, left, held, skipped, perSecond, secondsLeft } = run;
  const isRunning = run.endedAt === null;
  const seconds = (Date.parse(run.endedAt ?? "") - Date.parse(run.startedAt)) / 1000;
  return [
    ["Migrated", `${formatNumber(migrated)} of ${formatNumber(total)}`],
    ["Failed", formatNumber(failed)],
    [isRunning ? "Left" : "Not started", formatNumber(left)],
    ...(isRunning
      ? ([
          ["Rate", `${formatRate(perSecond)} tenants/s`],
          ["Time left", secondsLeft === null ? "not known yet" : formatDuration(secondsLeft)],
        ] as const)
      : ([
          ["Took", seconds < 1 ? "under 1 s" : formatDuration(seconds)],
          ["Ended", formatTime(new Date(run.endedAt))],
        ] as const)),
    ...(held > 0 ? ([["Left for later", formatNumber(held)]] as const) : []),
    ...(skipped > 0 ? ([["Skipped", formatNumber(skipped)]] as const) : []),
    ...(elsewhere > 0 ? ([["Not by this run", formatNumber(elsewhere)]] as const) : []),
  ];
}

function canaryNames({ isCanary, tenants }: MigrationState): Content {
  if (!isCanary || tenants.length === 0) return undefined;
  return element(
    "p",
    { class: "pad names-line" },
    element("span", { class: "muted" }, `${formatCount(tenants.length, "tenant")}: `),
    tenants.flatMap((schemaName, index) => [
      index > 0 ? ", " : "",
      link(tenantHash(schemaName), { class: "code" }, schemaName),
    ]),
  );
}

function failuresTable({ failures }: MigrationState): HTMLElement {
  return table(
    "Failures",
    [
      {
        title: "Failed",
        isHeading: true,
        show: ({ schemaName }: MigrationFailure) =>
          link(tenantHash(schemaName), { class: "code" }, schemaName),
      },
      { title: "At version", isNumber: true, isWide: true, show: ({ version }) => String(version) },
      {
        title: "Reason",
        show: ({ message, sqlstate }) => [
          element("span", { class: "wrap" }, message),
          sqlstate === null
            ? undefined
            : element("span", { class: "muted small" }, `SQLSTATE ${sqlstate}`),
        ],
      },
    ],
    failures,
  );
}

async function stop(): Promise<void> {
  try {
    await change("/api/migrations/stop");
    notify("Stopping: the run finishes the tenants in progress and starts no more");
  } catch (error) {
    notify(messageOf(error));
  }
}
