// A page in the browser, and all that a page must not do: errors, breaches of its policy, other origins.

import type { BrowserContext, Page } from "playwright-core";

// A test that waits in vain says for what, before mocha ends it.
const TIMEOUT_MS = 10_000;

/** The page. It ends with its context. */
export interface WatchedPage {
  readonly page: Page;
  /** What went wrong so far, in lines. A page without a fault has none. */
  readonly faults: readonly string[];
  /** The paths that it has asked the server for since {@link forget}, in their order, without parameters. */
  readonly asked: readonly string[];
  /** Forgets faults and paths, after what was meant to fail. */
  forget(): void;
}

/**
 * Opens it.
 * @param origin the only one that it may ask
 */
export async function openWatchedPage(
  context: BrowserContext,
  origin: string,
): Promise<WatchedPage> {
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  const faults: string[] = [];
  const asked: string[] = [];
  // Breaches of the Content-Security-Policy are errors of the console.
  page.on("console", (message) => {
    const isFault = ["error", "warning"].includes(message.type());
    if (isFault) faults.push(`${message.text()} at ${message.location().url}`);
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  page.on("dialog", (dialog) => {
    faults.push(`alert: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin) faults.push(`asked ${url.href}`);
    asked.push(url.pathname);
  });
  return {
    page,
    faults,
    asked,
    forget() {
      faults.length = 0;
      asked.length = 0;
    },
  };
}
