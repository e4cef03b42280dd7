// Ten thousand sizes on one canvas. Tenants that are too small to see share one tile.

import type { FleetSizes } from "../../api.ts";
import { element } from "../parts/element.ts";
import { formatNumber } from "../parts/format.ts";
import { drawTile, readColours } from "./tile.ts";
import { type Rectangle, squarify } from "./squarify.ts";

// A tile below four by four pixels cannot be seen.
const LEAST_AREA = 20;
const HEIGHT = 340;

/** A treemap in the page. */
export interface Treemap {
  readonly root: HTMLElement;
  /** Replaces the sizes. */
  setSizes(sizes: FleetSizes): void;
}

/**
 * Draws the treemap, and again when the width or the colours change, until the signal is aborted.
 * @param tell called with the tenant under the pointer
 * @param go called with the tenant that is chosen
 */
export function openTreemap(
  first: FleetSizes,
  signal: AbortSignal,
  tell: (index: number | undefined) => void,
  go: (index: number) => void,
): Treemap {
  const canvas = element("canvas", {
    tabindex: 0,
    role: "application",
    "aria-roledescription": "treemap",
    "aria-label": "Sizes of the tenants, the largest first. Arrow keys move, Enter opens.",
  });
  const root = element("div", { class: "treemap" }, canvas);
  let sizes = first;
  let tiles: readonly Rectangle[] = [];
  let single = 0;
  let chosen: number | undefined;

  const draw = (): void => {
    const context = canvas.getContext("2d");
    if (context === null) return;
    const scale = devicePixelRatio;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const colours = readColours();
    tiles.forEach((tile, index) => {
      const isRest = index === single;
      drawTile(context, colours, tile, {
        name: isRest
          ? `${formatNumber(sizes.bytes.length - single)} smaller`
          : (sizes.schemaNames[index] ?? ""),
        bytes: isRest ? restOf(sizes, single) : (sizes.bytes[index] ?? 0),
        status: isRest ? 0 : (sizes.statuses[index] ?? 0),
        isRest,
        isChosen: index === chosen,
      });
    });
  };
  const resize = (): void => {
    const width = root.clientWidth;
    if (width === 0) return;
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(HEIGHT * devicePixelRatio);
    canvas.style.height = `${HEIGHT}px`;
    ({ tiles, single } = layOut(sizes, width));
    draw();
  };
  const choose = (index: number | undefined): void => {
    if (index === chosen) return;
    chosen = index;
    draw();
    tell(index);
  };
  const indexAt = ({ offsetX, offsetY }: MouseEvent): number | undefined => {
    const found = tiles.findIndex(
      ({ x, y, width, height }) =>
        offsetX >= x && offsetX < x + width && offsetY >= y && offsetY < y + height,
    );
    return found === -1 || found >= single ? undefined : found;
  };

  canvas.addEventListener("pointermove", (event) => choose(indexAt(event)));
  canvas.addEventListener("pointerleave", () => choose(undefined));
  canvas.addEventListener("blur", () => choose(undefined));
  canvas.addEventListener("click", (event) => {
    const index = indexAt(event);
    if (index !== undefined) go(index);
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && chosen !== undefined) return go(chosen);
    const next = moved(event.key, chosen, single);
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
  });
  const observer = new ResizeObserver(resize);
  observer.observe(root);
  signal.addEventListener("abort", () => observer.disconnect());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw, { signal });
  return {
    root,
    setSizes(newer) {
      sizes = newer;
      resize();
    },
  };
}

/** Lays out the tiles. From `single` on there is at most one, for the rest. */
function layOut(sizes: FleetSizes, width: number): { tiles: Rectangle[]; single: number } {
  const least = (LEAST_AREA * sizes.total) / (width * HEIGHT);
  const firstSmall = sizes.bytes.findIndex((bytes) => bytes < least);
  const single = firstSmall === -1 ? sizes.bytes.length : firstSmall;
  const rest = restOf(sizes, single);
  const weights = [...sizes.bytes.slice(0, single), ...(rest > 0 ? [rest] : [])];
  const whole = { x: 0, y: 0, width, height: HEIGHT };
  // The rest may be the largest of all, but it stands last, in a corner.
  return { tiles: squarify(weights, whole), single };
}

function restOf({ bytes }: FleetSizes, single: number): number {
  return bytes.slice(single).reduce((sum, size) => sum + size, 0);
}

function moved(key: string, from: number | undefined, count: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: 1,
    ArrowDown: 1,
    ArrowLeft: -1,
    ArrowUp: -1,
    PageDown: 10,
    PageUp: -10,
    Home: -Infinity,
    End: Infinity,
  };
  const step = steps[key];
  if (step === undefined || count === 0) return undefined;
  if (from === undefined) return 0;
  return Math.max(0, Math.min(count - 1, from + step));
}
