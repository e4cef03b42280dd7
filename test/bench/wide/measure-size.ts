// Creates tenants of one size and measures the work on them. Each verb runs as a program. Its floor is the same commands on
// one bare connection, for twenty schemas and scaled, or the least query of the catalogs.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { openTestConsole } from "../../support/console/console.ts";
import { runCommands } from "../../support/server/commands.ts";
import { measureVerb } from "../lifecycle/verb.ts";
import { describeVerbMachine } from "../machine/machine.ts";
import { ASK, COUNT, HASH, LIST, measureQuery, measureTenantFloors, scale } from "./floor.ts";
import { type Cost, openMeter } from "./measure.ts";
import { measureConnection } from "./memory.ts";
import { COLUMN_COMMANDS, tableCommands, tenantName, writeMigration } from "./schema.ts";
import type { Dimensions, Section } from "./section.ts";
import type { WideStage } from "./stage.ts";
import type { Line } from "./table.ts";

const SAMPLE = 20;
const VIEWS = [
  "/api/fleet",
  "/api/fleet/sizes",
  "/api/tenants",
  `/api/tenants/${tenantName(0)}`,
  "/api/migrations",
];

/** What {@link measureSize} needs to know. */
export interface SizeOptions extends Dimensions {
  readonly stage: WideStage;
  /** A folder for the migrations, which is made, and for the list of tenants. */
  readonly folder: string;
  /** Called with each line as soon as it is measured. */
  readonly report: (line: Line) => void;
}

/** Measures one size. The tenants stay. */
export async function measureSize(options: SizeOptions): Promise<Section> {
  const { tenants, tables, stage, folder, report } = options;
  const machine = await describeVerbMachine([process.versions.node]);
  const migrations = join(folder, "migrations");
  await mkdir(migrations);
  const meter = await openMeter(stage.url, stage.postmaster);
  const lines: Line[] = [];
  const show = (work: string, cost: Cost, floor?: Cost): void => {
    const line = { work, cost, ...(floor && { floor }) };
    lines.push(line);
    report(line);
  };
  const verb = (name: string, ...parameters: readonly string[]): Promise<Cost> =>
    meter.measure(() => measureVerb(stage.url, migrations, name, ...parameters));
  const query = (text: string): Promise<Cost> => measureQuery(stage.url, meter, text);
  try {
    await writeMigration(migrations, "0001_tables", tableCommands(tables));
    const created = await verb("add-tenants", await writeTenants(folder, tenants));
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
      show(`console ${view}`, await meter.measure(() => console.get(view)));
    }
    await console.close();
  } finally {
    await meter.close();
  }
  const [emptyMiB, fullMiB] = await measureConnection(stage.url, { tenants, tables });
  return { tenants, tables, machine, lines, emptyMiB, fullMiB, ...(await readCatalogs(stage.url)) };
}

async function writeTenants(folder: string, tenants: number): Promise<string> {
  const file = join(folder, "tenants.csv");
  const names = Array.from({ length: tenants }, (_, index) => tenantName(index));
  const lines = names.map((name) => `${name}.example.com,${name}`);
  await writeFile(file, ["host,schema", ...lines, ""].join("\n"));
  return file;
}

async function readCatalogs(url: string): Promise<Pick<Section, "catalogs" | "relations">> {
  const [sizes] = await runCommands<Pick<Section, "catalogs" | "relations">>(url, [
    `select pg_size_pretty(sum(pg_total_relation_size(oid))) as catalogs,
       (select count(*)::int from pg_class) as relations
       from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r'`,
  ]);
  if (sizes === undefined) throw new Error("Cannot read the size of the catalogs: no row");
  return sizes;
}
