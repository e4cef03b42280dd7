// The operator page in a browser: what axe finds, in light and dark, wide and narrow; and no view is wider than
// its window.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import { expect } from "chai";
import { type ConsoleStage, openConsoleStage } from "../support/console/stage.ts";

const AXE = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));
const WINDOWS = [
  ["light", 1280],
  ["dark", 390],
] as const;

/** What the script of axe adds to the page. */
interface Window {
  readonly axe: { run(selector: string, options: { resultTypes: string[] }): Promise<AxeResults> };
}

describe("console page: accessibility", () => {
  let stage: ConsoleStage;
  let axe: string;

  before(async () => {
    axe = await readFile(AXE, "utf8");
    stage = await openConsoleStage({
      async fill(database) {
        await database.addTenants({
          acme: "acme.example.com",
          globex: "a-host-with-a-long-name-indeed.department.globex.example.com",
          initech: "initech.example.com",
          umbrella: "umbrella.example.com",
        });
        await database.sql(
          "update rowhouse.tenant set status = 'suspended' where schema_name = 'globex'",
          "update rowhouse.tenant set status = 'read_only' where schema_name = 'umbrella'",
          "update rowhouse.tenant set version = 1 where schema_name in ('initech', 'acme')",
          `insert into rowhouse.migration_run
             (run_id, schema_name, from_version, to_version, outcome, ms, sqlstate, message)
             values (gen_random_uuid(), 'initech', 1, 2, 'failed', 41, '42701',
               'column "a_column_with_quite_a_long_name_that_breaks_nowhere" already exists')`,
        );
      },
    });
  });

  after(() => stage.close());

  /** What axe finds, in the whole page or within an element. */
  const violations = async (within = "html"): Promise<string[]> => {
    // Through the debugger: the page's policy lets nobody add a script.
    await stage.page.evaluate(axe);
    const results = await stage.page.evaluate(
      (selector) =>
        (globalThis as unknown as Window).axe.run(selector, { resultTypes: ["violations"] }),
      within,
    );
    return results.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  };

  /** Expects that the open dialog has no fault, in light and in dark. */
  const expectFaultless = async (): Promise<void> => {
    for (const colorScheme of ["light", "dark"] as const) {
      await stage.page.emulateMedia({ colorScheme });
      expect(await violations("dialog"), colorScheme).to.deep.equal([]);
    }
  };

  const places: readonly (readonly [string, string, string])[] = [
    ["Fleet", "fleet", "The 4 largest as a table"],
    ["Tenants", "tenants", "1 to 4 of 4"],
    ["a tenant", "tenants/initech", "Migration history"],
    ["Migrations", "migrations", "Start a run"],
  ];
  for (const [name, place, ready] of places) {
    it(`console page: ${name} has no fault that axe finds, and fits its window`, async () => {
      const { page } = stage;
      await stage.visit(place);
      await page.getByText(ready).filter({ visible: true }).first().waitFor();
      for (const [colorScheme, width] of WINDOWS) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        expect(await violations(), `${colorScheme}, ${width}`).to.deep.equal([]);
        const wider = await page.evaluate(() =>
          [document.documentElement, ...document.querySelectorAll("section")]
            .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
            .map(({ className }) => className),
        );
        expect(wider, `${width}`).to.deep.equal([]);
      }
    });
  }

  it("console page: the dialogs have no fault that axe finds", async () => {
    const { page } = stage;
    await stage.visit("tenants/acme");
    await page.getByRole("button", { name: "Drop…" }).click();
    await expectFaultless();
    await stage.visit("tenants");
    await page.getByRole("button", { name: "Add tenant…" }).click();
    await page.getByLabel("Hosts").fill("initech.example.com");
    await page.getByText("already belongs to a tenant").waitFor();
    await expectFaultless();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Adopt…" }).click();
    await page.getByLabel("Schemas").fill("acme");
    await page.getByLabel("Host of each").fill("{schema}.example.org");
    await page.getByRole("button", { name: "Show the plan" }).click();
    await page.getByRole("list", { name: "Refused schemas" }).waitFor();
    await expectFaultless();
    expect(stage.faults).to.deep.equal([]);
  });
});
