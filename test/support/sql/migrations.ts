// Tenant migrations of a test's own, in a folder of its own, as an application has them.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for TENANT_MIGRATIONS. Whoever made it removes it. */
export interface MigrationsFolder {
  readonly folder: string;
  /**
   * Writes a migration. Each command is the body of a template: `${schema}` is the tenant's schema.
   * @param name such as "0001-item"
   */
  write(name: string, up: readonly string[], down?: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

/** Makes the folder. */
export async function makeMigrations(): Promise<MigrationsFolder> {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-migrations-"));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  const functionOf = (name: string, commands: readonly string[]): string =>
    `export async function ${name}({ schema, sql }) {
      ${commands.map((command) => `await sql(\`${command}\`);`).join("\n")}
    }\n`;
  return {
    folder,
    write: (name, up, down = []) =>
      writeFile(join(folder, `${name}.js`), functionOf("up", up) + functionOf("down", down)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
