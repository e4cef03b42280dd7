// How big a Worker is that serves one route with the tag, with Kysely and with Drizzle, as wrangler would upload it.

import { spawnSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { findPackage } from "../../../admin/command/environment/packages.ts";
import { ROOT } from "../../support/pages/checkout.ts";
import { makeFolder, openRun } from "../../support/program/run.ts";

const COMMON = `
import { Router } from "itty-router";
import { createTenancy, withTenant } from "../../index.js";
import { start } from "../../runtime/worker-server.js";
const serve = (answer) => {
  const router = Router().get("/", withTenant, ({ tenant }) => answer(tenant));
  return start((parts) => createTenancy({ router, ...parts }));
};
`;

/** A Worker's code by what it is called in the table. */
const WORKERS: Readonly<Record<string, string>> = {
  "the library": `${COMMON}
    export default serve((tenant) => tenant\`select id from note\`);`,
  "with Kysely": `${COMMON}
    import { kysely } from "../kysely/kysely.js";
    export default serve((tenant) => kysely(tenant).selectFrom("note").select("id").execute());`,
  "with Drizzle": `${COMMON}
    import { integer, pgTable } from "drizzle-orm/pg-core";
    import { drizzle } from "../drizzle/drizzle.js";
    const note = pgTable("note", { id: integer() });
    export default serve((tenant) => drizzle(tenant).select().from(note));`,
};

const run = openRun();
// wrangler resolves packages from the file's own folder.
const folder = join(ROOT, "src/builders/.bundle");
try {
  await mkdir(folder);
  process.stdout.write(
    "| a Worker's bundle, minified | KiB | compressed |\n| --- | ---: | ---: |\n",
  );
  for (const [what, code] of Object.entries(WORKERS)) {
    const file = join(folder, "worker.js");
    await writeFile(file, code);
    process.stdout.write(`| ${what} | ${measure(file).join(" | ")} |\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
  await run.close();
}

/** The size of a bundle, and its compressed size, in KiB. */
function measure(file: string): readonly string[] {
  const program = join(findPackage("wrangler", [ROOT]) ?? "", "bin/wrangler.js");
  const parameters = [program, "deploy", file, "--dry-run", "--outdir", makeFolder("bundle-")];
  const { stdout, stderr } = spawnSync(process.execPath, parameters, {
    cwd: ROOT,
    encoding: "utf8",
  });
  const [, all, compressed] = /Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/.exec(stdout) ?? [];
  if (all === undefined || compressed === undefined) throw new Error(stderr);
  return [all, compressed].map((size) => Number(size).toFixed(0));
}
