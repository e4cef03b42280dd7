// npm run bench:lifecycle: what ten thousand tenants cost: creating them, migrating them, finding that
// nothing is to be done, looking at them. Beside each stands a floor: the same SQL, sent by a bare pg
// client with as many connections, in another database of the same server, before and after. The floor has a
// transaction for each tenant; add-tenants has one for a group of them, so its ratio may be below 1.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { makeMigrations } from "../../support/sql/migrations.ts";
import { openRun } from "../../support/program/run.ts";
import { type Floor, openFloor } from "./floor.ts";
import { measureProgram, measureVerb, type VerbMeasure } from "./verb.ts";
import { formatFigures, readSizes } from "./table.ts";
import { openLifecycleStage } from "./stage.ts";

const { values } = parseArgs({
  options: {
    tenants: { type: "string", default: "10000" },
    concurrency: { type: "string", default: "4" },
  },
});
const tenants = Number(values.tenants);
const concurrency = Number(values.concurrency);
const LOOKS = 5;

type Measured = [VerbMeasure[], number];

const run = openRun();
const migrations = await makeMigrations();
const stage = await openLifecycleStage(migrations.folder);
try {
  await migrations.write("0001-data", [
    'create table "${schema}".data (key integer primary key, value integer not null)',
  ]);
  const names = Array.from({ length: tenants }, (_, index) => `t${String(index).padStart(6, "0")}`);
  const pace = ["--concurrency", String(concurrency)];
  const verb = (name: string, ...parameters: string[]): Promise<VerbMeasure> =>
    measureVerb(stage.productUrl, migrations.folder, name, ...parameters);
  // Half of the floor's work before the verb, half behind it: neither has the quieter machine.
  const between = async (floor: Floor, product: () => Promise<VerbMeasure>): Promise<Measured> => {
    const before = await floor.run(names.slice(0, tenants / 2));
    process.stderr.write(`${floor.name}: half of the floor\n`);
    const run = await product();
    process.stderr.write(`${floor.name}: the verb\n`);
    return [[run], before + (await floor.run(names.slice(tenants / 2)))];
  };

  const file = join(run.folder, "tenants.csv");
  const lines = names.map((name) => `${name}.example.com,${name}`);
  await writeFile(file, ["host,schema", ...lines, ""].join("\n"));
  const create = await openFloor("create", stage, concurrency);
  const created = await between(create, () => verb("add-tenants", file, ...pace));
  await stage.analyze();

  await migrations.write("0002-updated-at", [
    'alter table "${schema}".data add column updated_at timestamptz not null default now()',
  ]);
  const change = await openFloor("migrate", stage, concurrency);
  const migrated = await between(change, () => verb("migrate", ...pace));

  const ask = (): Promise<VerbMeasure> =>
    measureProgram("./look.js", { ADMIN_DATABASE_URL: stage.productUrl });
  const looks: Record<string, VerbMeasure[]> = {};
  for (let look = 0; look < LOOKS; look += 1) {
    (looks["one query, by a bare client"] ??= []).push(await ask());
    (looks["migrate, nothing to do"] ??= []).push(await verb("migrate"));
    (looks["status"] ??= []).push(await verb("status"));
    (looks["status --no-drift"] ??= []).push(await verb("status", "--no-drift"));
    (looks["list-tenants"] ??= []).push(await verb("list-tenants", "--json"));
  }
  const sizes = await readSizes(stage.productUrl);
  process.stdout.write(formatFigures({ tenants, concurrency, created, migrated, looks, sizes }));
} finally {
  await run.close();
}
