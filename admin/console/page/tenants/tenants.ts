// The view of the tenants: the server searches, sorts and pages them.

import type { TenantPage } from "../../api.ts";
import { announce, notify } from "../parts/announce.ts";
import { type Mark, wordOf } from "../parts/badge.ts";
import { read } from "../client.ts";
import { databaseFields } from "../databases/database-field.ts";
import type { Field } from "../parts/field.ts";
import { databasesPart } from "../databases/databases.ts";
import { ask } from "../parts/dialog.ts";
import { button, element, fill, link, type Content } from "../parts/element.ts";
import { formatCount } from "../parts/format.ts";
import { empty, type Loaded, loaded } from "../parts/loading.ts";
import { panel, viewHeading } from "../parts/panel.ts";
import { adoptTenants } from "./adoption.ts";
import { addTenant } from "./new-tenant.ts";
import { readQuery, type Query, writeQuery } from "./tenant-query.ts";
import { describeSizesState } from "../fleet/sizes-state.ts";
import { columnsOf } from "./tenant-columns.ts";
import { pager } from "./pager.ts";
import { table } from "../parts/table.ts";
import { type Stage, tenantHash, titleOf, type View, viewHash } from "../view.ts";
import { workPart } from "../work/work.ts";

const TYPING_MS = 120;
const MEASURING_MS = 4000;
const LISTS: readonly Mark[] = [
  "active",
  "read_only",
  "suspended",
  "failed",
  "transition",
  "behind",
];

/** Shows the tenants. */
export function showTenants(stage: Stage): View {
  const { parameters, signal, events, database } = stage;
  const title = titleOf("Tenants", database);
  const placing = (): readonly Field[] => databaseFields(databases.names(), database);
  let query = readQuery(parameters);
  // The first request starts the measurement of the sizes, and does not wait for it.
  let wasMeasured = false;
  let typing: ReturnType<typeof setTimeout> | undefined;
  const line = element("span", {}, "Loading");
  const search = element("input", {
    type: "search",
    id: "search",
    value: query.search,
    placeholder: "Schema or host",
    autocomplete: "off",
    spellcheck: "false",
    "aria-keyshortcuts": "/",
  });
  const only = element(
    "select",
    { id: "only" },
    element("option", { value: "" }, "All"),
    LISTS.map((kind) =>
      element("option", { value: kind, selected: query.only === kind }, wordOf(kind)),
    ),
  );
  const apply = (change: Partial<Query>): void => {
    query = { ...query, offset: 0, ...change };
    history.replaceState(null, "", writeQuery(query));
    list.refresh();
  };
  const list: Loaded = loaded(
    "the tenants",
    signal,
    () => askUntilSettled(() => query, signal),
    (page) => {
      fill(line, describe(page, query));
      if (!wasMeasured && page.tenants.some(({ bytes }) => bytes === null)) {
        wasMeasured = true;
        setTimeout(list.refresh, MEASURING_MS);
      }
      announce(`${formatCount(page.total, "tenant")} found`);
      return page.tenants.length === 0
        ? [nothing(query), elsewhere(page)]
        : [
            sizesLine(page),
            table("Tenants", columnsOf(query, apply), page.tenants),
            pager(page, query, apply),
            elsewhere(page),
          ];
    },
  );
  const work = workPart(stage, "running");
  const databases = databasesPart("tenants", stage);
  events.on("job", signal, ({ state, message }) => {
    if (state === "running") return;
    notify(message ?? `The job ${state}`);
    list.refresh();
  });
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => apply({ search: search.value.trim() }), TYPING_MS);
  });
  only.addEventListener("change", () => apply({ only: only.value }));
  const controls = element(
    "search",
    { class: "controls" },
    element("label", { for: "search" }, "Search"),
    element("span", { class: "field" }, search, element("kbd", { "aria-hidden": "true" }, "/")),
    element("label", { for: "only" }, "State"),
    only,
  );
  return {
    title,
    root: element(
      "div",
      { class: "view" },
      viewHeading(title, line, [
        controls,
        element(
          "div",
          { class: "buttons", role: "group", "aria-label": "New tenants" },
          button("Add tenant…", { class: "primary" }, () => ask(addTenant(placing()))),
          button("Adopt…", {}, () => ask(adoptTenants(placing(), work.refresh))),
        ),
      ]),
      work.root,
      databases.root,
      panel("Tenants in the registry", undefined, list.root, "bare"),
    ),
    refresh() {
      databases.refresh();
      list.refresh();
    },
  };
}

/** Asks again when the query changed before the answer came. */
async function askUntilSettled(current: () => Query, signal: AbortSignal): Promise<TenantPage> {
  for (;;) {
    const asked = current();
    const page = await read<TenantPage>(`/api/tenants${parametersOf(asked)}`, signal);
    if (current() === asked) return page;
  }
}

function parametersOf(query: Query): string {
  const { search, sort, order, offset, limit, only, database } = query;
  const text = new URLSearchParams({ sort, order, offset: String(offset), limit: String(limit) });
  if (search !== "") text.set("search", search);
  if (only !== "") text.set("only", only);
  if (database !== "") text.set("database", database);
  return `?${text.toString()}`;
}

function sizesLine({ sizes }: TenantPage): Content {
  const state = describeSizesState(sizes);
  return state === undefined ? undefined : element("p", { class: "problem" }, state);
}

/** The tenants of other databases that a search at home has found. */
function elsewhere(page: TenantPage): Content {
  if (page.elsewhere.length === 0) return undefined;
  return element(
    "p",
    { class: "wrap" },
    "In other databases: ",
    page.elsewhere.flatMap(({ schemaName, database }, index) => [
      index === 0 ? "" : ", ",
      link(tenantHash(schemaName), { class: "code" }, schemaName),
      ` (${database})`,
    ]),
  );
}

function describe({ total }: TenantPage, { search, only }: Query): string {
  const state = LISTS.find((kind) => kind === only);
  const what = state === undefined ? "" : `, ${wordOf(state).toLowerCase()}`;
  return `${formatCount(total, "tenant")}${what}${search === "" ? "" : ` matching “${search}”`}`;
}

function nothing({ search, only, database }: Query): HTMLElement {
  return search === "" && only === ""
    ? empty("No tenant yet", element("p", {}, "Add one, or adopt a schema that exists already."))
    : empty(
        "No tenant matches",
        element("p", {}, link(viewHash("tenants", { database }), {}, "Show all tenants")),
      );
}
