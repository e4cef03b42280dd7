// Debian's Chromium, driven by the tests.

import { type Browser, chromium } from "playwright-core";
import { CHROMIUM, findPackagedProgram } from "../server/debian-package.ts";

/** Nothing but the page's own requests leaves the browser, and it keeps nothing of its user's. */
const SWITCHES: readonly string[] = [
  "--headless",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts it with a folder of its own, which goes away with it. Whoever started it closes it.
 * Throws an Error with the line to type when it is not to be had.
 */
export async function startChromium(): Promise<Browser> {
  const executablePath = await findPackagedProgram(CHROMIUM);
  return chromium.launch({
    executablePath,
    // Its sandbox refuses root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [...SWITCHES],
  });
}
