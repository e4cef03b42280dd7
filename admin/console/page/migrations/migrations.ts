// The view of the migrations: which tenants lack which, and the run that is in progress.

import type { Migrations, MigrationState } from "../../api.ts";
import { notify } from "../parts/announce.ts";
import { pathIn, read } from "../client.ts";
import { databasesPart } from "../databases/databases.ts";
import { element, fill, link, type Content } from "../parts/element.ts";
import { formatCount, formatNumber } from "../parts/format.ts";
import { loaded } from "../parts/loading.ts";
import { runPanel, sayEnd } from "./migration-run.ts";
import { isAtWork, startPanel } from "./migration-start.ts";
import { panel, viewHeading } from "../parts/panel.ts";
import { pendingPanel, versionsPanel } from "./pending.ts";
import { type Stage, tenantHash, titleOf, type View, viewHash } from "../view.ts";
import { workPart } from "../work/work.ts";

const NAMES = 36;
const RENEW_MS = 3000;

/** Shows the migrations. */
export function showMigrations(stage: Stage): View {
  const { signal, events, database } = stage;
  const title = titleOf("Migrations", database);
  const line = element("span", {}, "Loading");
  const runPlace = element("div", {});
  const startPlace = element("div", {});
  let answer: Migrations | undefined;
  let run: MigrationState | null = null;
  let renewed = performance.now();

  const drawRun = (): void => {
    fill(runPlace, run === null ? undefined : runPanel(run));
  };
  const drawStart = (): void => {
    if (answer !== undefined)
      fill(startPlace, startPanel(answer, database, isAtWork(run), started));
  };
  const started = (state: MigrationState): void => {
    run = state;
    drawRun();
    drawStart();
  };
  const all = loaded(
    "the migrations",
    signal,
    () => read<Migrations>(pathIn(database, "/api/migrations"), signal),
    (migrations) => {
      answer = migrations;
      run = newerOf(run, migrations.run);
      fill(line, describe(migrations));
      drawRun();
      drawStart();
      if (migrations.problem !== null) {
        return [element("p", { class: "problem" }, migrations.problem), versionsPanel(migrations)];
      }
      return [
        element(
          "div",
          { class: "columns even" },
          pendingPanel(migrations),
          versionsPanel(migrations),
        ),
        behindPanel(migrations, database),
        skippedPanel(migrations),
      ];
    },
  );
  events.on("migration", signal, (state) => {
    const ended = isAtWork(run) && !isAtWork(state);
    run = state;
    drawRun();
    if (ended) {
      notify(sayEnd(state));
      drawStart();
    }
    if (ended || performance.now() - renewed > RENEW_MS) {
      renewed = performance.now();
      all.refresh();
      databases.refresh();
    }
  });
  const work = workPart(stage, "all");
  const databases = databasesPart("migrations", stage);
  return {
    title,
    root: element(
      "div",
      { class: "view" },
      viewHeading(title, line),
      databases.root,
      runPlace,
      startPlace,
      work.root,
      all.root,
    ),
    refresh() {
      all.refresh();
      databases.refresh();
      work.refresh();
    },
  };
}

/** An answer may be older than an event that arrived in the meantime. */
function newerOf(shown: MigrationState | null, read: MigrationState | null): MigrationState | null {
  if (shown === null || read === null || shown.id !== read.id) return read ?? shown;
  const isOlder = read.left > shown.left || (shown.state !== "running" && read.state === "running");
  return isAtWork(shown) && !isOlder ? read : shown;
}

function describe({ behind, newestVersion, problem }: Migrations): string {
  if (problem !== null) return "What is pending is unknown";
  return behind === 0
    ? `No tenant is behind version ${newestVersion}`
    : `${formatCount(behind, "tenant")} behind version ${newestVersion}`;
}

function behindPanel({ behind, tenants }: Migrations, database: string): Content {
  if (behind === 0) return undefined;
  const more = behind - Math.min(NAMES, tenants.length);
  return panel("Behind", element("span", { class: "muted" }, formatNumber(behind)), [
    element(
      "ul",
      { class: "names" },
      tenants
        .slice(0, NAMES)
        .map(({ schemaName, version }) =>
          element(
            "li",
            {},
            link(tenantHash(schemaName), { class: "code" }, schemaName),
            element("span", { class: "muted" }, ` at ${version}`),
          ),
        ),
    ),
    more > 0
      ? element(
          "p",
          { class: "foot" },
          link(
            viewHash("tenants", { only: "behind", database }),
            {},
            `and ${formatNumber(more)} more`,
          ),
        )
      : undefined,
  ]);
}

function skippedPanel({ skipped, skippedCount }: Migrations): Content {
  if (skippedCount === 0) return undefined;
  return panel(
    "Skipped",
    element("span", { class: "muted" }, formatNumber(skippedCount)),
    element(
      "ul",
      { class: "rows" },
      skipped
        .slice(0, NAMES)
        .map(({ schemaName, reason }) =>
          element(
            "li",
            {},
            link(tenantHash(schemaName), { class: "code" }, schemaName),
            element("span", { class: "wrap" }, reason),
          ),
        ),
    ),
  );
}
