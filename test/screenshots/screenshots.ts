// npm run screenshots: ten thousand tenants, a service under load, the operator page in a browser; its pictures
// for admin/console/README.md, and how long its views take. It needs some minutes; a parameter says for how many seconds the
// charts are filled.

import process from "node:process";
import { setTimeout } from "node:timers/promises";
import type { Page } from "playwright-core";
import { startChromium } from "../support/console/chromium.ts";
import { closePrinted, openPrinted } from "../support/program/printed.ts";
import { findFreePort } from "../support/network/free-port.ts";
import { startService } from "../support/program/service.ts";
import { startVerb } from "../support/program/verb.ts";
import { openRun } from "../support/program/run.ts";
import { go, measure, picture, PLACES } from "./pictures.ts";
import { openShowcase, type Showcase } from "./showcase.ts";
import { letIn } from "./visitors.ts";

const LOAD_MS = Number(process.argv[2] ?? 180) * 1000;
const WARM_MS = 30_000;
const WINDOW = { viewport: { width: 1280, height: 800 } };

const run = openRun();
openPrinted();
say("Creating 10,000 tenants");
const showcase = await openShowcase();
try {
  await show(showcase);
} finally {
  await showcase.close();
  closePrinted();
  await run.close();
}

async function show({ adminUrl, serviceUrl, tenants }: Showcase): Promise<void> {
  const metricsPort = await findFreePort();
  const service = await startService(serviceUrl, { METRICS_PORT: String(metricsPort) });
  const visitors = letIn(service.port, tenants);
  say("Warming up");
  await setTimeout(WARM_MS);
  const verb = startVerb(
    { adminUrl },
    "console",
    ...["--port", "0", "--service", `http://127.0.0.1:${metricsPort}/metrics`],
  );
  const browser = await startChromium();
  try {
    while (!verb.stdout().includes("\n")) await setTimeout(20);
    const url = new URL(verb.stdout().split("\n")[0] ?? "");
    const page = await (await browser.newContext(WINDOW)).newPage();
    await page.goto(url.href);
    await page.waitForURL(`${url.origin}/`);
    say("Measuring the views, under load");
    await measure(page, url.origin);
    say(`Letting ${LOAD_MS / 1000} s of load pass`);
    await setTimeout(LOAD_MS);
    await takePictures(page, url.origin);
  } finally {
    await browser.close();
    await visitors.stop();
    verb.kill("SIGINT");
    await verb.result;
    await service.stop();
  }
}

async function takePictures(page: Page, origin: string): Promise<void> {
  const [fleet, tenants, , , tenant, migrations] = PLACES;
  if (!fleet || !tenants || !tenant || !migrations) throw new Error("A view is lacking");
  await go(page, origin, fleet);
  await page.getByRole("table", { name: "Heaviest tenants of the last minute" }).waitFor();
  await page.locator(".plot canvas").last().waitFor();
  await picture(page, "fleet");
  const attention = page.getByRole("table", { name: "Tenants that need attention" });
  const failed = await attention.getByRole("rowheader").first().innerText();
  await go(page, origin, tenants);
  await picture(page, "tenants", WINDOW.viewport.height);
  await go(page, origin, { ...tenant, hash: `tenants/${failed}` });
  await picture(page, "tenant", WINDOW.viewport.height);
  await go(page, origin, migrations);
  await page.getByRole("button", { name: /^Migrate [\d,]+ tenants…$/ }).click();
  await page.getByLabel("Stop after this number of failures").fill("");
  await page.getByRole("button", { name: "Migrate", exact: true }).click();
  await page.getByRole("table", { name: "Failures" }).waitFor();
  await page.getByText("not known yet").waitFor({ state: "detached" });
  await page.evaluate(() => document.querySelector(".note")?.remove());
  await picture(page, "migrations", WINDOW.viewport.height);
  say("The pictures are in admin/console/screenshots/");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
