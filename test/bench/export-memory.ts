// What the export and the import of a big tenant take in time and memory: `node test/bench/export-memory.js`.
// It ends with 1 when either takes more than 200 MB.

import { spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { addTenants } from "../support/server/admin.ts";
import { makeMigrations } from "../support/sql/migrations.ts";
import { openOwnServer } from "../support/server/own-server.ts";
import { inheritedVariables, openRun } from "../support/program/run.ts";
import { watchPeak } from "./machine/peak-memory.ts";

const USAGE = `Usage: node test/bench/export-memory.js [--megabytes N]

  --megabytes N   rows of the tenant, as COPY text, 1024 when left out
`;
const MB = 1024 * 1024;
const MAX_PEAK_BYTES = 200 * MB;
// Six MD5 sums in hexadecimal and a number of up to seven digits.
const ROW_BYTES = 200;

const { values } = parseArgs({ options: { megabytes: { type: "string", default: "1024" } } });
const megabytes = Number(values.megabytes);
if (!Number.isInteger(megabytes) || megabytes < 1) {
  process.stderr.write(USAGE);
  process.exit(2);
}

const run = openRun();
const migrations = await makeMigrations();
await migrations.write("0001-note", [
  'create table "${schema}".note (id int primary key, body text not null)',
]);
const server = await openOwnServer({});
let failed = false;
try {
  await addTenants(server.adminUrl, { big: "big.example.com" }, migrations.folder);
  const rows = Math.round((megabytes * MB) / ROW_BYTES);
  const sums = [1, 2, 3, 4, 5, 6].map((salt) => `md5(i || '.${salt}')`).join(" || ");
  await server.sql(`insert into big.note select i, ${sums} from generate_series(1, ${rows}) as i`);
  const file = join(run.folder, "big.zip");
  process.stdout.write(
    `${rows} rows, ${megabytes} MB of COPY text, Node ${process.versions.node}\n\n` +
      "| verb | seconds | MB/s of COPY text | peak RSS, MB |\n| --- | ---: | ---: | ---: |\n",
  );
  await measure("export-tenant", "big", file);
  await measure("import-tenant", file, "two.example.com", "two");
  await measure("clone-tenant", "big", "three", "three.example.com");
  process.stdout.write(`\nArchive: ${Math.round((await stat(file)).size / MB)} MB\n`);
  const counts = await server.sql(
    "select (select count(*) from two.note)::text as two, (select count(*) from three.note)::text as three",
  );
  const whole = counts.every(({ two, three }) => two === `${rows}` && three === `${rows}`);
  if (!whole) throw new Error("Cannot trust the figures: rows are missing");
} finally {
  await run.close();
}
if (failed) process.exitCode = 1;

async function measure(name: string, ...parameters: string[]): Promise<void> {
  const started = performance.now();
  const script = fileURLToPath(new URL(`../../admin/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [script, ...parameters], {
    env: {
      ...inheritedVariables(),
      ADMIN_DATABASE_URL: server.adminUrl,
      TENANT_MIGRATIONS: migrations.folder,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const peak = await watchPeak(child);
  const seconds = (performance.now() - started) / 1000;
  if (child.exitCode !== 0) throw new Error(`${name} ended with ${child.exitCode}`);
  if (peak > MAX_PEAK_BYTES) failed = true;
  const figures = [seconds.toFixed(1), Math.round(megabytes / seconds), Math.round(peak / MB)];
  process.stdout.write(`| ${name} | ${figures.join(" | ")} |\n`);
}
