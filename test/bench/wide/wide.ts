// npm run bench:wide -- --tenants N --tables N [--write] [--keep]: what tenants of many tables cost. It prints a table; with
// --write it renews the section of this size in results/wide.md. --keep leaves the server running.

import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { makeFolder, openRun } from "../../support/program/run.ts";
import { runOnCurrentNode } from "../machine/current-node.ts";
import { measureSize } from "./measure-size.ts";
import { writeSection } from "./page.ts";
import { formatSizes } from "./section.ts";
import { openWideStage } from "./stage.ts";
import { formatLine, HEAD } from "./table.ts";

const { values } = parseArgs({
  options: {
    tenants: { type: "string", default: "300" },
    tables: { type: "string", default: "30" },
    write: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const status = await runOnCurrentNode();
if (status === undefined) await main(Number(values.tenants), Number(values.tables));
else process.exitCode = status;

async function main(tenants: number, tables: number): Promise<void> {
  // The server that is kept must not lie in the run's folder, which goes.
  const kept = values.keep ? makeFolder("rowhouse-wide-") : undefined;
  const run = openRun();
  const folder = kept ?? run.folder;
  try {
    const stage = await openWideStage(join(folder, "server"));
    try {
      say(`${tenants} tenants of ${tables} tables\n\n${HEAD}`);
      const report = (line: Parameters<typeof formatLine>[0]): void => say(formatLine(line));
      const section = await measureSize({ tenants, tables, stage, folder, report });
      say(`\n${formatSizes(section)}`);
      if (values.write) await writeSection(section);
      if (kept !== undefined) {
        const migrations = join(folder, "migrations");
        say(`\nKept: ADMIN_DATABASE_URL=${stage.url} TENANT_MIGRATIONS=${migrations}`);
      }
    } finally {
      if (kept === undefined) await stage.close();
    }
  } finally {
    await run.close();
  }
}
