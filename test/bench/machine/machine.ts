// What the figures were taken on: they say nothing without it.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import process from "node:process";
import { promisify } from "node:util";
import { findPackagedProgram, PGBOUNCER } from "../../support/server/debian-package.ts";
import { findTestBinaries } from "../../support/server/embedded.ts";
import { readWrkVersion } from "../load/load.ts";

const run = promisify(execFile);

const PACKAGES = [
  "postgres",
  "itty-router",
  "@hono/node-server",
  "deno",
  "wrangler",
  "express",
  "sequelize",
  "fastify",
  "knex",
  "pg",
  "drizzle-multitenant",
];

/** Date, processor and versions, in a line each. */
export async function describeMachine(signal: AbortSignal): Promise<string> {
  const packages = await Promise.all(
    PACKAGES.map(async (name) => `${name} ${await readPackageVersion(name)}`),
  );
  return describe([
    `Node ${process.versions.node}`,
    `PostgreSQL ${await readVersion((await findTestBinaries()).postgres)}`,
    `PgBouncer ${await readVersion(await findPackagedProgram(PGBOUNCER))}`,
    ...packages,
    `wrk ${await readWrkVersion(signal)}`,
  ]);
}

/**
 * The same with the versions of Node and PostgreSQL alone, for what runs without a service.
 * @param nodes the versions of Node that the verbs run on
 */
export async function describeVerbMachine(nodes: readonly string[]): Promise<string> {
  const server = await readVersion((await findTestBinaries()).postgres);
  return describe([`Node ${nodes.join(" and ")}`, `PostgreSQL ${server}`]);
}

function describe(versions: readonly string[]): string {
  const processors = cpus();
  return [
    `- ${new Date().toISOString()}`,
    `- ${processors[0]?.model.trim() ?? "unknown processor"}, ${processors.length} cores, ${process.platform}`,
    `- ${versions.join(", ")}`,
  ].join("\n");
}

async function readPackageVersion(name: string): Promise<string> {
  const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
  return String(Object(JSON.parse(await readFile(file, "utf8")))["version"]);
}

/** The first number that a program prints when asked for its version. */
async function readVersion(program: string): Promise<string> {
  const { stdout } = await run(program, ["--version"]);
  return /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? "unknown";
}
