// What the verbs take with more and more tenants, each as a program from start to end.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadMigrations, TENANT_MIGRATIONS } from "../../../admin/migrations/load.ts";
import { makeMigrations } from "../../support/sql/migrations.ts";
import { measureVerb } from "../lifecycle/verb.ts";
import { median } from "../requests/median.ts";

/** Seconds; of the first two the medians. */
export interface Verbs {
  readonly addTenant: number;
  /** `migrate` when every tenant has the newest version. */
  readonly nothingToDo: number;
  /** `migrate` of all tenants by one version: a column is added. */
  readonly migrateAll: number;
}

/**
 * Measures them; the database has one version more, and some tenants, when it ends.
 * @param repeats how often each of the first two runs
 */
export async function measureVerbs(
  adminUrl: string,
  repeats: number,
  signal: AbortSignal,
): Promise<Verbs> {
  const migrations = await makeMigrations();
  try {
    for (const { name } of await loadMigrations(TENANT_MIGRATIONS)) {
      const { href } = pathToFileURL(join(TENANT_MIGRATIONS, `${name}.js`));
      await writeFile(join(migrations.folder, `${name}.js`), `export * from "${href}";\n`);
    }
    const run = async (verb: string, ...parameters: readonly string[]): Promise<number> => {
      signal.throwIfAborted();
      return (await measureVerb(adminUrl, migrations.folder, verb, ...parameters)).seconds;
    };
    const added: number[] = [];
    const idle: number[] = [];
    for (let number = 1; number <= repeats; number += 1) {
      added.push(await run("add-tenant", `late${number}.example.com`, `late${number}`));
      idle.push(await run("migrate"));
    }
    await migrations.write("0900-note", ['alter table "${schema}".data add column note text']);
    const migrateAll = await run("migrate");
    return { addTenant: median(added), nothingToDo: median(idle), migrateAll };
  } finally {
    await migrations.remove();
  }
}
