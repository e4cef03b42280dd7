// npm run bench:wide -- --tenants N --tables N [--keep]: what tenants of many tables cost. Each verb runs as a program. Its
// floor is the same commands on one bare connection, for twenty schemas and scaled, or the least query of the catalogs.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { openTestConsole } from "../../support/console/console.ts";
import { runCommands } from "../../support/server/commands.ts";
import { makeFolder, openRun } from "../../support/program/run.ts";
import { measureVerb } from "../lifecycle/verb.ts";
import { ASK, COUNT, HASH, LIST, measureQuery, measureTenantFloors, scale } from "./floor.ts";
import { type Cost, openMeter } from "./measure.ts";
import { measureConnection } from "./memory.ts";
import { COLUMN_COMMANDS, tableCommands, tenantName, writeMigration } from "./schema.ts";
import { openWideStage } from "./stage.ts";
import { formatLine, HEAD } from "./table.ts";

const { values } = parseArgs({
  options: {
    tenants: { type: "string", default: "300" },
    tables: { type: "string", default: "30" },
    keep: { type: "boolean", default: false },
  },
});
const [tenants, tables] = [Number(values.tenants), Number(values.tables)];
const SAMPLE = 20;
const VIEWS = [
  "/api/fleet",
  "/api/fleet/sizes",
  "/api/tenants",
  `/api/tenants/${tenantName(0)}`,
  "/api/migrations",
];

// The server that is kept must not lie in the run's folder, which goes.
const kept = values.keep ? makeFolder("rowhouse-wide-") : undefined;
const run = openRun();
const folder = kept ?? run.folder;
const migrations = join(folder, "migrations");
await mkdir(migrations);
const stage = await openWideStage(join(folder, "server"));
const meter = await openMeter(stage.url, stage.postmaster);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const show = (work: string, cost: Cost, floor?: Cost): void =>
  say(formatLine({ work, cost, floor }));
const verb = (name: string, ...parameters: readonly string[]): Promise<Cost> =>
  meter.measure(() => measureVerb(stage.url, migrations, name, ...parameters));
const query = (text: string): Promise<Cost> => measureQuery(stage.url, meter, text);

try {
  say(`${tenants} tenants of ${tables} tables\n\n${HEAD}`);
  await writeMigration(migrations, "0001_tables", tableCommands(tables));
  const file = join(folder, "tenants.csv");
  const names = Array.from({ length: tenants }, (_, index) => tenantName(index));
  const lines = names.map((name) => `${name}.example.com,${name}`);
  await writeFile(file, ["host,schema", ...lines, ""].join("\n"));
  const created = await verb("add-tenants", file);
  await stage.analyze();
  const floors = await measureTenantFloors(stage.url, meter, { sample: SAMPLE, tables });
  show("create (add-tenants)", created, scale(floors.create, tenants));

  show("status", await verb("status"), await query(HASH));
  show("status --no-drift", await verb("status", "--no-drift"), await query(COUNT));
  show("doctor", await verb("doctor"), await query(COUNT));
  show("list-tenants", await verb("list-tenants", "--json"), await query(LIST));
  show("migrate, nothing to do", await verb("migrate"), await query(ASK));
  await writeMigration(migrations, "0002_column", COLUMN_COMMANDS);
  show("migrate by a column", await verb("migrate"), scale(floors.migrate, tenants));
  const copy = ["copy", "copy.example.com"];
  show("clone-tenant", await verb("clone-tenant", tenantName(0), ...copy), floors.create);
  const drop = ["copy", "--confirm", "copy", "--no-backup"];
  show("drop-tenant", await verb("drop-tenant", ...drop), floors.drop);

  const console = await openTestConsole(stage.url, { migrations });
  for (const view of VIEWS) {
    show(`console ${view}`, await meter.measure(() => console.get(view)), undefined);
  }
  await console.close();

  const [empty, full] = await measureConnection(stage.url, { tenants, tables });
  const [sizes] = await runCommands<{ catalogs: string; relations: string }>(stage.url, [
    `select pg_size_pretty(sum(pg_total_relation_size(oid))) as catalogs,
       (select count(*)::text from pg_class) as relations
       from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r'`,
  ]);
  say(
    `\nA server connection has ${empty.toFixed(1)} MiB, and ${full.toFixed(0)} MiB after a query of every table. ` +
      `The catalogs have ${sizes?.catalogs} and ${sizes?.relations} relations.`,
  );
  if (kept !== undefined)
    say(`\nKept: ADMIN_DATABASE_URL=${stage.url} TENANT_MIGRATIONS=${migrations}`);
} finally {
  await meter.close();
  if (kept === undefined) await stage.close();
  await run.close();
}
