// The pictures of admin/console/README.md, and how long each view takes until its first rows are there.

import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const FOLDER = fileURLToPath(new URL("../../admin/console/screenshots/", import.meta.url));
const TIMES = 5;

/** A view, and what is there when its first rows are. */
export interface Place {
  readonly name: string;
  readonly hash: string;
  readonly ready: string;
}

/** The views. */
export const PLACES: readonly Place[] = [
  {
    name: "Fleet",
    hash: "fleet",
    ready: ".view:has(.attention tbody tr):has(.treemap canvas):has(.charts)",
  },
  { name: "Tenants", hash: "tenants", ready: "tbody tr" },
  { name: "Tenants by size", hash: "tenants?sort=bytes&order=desc", ready: "tbody tr" },
  { name: "Tenants with a search", hash: "tenants?search=maple-coff", ready: "tbody tr" },
  { name: "A tenant", hash: "tenants/maple_coffee_eu", ready: ".facts" },
  { name: "Migrations", hash: "migrations", ready: "tbody tr" },
];

/** Goes to a view, and returns the milliseconds until its first rows are drawn. */
export async function go(page: Page, origin: string, { hash, ready }: Place): Promise<number> {
  // From a view that is not there, and asks next to nothing.
  await page.goto(`${origin}/#/tenants/nobody`);
  await page.getByRole("alert").waitFor();
  await page.evaluate(() => document.querySelector("main")?.replaceChildren());
  return page.evaluate(
    ([hash = "", ready = ""]) =>
      new Promise<number>((resolve) => {
        const started = performance.now();
        const look = (): void => {
          if (document.querySelector(`main ${ready}`) === null) requestAnimationFrame(look);
          else requestAnimationFrame(() => resolve(performance.now() - started));
        };
        location.hash = `#/${hash}`;
        requestAnimationFrame(look);
      }),
    [hash, ready],
  );
}

/** Prints the median and the longest of some visits of each view. */
export async function measure(page: Page, origin: string): Promise<void> {
  for (const place of PLACES) {
    const times: number[] = [];
    for (let time = 0; time < TIMES; time += 1) times.push(await go(page, origin, place));
    const sorted = times.toSorted((a, b) => a - b);
    const [median = 0, longest = 0] = [sorted[Math.floor(TIMES / 2)], sorted.at(-1)];
    process.stdout.write(
      `${place.name}: first rows after ${median.toFixed(0)} ms (longest ${longest.toFixed(0)})\n`,
    );
  }
}

/** Takes a picture of the page as it is, light and dark, in its whole height or `height`. */
export async function picture(page: Page, name: string, height?: number): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    // Charts are drawn anew with the colours.
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    const png = await page.screenshot(
      height === undefined
        ? { fullPage: true }
        : { clip: { x: 0, y: 0, width: page.viewportSize()?.width ?? 0, height } },
    );
    await writeFile(`${FOLDER}${name}-${colorScheme}.webp`, await toWebp(page, png));
  }
}

/** The same at a third of the size. */
async function toWebp(page: Page, png: Buffer): Promise<Buffer> {
  const encoder = await page.context().newPage();
  try {
    const url = await encoder.evaluate(async (base64) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.width;
      canvas.height = image.height;
      canvas.getContext("2d")?.drawImage(image, 0, 0);
      return canvas.toDataURL("image/webp", 0.85);
    }, png.toString("base64"));
    return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
  } finally {
    await encoder.close();
  }
}
