// The operator page as an operator has it: a console on a database, opened in a browser by the URL that it prints.

import type { BrowserContextOptions } from "playwright-core";
import { startChromium } from "./chromium.ts";
import { openTestConsole, type TestConsoleOptions } from "./console.ts";
import { createTestDatabase, type TestDatabase } from "../database/database.ts";
import { openWatchedPage, type WatchedPage } from "./watched-page.ts";

/** A console that is open in a browser. The caller closes it. */
export interface ConsoleStage extends WatchedPage {
  readonly database: TestDatabase;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Goes to a view, such as "tenants/acme"; the current view is loaded again. */
  visit(place: string): Promise<void>;
  /** Ends the console, and leaves the browser as it is. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** The options of a stage. */
export interface ConsoleStageOptions extends TestConsoleOptions {
  /** Fills the database, before the console is started. */
  readonly fill: (database: TestDatabase) => Promise<void>;
  /** Of the browser's window. */
  readonly window?: BrowserContextOptions;
}

/** Opens it, at the fleet. */
export async function openConsoleStage({
  fill,
  window = {},
  ...options
}: ConsoleStageOptions): Promise<ConsoleStage> {
  const [browser, database] = await Promise.all([startChromium(), createTestDatabase()]);
  await fill(database);
  const console = await openTestConsole(database.adminUrl, { ...options, locked: true });
  const { origin } = console.url;
  const watched = await openWatchedPage(await browser.newContext(window), origin);
  await watched.page.goto(console.url.href);
  // The entrance leads on by itself.
  await watched.page.waitForURL(`${origin}/`);
  return {
    ...watched,
    database,
    origin,
    async visit(place) {
      const url = `${origin}/#/${place}`;
      watched.forget();
      if (watched.page.url() === url) await watched.page.reload();
      else await watched.page.goto(url);
    },
    stop: () => console.close(),
    async close() {
      await browser.close();
      await console.close();
      await database.drop();
    },
  };
}
