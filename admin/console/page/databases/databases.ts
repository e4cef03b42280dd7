// The databases, where there are several: each in figures, and which of them the view shows.

import type { DatabaseFigures, Databases, DatabaseState } from "../../api.ts";
import { read } from "../client.ts";
import { badge } from "../parts/badge.ts";
import { element, hidden, link, type Content } from "../parts/element.ts";
import { formatNumber } from "../parts/format.ts";
import { type Loaded, loaded } from "../parts/loading.ts";
import { panel } from "../parts/panel.ts";
import { table } from "../parts/table.ts";
import { type Stage, viewHash } from "../view.ts";

/** The part of a view that shows the databases. */
export interface DatabasesPart extends Loaded {
  /** Their names, home first; empty before they are known, and where only one is configured. */
  readonly names: () => readonly string[];
}

/**
 * Shows them above a view; nothing where only one is configured.
 * @param view its name, which the links lead to with another database
 */
export function databasesPart(view: string, { database, signal }: Stage): DatabasesPart {
  let names: readonly string[] = [];
  const part = loaded(
    "the databases",
    signal,
    () => read<Databases>("/api/databases", signal),
    (databases) => {
      names = databases.map(({ name }) => name);
      const [home] = databases;
      if (home === undefined) return [];
      const shown = database === "" ? home.name : database;
      const placeOf = ({ name }: DatabaseState): string => (name === home.name ? "" : name);
      const nameOf = (one: DatabaseState): Content => [
        link(
          viewHash(view, { database: placeOf(one) }),
          { class: "code", "aria-current": one.name === shown ? "true" : undefined },
          one.name,
        ),
        one.name === shown ? element("span", { class: "muted small" }, "Shown below") : undefined,
        one.problem === null
          ? undefined
          : [
              badge("failed", "Unavailable"),
              element("span", { class: "small muted wrap" }, one.problem),
            ],
      ];
      const count =
        (figure: keyof DatabaseFigures, only: string) =>
        (one: DatabaseState): Content =>
          one.figures === null
            ? [element("span", { "aria-hidden": "true" }, "–"), hidden("unknown")]
            : link(
                viewHash("tenants", { only, database: placeOf(one) }),
                {},
                formatNumber(one.figures[figure]),
              );
      return panel(
        "Databases",
        undefined,
        table(
          "Databases",
          [
            { title: "Database", isHeading: true, show: nameOf },
            { title: "Tenants", isNumber: true, show: count("tenants", "") },
            { title: "Failed", isNumber: true, show: count("failed", "failed") },
            {
              title: "Changing",
              isNumber: true,
              isWide: true,
              show: count("inTransition", "transition"),
            },
            { title: "Behind", isNumber: true, show: count("behind", "behind") },
          ],
          databases,
        ),
        "databases",
      );
    },
  );
  // Most installations have one database: a placeholder would push away what stands below.
  part.root.replaceChildren();
  return { ...part, names: () => names };
}
