// The rectangles of a treemap: areas by weight, as close to squares as possible.
// Bruls, Huizing, van Wijk: Squarified Treemaps, 2000. https://vanwijk.win.tue.nl/stm.pdf

/** A rectangle in the units of the whole. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Divides a rectangle by weights. The work is linear, because a row ends at its first worse member.
 * @param weights above zero, descending
 * @returns a rectangle for each weight, in their order
 */
export function squarify(weights: readonly number[], whole: Rectangle): Rectangle[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scale = (whole.width * whole.height) / total;
  const placed: Rectangle[] = [];
  let free = whole;
  let start = 0;
  while (start < weights.length) {
    const side = Math.min(free.width, free.height);
    let area = (weights[start] ?? 0) * scale;
    const largest = area;
    let end = start + 1;
    let worst = ratioOf(side, area, largest, largest);
    while (end < weights.length) {
      const next = (weights[end] ?? 0) * scale;
      const ratio = ratioOf(side, area + next, largest, next);
      if (ratio > worst) break;
      worst = ratio;
      area += next;
      end += 1;
    }
    const areas = weights.slice(start, end).map((weight) => weight * scale);
    free = placeRow(areas, area, free, placed);
    start = end;
  }
  return placed;
}

/** The worst ratio of sides in a row along `side`. */
function ratioOf(side: number, area: number, largest: number, smallest: number): number {
  const square = side * side;
  return Math.max((square * largest) / (area * area), (area * area) / (square * smallest));
}

/** Places a row along the shorter side, and returns the rectangle that stays free. */
function placeRow(
  areas: readonly number[],
  area: number,
  free: Rectangle,
  placed: Rectangle[],
): Rectangle {
  const { x, y, width, height } = free;
  if (width >= height) {
    const depth = height > 0 ? area / height : 0;
    let top = y;
    for (const part of areas) {
      const size = depth > 0 ? part / depth : 0;
      placed.push({ x, y: top, width: depth, height: size });
      top += size;
    }
    return { x: x + depth, y, width: Math.max(0, width - depth), height };
  }
  const depth = width > 0 ? area / width : 0;
  let left = x;
  for (const part of areas) {
    const size = depth > 0 ? part / depth : 0;
    placed.push({ x: left, y, width: size, height: depth });
    left += size;
  }
  return { x, y: y + depth, width, height: Math.max(0, height - depth) };
}
