// A status as lines for a person: a line for each section in order, the names for each problem, at most a screenful.

import { commandFor } from "../program/form.ts";
import { formatCount } from "../print/count.ts";
import { describeLack } from "./lack.ts";
import { needsPerson, type Status } from "./status.ts";
import { toOneLine } from "../print/visible.ts";

const MOST_NAMES = 20;

/** Writes a status as lines. */
export function statusLines(status: Status): readonly string[] {
  const { tenants, versions, newestVersion, newestMigration, strays, drift, driftProblem } = status;
  const spread = versions.map(
    ({ version, migration, tenants }) =>
      `${count(tenants)} on version ${named(version, migration)}`,
  );
  const lines = [
    `Newest version ${named(newestVersion, newestMigration)}; ${formatCount(tenants.length, "tenant")}${spread.length > 0 ? ": " : ""}${spread.join(", ")}`,
    ...registryLines(status.registryLacks),
    ...status.problems.map((problem) => `Migrations: ${problem}`),
    ...listed("Behind", status.behind),
    ...section(
      "Failed to migrate",
      status.failed,
      ({ schemaName, version, to, migration, ...failure }) => {
        const state = failure.sqlstate === null ? "" : ` (SQLSTATE ${failure.sqlstate})`;
        const at = new Date(failure.at).toISOString().slice(0, 19);
        return `${schemaName}, at version ${version}, to ${named(to, migration ?? "")}: ${oneLine(failure.message)}${state}, ${at}Z`;
      },
    ),
    ...listed("Suspended", status.suspended),
    ...listed("Read-only", status.readOnly),
    ...section("In a change that has not ended", status.transitions, (tenant) => {
      return `${tenant.schemaName}: ${tenant.advice}`;
    }),
    ...section("Lacking", status.lacks, (lack) => `${lack.schemaName}: ${describeLack(lack)}`),
    ...(status.lacks.length > 0
      ? [`  Mend with ${commandFor("repair")} SCHEMA, or all with ${commandFor("repair")} "*"`]
      : []),
    ...section("Too much", status.excess, ({ schemaName, problem }) => `${schemaName}: ${problem}`),
  ];
  if (strays) {
    const likely = strays.schemas.filter(({ evidence }) => evidence === "tenant role");
    const others = strays.schemas.filter(({ evidence }) => evidence === "owner");
    lines.push(
      ...section("Schemas without a tenant", likely, ({ schemaName, tables }) => {
        return `${schemaName}: ${formatCount(tables, "table")}, a tenant role may use it`;
      }),
      ...listed(
        "Other schemas of the admin role",
        others.map(({ schemaName }) => schemaName),
      ),
      ...listed("Roles without a tenant", strays.roles),
    );
  }
  lines.push(...status.cluster.map((problem) => `Citus: ${problem}`));
  if (drift) lines.push(...driftLines(drift));
  if (driftProblem !== undefined) lines.push(driftProblem);
  lines.push(needsPerson(status) ? "Needs attention" : "All is well");
  return lines;
}

function registryLines(lacked: readonly string[]): readonly string[] {
  if (lacked.length === 0) return [];
  return [
    `Registry: it lacks ${lacked.join(", ")}; run ${commandFor("init-db")} for this database`,
  ];
}

function driftLines({ compared, drifted, notCompared }: NonNullable<Status["drift"]>): string[] {
  const all = drifted.flatMap(({ schemaName, differences }) =>
    differences.map((difference) => `${schemaName}: ${difference}`),
  );
  return [
    drifted.length === 0
      ? `Drift: none in ${formatCount(compared, "tenant")}`
      : `Drift: ${count(drifted.length)} of ${formatCount(compared, "tenant")}`,
    ...few(all),
    ...section("Not compared", notCompared, ({ schemaName, reason }) => `${schemaName}: ${reason}`),
  ];
}

function section<T>(title: string, items: readonly T[], write: (item: T) => string): string[] {
  if (items.length === 0) return [];
  return [`${title}: ${count(items.length)}`, ...few(items.map(write))];
}

function listed(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > MOST_NAMES ? ` and ${count(names.length - MOST_NAMES)} more` : "";
  return [`${title}: ${count(names.length)} (${names.slice(0, MOST_NAMES).join(", ")}${more})`];
}

function few(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MOST_NAMES).map((line) => `  ${line}`);
  if (lines.length <= MOST_NAMES) return shown;
  return [...shown, `  and ${count(lines.length - MOST_NAMES)} more; --json lists all`];
}

function named(version: number, migration: string): string {
  return migration === "" ? String(version) : `${version} (${migration})`;
}

function oneLine(text: string): string {
  return toOneLine(text, " ");
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
