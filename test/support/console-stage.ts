// The operator page as an operator has it: the verb's program on a database, opened in a browser.

import type { BrowserContextOptions } from "playwright-core";
import { startChromium } from "./chromium.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { until } from "./until.ts";
import { startVerb, type StartedVerb } from "./verb.ts";
import { openWatchedPage, type WatchedPage } from "./watched-page.ts";

/** A console that is open in a browser. Whoever opened it closes it. */
export interface ConsoleStage extends WatchedPage {
  readonly database: TestDatabase;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Goes to a view, such as "tenants/acme"; where it is already, it is loaded anew. */
  visit(place: string): Promise<void>;
  /** Ends the console, as Ctrl-C does; resolves to its exit status. */
  stop(): Promise<number>;
  close(): Promise<void>;
}

/** What it is opened with. */
export interface ConsoleStageOptions {
  /** Fills the database, before the console is started. */
  readonly fill: (database: TestDatabase) => Promise<void>;
  /** The folder of the tenants' migrations; that of the example when left out. */
  readonly migrations?: string;
  /** Parameters of the verb. */
  readonly parameters?: readonly string[];
  /** Of the browser's window. */
  readonly window?: BrowserContextOptions;
}

/** Opens it, at the fleet. */
export async function openConsoleStage(options: ConsoleStageOptions): Promise<ConsoleStage> {
  const { fill, migrations, parameters = [], window = {} } = options;
  const browser = await startChromium();
  const database = await createTestDatabase();
  await fill(database);
  const env = migrations === undefined ? {} : { TENANT_MIGRATIONS: migrations };
  const verb = startVerb(
    { adminUrl: database.adminUrl, env },
    "console",
    ...["--port", "0", ...parameters],
  );
  const url = await urlOf(verb);
  const { origin } = new URL(url);
  const context = await browser.newContext(window);
  const watched = await openWatchedPage(context, origin);
  await watched.page.goto(url);
  // The entrance leads on by itself.
  await watched.page.waitForURL(`${origin}/`);
  const stop = async (): Promise<number> => {
    verb.kill("SIGINT");
    return (await verb.result).status;
  };
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
    stop,
    async close() {
      await browser.close();
      await stop();
      await database.drop();
    },
  };
}

async function urlOf(verb: StartedVerb): Promise<string> {
  let ended = false;
  void verb.result.then(() => (ended = true));
  await until("the console prints no URL", () => ended || verb.stdout().includes("\n"));
  const [url = ""] = verb.stdout().split("\n");
  if (!URL.canParse(url))
    throw new Error(`The console did not start: ${(await verb.result).stderr}`);
  return url;
}
