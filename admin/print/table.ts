// Formats rows of text as aligned columns.

/**
 * Computes the widths of the columns.
 * @param least minimum width of each column
 */
export function columnWidths(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  least: readonly number[] = [],
): readonly number[] {
  return heading.map((name, column) =>
    Math.max(least[column] ?? 0, name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
}

/** Formats lines with aligned columns, the heading first. The parameters are those of {@link columnWidths}. */
export function formatTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  least?: readonly number[],
): readonly string[] {
  const widths = columnWidths(heading, rows, least);
  return [heading, ...rows].map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
