// npm run bench:create: how long `createTenant` of the library takes, beside the same SQL on a warm connection.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import pg from "pg";
import { openAdmin } from "../../admin/library/admin.ts";
import { TENANT_MIGRATIONS } from "../../admin/migrations/load.ts";
import { openOwnServer, type OwnServer } from "../support/server/own-server.ts";
import { makeFolder, openRun } from "../support/program/run.ts";
import { SERVICE_ROLE } from "../support/server/server.ts";

const ROUNDS = Number(process.argv[2] ?? 60);
const WARM_UP = 5;
const MANY = 300;

/** What the example's two migrations send. */
const EXAMPLE = [
  "create table data (key integer, value integer not null, primary key (key))",
  "alter table data add column updated_at timestamptz not null default now()",
];

/** As many migrations as an application has after years: each table gets two columns. */
const HISTORY = Array.from({ length: MANY }, (_, index) => {
  const table = `t${Math.floor(index / 3)}`;
  if (index % 3 === 0) return `create table ${table} (id int primary key, name text not null)`;
  return `alter table ${table} add column c${index} int`;
});

interface Times {
  readonly p50: number;
  readonly p95: number;
}

/** The `pg` commands of one tenant, each its own message. */
function commandsOf(schemaName: string, migrations: readonly string[]): readonly string[] {
  const role = `"floor_${schemaName}"`;
  return [
    "begin",
    `insert into rowhouse.tenant (schema_name, role_name, statement_timeout_ms, settings, status)
       values ('${schemaName}', 'floor_${schemaName}', 10000, '{}', 'active')`,
    `create role ${role} nologin noinherit`,
    `grant ${role} to ${SERVICE_ROLE} with inherit false, set true`,
    `create schema "${schemaName}"`,
    `grant usage on schema "${schemaName}" to ${role}`,
    `alter default privileges in schema "${schemaName}" grant select, insert, update, delete on tables to ${role}`,
    `alter default privileges in schema "${schemaName}" grant usage, select on sequences to ${role}`,
    `set local search_path = "${schemaName}"`,
    ...migrations,
    `update rowhouse.tenant set version = ${migrations.length} where schema_name = '${schemaName}'`,
    `insert into rowhouse.domain (host, schema_name, role_name, status, statement_timeout_ms)
       values ('${schemaName}.example', '${schemaName}', 'floor_${schemaName}', 'active', 10000)`,
    "commit",
  ];
}

async function measure(work: (index: number) => Promise<unknown>): Promise<Times> {
  const times: number[] = [];
  for (let index = 0; index < WARM_UP + ROUNDS; index += 1) {
    const started = performance.now();
    await work(index);
    if (index >= WARM_UP) times.push(performance.now() - started);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

/** Sends the commands of each tenant one after the other, on one connection. */
async function measureFloor(
  server: OwnServer,
  migrations: readonly string[],
  name: string,
): Promise<Times> {
  const client = new pg.Client(server.adminUrl);
  await client.connect();
  try {
    return await measure(async (index) => {
      for (const text of commandsOf(`${name}_floor_${index}`, migrations)) await client.query(text);
    });
  } finally {
    await client.end();
  }
}

async function measureLibrary(server: OwnServer, folder: string, name: string): Promise<Times> {
  const admin = await openAdmin({ url: server.adminUrl, tenantMigrations: folder });
  try {
    return await measure((index) => {
      const schemaName = `${name}_${index}`;
      return admin.createTenant({ schemaName, hosts: [`${schemaName}.test`] });
    });
  } finally {
    await admin.close();
  }
}

function writeHistory(extension: "sql" | "mjs"): string {
  const folder = join(makeFolder("history-"), "migrations");
  mkdirSync(folder);
  for (const [index, text] of HISTORY.entries()) {
    const module = `export const up = ({ sql }) => sql(${JSON.stringify(text)});\nexport const down = up;\n`;
    const file = `${String(index + 1).padStart(4, "0")}_step.${extension}`;
    writeFileSync(join(folder, file), extension === "sql" ? `${text};\n` : module);
  }
  return folder;
}

const run = openRun();
try {
  for (const [name, folder, migrations] of [
    ["example", TENANT_MIGRATIONS, EXAMPLE],
    ["history", writeHistory("sql"), HISTORY],
    ["modules", writeHistory("mjs"), HISTORY],
  ] as const) {
    // Two servers' work never meets: one is started when the other has been removed.
    const server = await openOwnServer({}, { fsync: "on", max_locks_per_transaction: "1024" });
    try {
      const library = await measureLibrary(server, folder, name);
      const floor = await measureFloor(server, migrations, name);
      const show = ({ p50, p95 }: Times): string =>
        `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`;
      const times = (library.p95 / floor.p95).toFixed(2);
      process.stdout.write(
        `${name} (${migrations.length} migrations)\n  floor    ${show(floor)}\n` +
          `  library  ${show(library)}, p95 ${times} times the floor\n`,
      );
    } finally {
      await server.remove();
    }
  }
} finally {
  await run.close();
}
