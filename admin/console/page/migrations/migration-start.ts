// The start of a run: a canary, or all tenants that are behind.

import type { MigrationRequest, Migrations, MigrationState } from "../../api.ts";
import { change } from "../client.ts";
import { ask } from "../parts/dialog.ts";
import { button, element } from "../parts/element.ts";
import type { Field } from "../parts/field.ts";
import { formatCount } from "../parts/format.ts";
import { panel } from "../parts/panel.ts";

const CANARY = 10;
const MAX_FAILURES = 5;

/** Whether a run starts tenants, or waits for those in progress. */
export function isAtWork(run: MigrationState | null): boolean {
  return run?.state === "running" || run?.state === "stopping";
}

/**
 * Makes the panel.
 * @param database as in Stage
 * @param started called with the run that was started
 */
export function startPanel(
  { behind, newestVersion }: Migrations,
  database: string,
  isBusy: boolean,
  started: (state: MigrationState) => void,
): HTMLElement | undefined {
  if (behind === 0 || isBusy) return undefined;
  const start = async (request: MigrationRequest): Promise<string> => {
    const state = await change<MigrationState>("/api/migrations/start", {
      ...request,
      ...(database === "" ? {} : { database }),
    });
    started(state);
    return `Migrating ${formatCount(state.total, "tenant")} to version ${state.target}`;
  };
  return panel(
    "Start a run",
    undefined,
    element(
      "div",
      { class: "start" },
      element(
        "div",
        {},
        element("h3", {}, "A canary first"),
        element(
          "p",
          {},
          "Migrates a few tenants, chosen at random, and stops. Check them, then migrate the rest.",
        ),
        button("Start a canary…", { class: "primary" }, () =>
          askCanary(behind, newestVersion, start),
        ),
      ),
      element(
        "div",
        {},
        element("h3", {}, "All tenants behind"),
        element(
          "p",
          {},
          "Each migration is its own transaction. A failed migration changes nothing and does not stop other tenants.",
        ),
        button(`Migrate ${formatCount(behind, "tenant")}…`, {}, () =>
          askAll(behind, newestVersion, start),
        ),
      ),
    ),
  );
}

type Start = (request: MigrationRequest) => Promise<string>;

function askCanary(behind: number, version: number, start: Start): void {
  ask({
    title: "Start a canary",
    text: element("p", {}, `${formatCount(behind, "tenant")} are behind version ${version}.`),
    fields: [
      {
        name: "count",
        label: "Tenants",
        type: "number",
        value: Math.min(CANARY, behind),
        min: 1,
        max: 999_999,
      },
      failuresField(1),
    ],
    verb: "Start canary",
    pending: "Starting",
    act: (values) =>
      start({ canary: { count: Number(values.get("count")) }, ...readFailures(values) }),
  });
}

function askAll(behind: number, version: number, start: Start): void {
  ask({
    title: `Migrate ${formatCount(behind, "tenant")} to version ${version}`,
    text: element(
      "p",
      {},
      "You can stop the run at any time. It then finishes the tenants in progress.",
    ),
    fields: [failuresField(MAX_FAILURES)],
    verb: "Migrate",
    pending: "Starting",
    act: (values) => start(readFailures(values)),
  });
}

function failuresField(value: number): Field {
  return {
    name: "failures",
    label: "Stop after this number of failures",
    type: "number",
    value,
    min: 1,
    max: 1_000_000,
    isOptional: true,
    hint: "Empty: never stop",
  };
}

function readFailures(values: ReadonlyMap<string, string>): MigrationRequest {
  const text = values.get("failures") ?? "";
  return text === "" ? {} : { maxFailures: Number(text) };
}
