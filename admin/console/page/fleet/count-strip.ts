// The fleet in figures: tenants by status, those that need attention, and tenants by version.

import type { Fleet } from "../../api.ts";
import { type Mark, mark, wordOf } from "../parts/badge.ts";
import { element, hidden, link } from "../parts/element.ts";
import { viewHash } from "../view.ts";
import { formatCount, formatNumber, formatShare } from "../parts/format.ts";

/** The filters of the list of tenants. */
type Only = Exclude<Mark, "running" | "stopped">;

/**
 * Makes the figures. Each links to its tenants.
 * @param database as in Stage
 */
export function countStrip(fleet: Fleet, database: string): HTMLElement {
  const { statuses, attention } = fleet;
  const figures: readonly (readonly [Only, number])[] = [
    ["active", statuses.active],
    ["read_only", statuses.read_only],
    ["suspended", statuses.suspended],
    ["failed", attention.failed],
    ["transition", attention.inTransition],
    ["behind", attention.behind],
  ];
  return element(
    "div",
    { class: "panel strip" },
    element(
      "ul",
      { class: "figures", "aria-label": "Tenants by state" },
      figures.map(([only, count]) => figure(only, count, database)),
    ),
    versionBar(fleet),
  );
}

function figure(only: Only, count: number, database: string): HTMLElement {
  return element(
    "li",
    { "data-zero": count === 0 },
    link(
      viewHash("tenants", { only, database }),
      { class: "figure", "data-mark": only },
      element("span", { class: "value" }, formatNumber(count)),
      element("span", { class: "name" }, mark(only), wordOf(only)),
    ),
  );
}

/** The newest version is on the left. A version further behind is paler. */
function versionBar({ versions, tenants, newestVersion }: Fleet): HTMLElement {
  const newestFirst = versions.toReversed();
  const parts = newestFirst.map(({ version, tenants: count }) => {
    const part = element("span", { "data-behind": Math.min(3, newestVersion - version) });
    part.style.flexGrow = String(count);
    return part;
  });
  const names = newestFirst.map(({ version, tenants: count }) =>
    element(
      "li",
      { "data-behind": Math.min(3, newestVersion - version) },
      element("span", { class: "swatch", "aria-hidden": "true" }),
      `Version ${version}`,
      element("strong", {}, formatNumber(count)),
      hidden(count === 1 ? " tenant" : " tenants"),
      element("span", { class: "muted" }, formatShare(tenants === 0 ? 0 : count / tenants)),
    ),
  );
  const label = `${formatCount(versions.length, "version")} in use`;
  return element(
    "div",
    { class: "versions" },
    element("div", { class: "version-bar", "aria-hidden": "true" }, parts),
    element("ul", { "aria-label": label }, names),
  );
}
