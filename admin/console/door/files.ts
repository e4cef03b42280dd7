// The files of the page. The list is made once, so that the path of a request is never a path of the disk.

import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";

/** A file that the server sends to the browser. */
interface PageFile {
  readonly type: string;
  /** Reads the file each time, so that a reload shows a changed page. */
  read(): Promise<Buffer>;
}

/** The files by their path in a URL. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const PAGE = new URL("../page/", import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Lists the files of the page and of the chart library. */
export async function listFiles(): Promise<PageFiles> {
  const files = new Map<string, PageFile>();
  const add = (path: string, url: URL): void => {
    const type = TYPES[extname(url.pathname)];
    if (type !== undefined) files.set(path, { type, read: () => readFile(url) });
  };
  for (const name of await readdir(PAGE, { recursive: true })) {
    if (name === "index.html") add("/", new URL(name, PAGE));
    else if (/^(?:[\w-]+\/)?[\w-]+\.\w+$/.test(name)) add(`/page/${name}`, new URL(name, PAGE));
  }
  // A browser asks for this path when a page names no icon, as the entrance does.
  add("/favicon.ico", new URL("icon.svg", PAGE));
  const chart = import.meta.resolve("uplot");
  add("/vendor/uplot.js", new URL("uPlot.esm.js", chart));
  add("/vendor/uplot.css", new URL("uPlot.min.css", chart));
  return files;
}
