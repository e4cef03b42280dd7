// The name that a person meant who misspelt it.

/**
 * Finds the known name that is nearest to a misspelt one, or the first one that begins with it: "drop" for "drop-tenant".
 * @returns undefined when every name differs in more than a third of its letters
 */
export function findNearest(misspelt: string, names: readonly string[]): string | undefined {
  const [nearest] = names
    .map((name) => ({ name, distance: distanceOf(misspelt, name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .toSorted((one, other) => one.distance - other.distance);
  return nearest?.name ?? names.find((name) => name.startsWith(`${misspelt}-`));
}

/** Completes a message with the nearest name, such as `; did you mean "migrate"?`; empty without one. */
export function suggest(misspelt: string, names: readonly string[], prefix = ""): string {
  const nearest = findNearest(misspelt, names);
  return nearest === undefined ? "" : `; did you mean ${JSON.stringify(prefix + nearest)}?`;
}

/** How many letters to insert, delete, replace or swap with the next. */
function distanceOf(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = at(row, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
          ? at(before, j - 2) + 1
          : Infinity;
      next.push(Math.min(at(row, j) + 1, at(next, j - 1) + 1, replaced, swapped));
    }
    [before, row] = [row, next];
  }
  return at(row, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
