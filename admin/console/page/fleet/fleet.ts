// The view of the fleet: tenants by state, those that need attention, their cost, their traffic and their sizes.

import type { Fleet, FleetSizes, Traffic } from "../../api.ts";
import { attentionPanel } from "./attention.ts";
import { budgetPanel } from "./budget.ts";
import { pathIn, read } from "../client.ts";
import { databasesPart } from "../databases/databases.ts";
import { countStrip } from "./count-strip.ts";
import { element, fill } from "../parts/element.ts";
import { formatClock, formatCount } from "../parts/format.ts";
import { type Loaded, loaded } from "../parts/loading.ts";
import { viewHeading } from "../parts/panel.ts";
import { sizesPanel } from "./sizes.ts";
import { trafficParts } from "../traffic/traffic.ts";
import { type Stage, titleOf, type View } from "../view.ts";

const FLEET_MS = 10_000;
const SIZES_MS = 60_000;
const MEASURING_MS = 4000;

/** Shows the fleet. */
export function showFleet(stage: Stage): View {
  const { signal, events, database } = stage;
  const title = titleOf("Fleet", database);
  const line = element("span", {}, "Loading");
  const fleet = loaded(
    "the fleet",
    signal,
    () => read<Fleet>(pathIn(database, "/api/fleet"), signal),
    (answer) => {
      fill(line, describe(answer));
      return [
        answer.migrationsProblem === null
          ? undefined
          : element("p", { class: "problem" }, answer.migrationsProblem),
        countStrip(answer, database),
        element(
          "div",
          { class: "columns two-one" },
          attentionPanel(answer.attention, database),
          budgetPanel(answer.budget),
        ),
      ];
    },
  );
  const traffic = trafficParts(signal, events);
  const trafficLoaded = loaded(
    "the traffic",
    signal,
    () => read<Traffic>("/api/traffic", signal),
    traffic.show,
  );
  const sizes = sizesPanel(signal, database);
  const sizesLoaded: Loaded = loaded(
    "the sizes",
    signal,
    () => read<FleetSizes>(pathIn(database, "/api/fleet/sizes"), signal),
    (answer) => {
      // The server is measuring them.
      if (answer.estimated) setTimeout(() => sizesLoaded.refresh(), MEASURING_MS);
      return sizes(answer);
    },
  );
  const databases = databasesPart("fleet", stage);
  every(FLEET_MS, signal, databases.refresh);
  every(FLEET_MS, signal, fleet.refresh);
  every(SIZES_MS, signal, sizesLoaded.refresh);
  return {
    title,
    root: element(
      "div",
      { class: "view" },
      viewHeading(title, line),
      databases.root,
      fleet.root,
      trafficLoaded.root,
      element("div", { class: "columns three-two" }, sizesLoaded.root, traffic.heaviest),
    ),
    refresh() {
      for (const part of [databases, fleet, trafficLoaded, sizesLoaded]) part.refresh();
    },
  };
}

function describe({ tenants, database, newestVersion }: Fleet): string {
  return (
    `${formatCount(tenants, "tenant")} in database ${database} · newest version ${newestVersion} · ` +
    `as of ${formatClock(new Date())}`
  );
}

/** Calls `act` at an interval while the page is visible. */
function every(ms: number, signal: AbortSignal, act: () => void): void {
  const timer = setInterval(() => {
    if (document.visibilityState === "visible") act();
  }, ms);
  signal.addEventListener("abort", () => clearInterval(timer));
}
