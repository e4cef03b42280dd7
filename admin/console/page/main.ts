// The page: it shows the current view and the state of the connection, and handles the keys of every view.

import type { MigrationState } from "../api.ts";
import { announce } from "./parts/announce.ts";
import { element } from "./parts/element.ts";
import { type Connection, openEvents } from "./events.ts";
import { showFleet } from "./fleet/fleet.ts";
import { shareKey } from "./key.ts";
import { isAtWork } from "./migrations/migration-start.ts";
import { showMigrations } from "./migrations/migrations.ts";
import { showTenant } from "./tenant/tenant.ts";
import { showTenants } from "./tenants/tenants.ts";
import { parseHash, type Stage, type View, viewHash } from "./view.ts";

const STATES: Readonly<Record<Connection, string>> = {
  waiting: "Connecting",
  live: "Live",
  lost: "Connection lost, retrying",
  ended: "Session ended: start the console again and open its URL",
};

const main = get("#main");
const linkState = get("#link-state");
const events = openEvents(tellConnection);
const forever = new AbortController().signal;
let open = new AbortController();
let view: View | undefined;
let wasLost = false;

shareKey();
events.on("migration", forever, markMigrations);
addEventListener("hashchange", () => show(true));
addEventListener("keydown", focusSearch);
document.querySelector(".skip")?.addEventListener("click", (event) => {
  // The hash belongs to the view.
  event.preventDefault();
  main.focus();
});
show(false);

function show(isChange: boolean): void {
  open.abort();
  open = new AbortController();
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  const { view: name, ...rest } = parseHash(location.hash);
  view = create(name, { ...rest, events, signal: open.signal });
  main.replaceChildren(view.root);
  document.title = `${view.title} · Rowhouse`;
  for (const item of document.querySelectorAll<HTMLElement>("nav [data-view]")) {
    // Another view of the same database.
    item.setAttribute("href", viewHash(item.dataset["view"] ?? "", { database: rest.database }));
    if (item.dataset["view"] === name) item.setAttribute("aria-current", "page");
    else item.removeAttribute("aria-current");
  }
  if (!isChange) return;
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
  announce(view.title);
}

function create(name: string, stage: Stage): View {
  if (name === "tenants") return stage.name === "" ? showTenants(stage) : showTenant(stage);
  if (name === "migrations") return showMigrations(stage);
  return showFleet(stage);
}

function tellConnection(state: Connection): void {
  if (linkState.dataset["state"] !== state) {
    linkState.dataset["state"] = state;
    linkState.textContent = STATES[state];
  }
  // The server does not send the missed events again.
  if (state === "live" && wasLost) view?.refresh();
  wasLost = state !== "live";
}

/** Shows the progress of a run beside the name of its view. */
function markMigrations(run: MigrationState): void {
  const item = get('nav [data-view="migrations"]');
  item.querySelector(".count")?.remove();
  if (!isAtWork(run)) return;
  const share = run.total === 0 ? 0 : Math.floor((100 * (run.total - run.left)) / run.total);
  item.append(element("span", { class: "count" }, `${share} %`));
}

/** Makes `/` go to the search from every view. */
function focusSearch(event: KeyboardEvent): void {
  const { target } = event;
  const isTyping = target instanceof HTMLElement && target.matches("input, select, textarea");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog") !== null) return;
  event.preventDefault();
  if (document.querySelector("#search") === null) {
    // Shown at once: the next letter may come before the event of a changed hash.
    history.pushState(null, "", "#/tenants");
    show(true);
  }
  get("#search").focus();
}

function get(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (found === null)
    throw new Error(`Cannot start the page: element ${JSON.stringify(selector)} does not exist`);
  return found;
}
