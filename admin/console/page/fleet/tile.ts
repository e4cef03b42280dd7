// One tile of the treemap.

import { formatBytes } from "../parts/format.ts";
import type { Rectangle } from "./squarify.ts";

const PADDING = 6;
const LINE = 15;
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

/** The colours of the tiles. */
export type Colours = Readonly<
  Record<"large" | "small" | "readOnly" | "suspended" | "text" | "muted" | "chosen", string>
>;

/** The content of a tile. */
export interface Tile {
  readonly name: string;
  readonly bytes: number;
  /** 0 active, 1 read-only, 2 suspended. */
  readonly status: number;
  /** Whether it stands for all tenants that are too small to draw. */
  readonly isRest: boolean;
  readonly isChosen: boolean;
}

/** Reads the colours of the current colour scheme. */
export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    large: colour("--tile"),
    small: colour("--tile-small"),
    readOnly: colour("--tile-read-only"),
    suspended: colour("--tile-suspended"),
    text: colour("--tile-text"),
    muted: colour("--muted"),
    chosen: colour("--text"),
  };
}

/** Draws a tile, with its name and size when they fit. */
export function drawTile(
  context: CanvasRenderingContext2D,
  colours: Colours,
  { x, y, width, height }: Rectangle,
  { name, bytes, status, isRest, isChosen }: Tile,
): void {
  const gap = Math.min(1, width / 6, height / 6);
  const [w, h] = [width - gap, height - gap];
  if (isRest) {
    context.strokeStyle = colours.muted;
    context.setLineDash([3, 3]);
    context.strokeRect(x + 1, y + 1, Math.max(0, w - 2), Math.max(0, h - 2));
    context.setLineDash([]);
  } else {
    const active = width * height > 900 ? colours.large : colours.small;
    context.fillStyle = [active, colours.readOnly, colours.suspended][status] ?? active;
    context.fillRect(x, y, w, h);
  }
  if (isChosen) {
    context.strokeStyle = colours.chosen;
    context.lineWidth = 2;
    context.strokeRect(x + 1, y + 1, Math.max(1, w - 2), Math.max(1, h - 2));
    context.lineWidth = 1;
  }
  if (w < 60 || h < 22) return;
  context.fillStyle = isRest ? colours.muted : colours.text;
  context.textBaseline = "top";
  context.font = `600 12px ${FONT}`;
  const room = Math.floor((h - 2 * PADDING) / LINE);
  const lines = wrap(context, name, w - 2 * PADDING, Math.max(1, room - 1));
  lines.forEach((line, number) => context.fillText(line, x + PADDING, y + PADDING + number * LINE));
  if (room <= lines.length) return;
  context.font = `12px ${FONT}`;
  const size = fit(context, formatBytes(bytes), w - 2 * PADDING);
  context.fillText(size, x + PADDING, y + PADDING + lines.length * LINE);
}

/** Breaks a name where it has to be, and cuts what has no room. */
function wrap(
  context: CanvasRenderingContext2D,
  text: string,
  width: number,
  most: number,
): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest !== "" && lines.length < most - 1) {
    let end = rest.length;
    while (end > 1 && context.measureText(rest.slice(0, end)).width > width) end -= 1;
    const joint = end < rest.length ? rest.lastIndexOf("_", end - 1) + 1 : 0;
    const cut = joint > 0 ? joint : end;
    lines.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return rest === "" ? lines : [...lines, fit(context, rest, width)];
}

function fit(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let kept = text;
  while (kept.length > 1 && context.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return kept.length > 3 ? `${kept}…` : "";
}
