// What the figures were taken on: they say nothing without it.

import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import process from "node:process";
import { readWrkVersion } from "./load.ts";
import type { Stage } from "./stage.ts";

const PACKAGES = ["postgres", "itty-router", "@hono/node-server"];

/** Date, processor and versions, in a line each. */
export async function describeMachine(stage: Stage, signal: AbortSignal): Promise<string> {
  const processors = cpus();
  const packages = await Promise.all(
    PACKAGES.map(async (name) => `${name} ${await readPackageVersion(name)}`),
  );
  const versions = [
    `Node ${process.versions.node}`,
    `PostgreSQL ${stage.postgresVersion}`,
    `PgBouncer ${stage.pgbouncerVersion}`,
    ...packages,
    `wrk ${await readWrkVersion(signal)}`,
  ];
  return [
    `- ${new Date().toISOString()}`,
    `- ${processors[0]?.model.trim() ?? "unknown processor"}, ${processors.length} cores, ${process.platform}`,
    `- ${versions.join(", ")}`,
  ].join("\n");
}

async function readPackageVersion(name: string): Promise<string> {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return String(Object(JSON.parse(await readFile(file, "utf8")))["version"]);
}
