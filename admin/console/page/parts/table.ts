// A table whose less important columns disappear on a narrow screen.

import { element, type Content } from "./element.ts";

/** A column of a table. */
export interface Column<T> {
  readonly title: Content;
  readonly show: (row: T) => Content;
  /** Right-aligned. */
  readonly isNumber?: boolean;
  /** Hidden below 700 px. */
  readonly isWide?: boolean;
  /** "ascending" or "descending" when the rows are sorted by it. */
  readonly sorted?: "ascending" | "descending" | "none";
  /** The column that names the row. */
  readonly isHeading?: boolean;
}

/**
 * Makes a table.
 * @param caption names the table for screen readers
 */
export function table<T>(
  caption: string,
  columns: readonly Column<T>[],
  rows: readonly T[],
): HTMLTableElement {
  const head = columns.map((column) =>
    element(
      "th",
      { scope: "col", class: classOf(column), "aria-sort": column.sorted },
      column.title,
    ),
  );
  const body = rows.map((row) =>
    element(
      "tr",
      {},
      columns.map((column) =>
        column.isHeading
          ? element("th", { scope: "row", class: classOf(column) }, column.show(row))
          : element("td", { class: classOf(column) }, column.show(row)),
      ),
    ),
  );
  return element(
    "table",
    {},
    element("caption", { class: "unseen" }, caption),
    element("thead", {}, element("tr", {}, head)),
    element("tbody", {}, body),
  );
}

function classOf<T>({ isNumber, isWide }: Column<T>): string | undefined {
  return [isNumber ? "number" : "", isWide ? "wide" : ""].join(" ").trim() || undefined;
}
