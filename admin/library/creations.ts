// What new tenants share, kept from one creation to the next: the migrations that were read, and the reference that was
// made of them. It is made again when the folder or the registry is another one than before.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Creation, prepareCreation } from "../lifecycle/creation.ts";
import { findTenantMigrations } from "../migrations/load.ts";
import { readRows, type Registry } from "../registry/registry.ts";

/** The parameters of new tenants, as they are now. */
export class Creations {
  readonly #registry: Registry;
  #kept: { readonly state: string; readonly creation: Promise<Creation> } | undefined;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /**
   * Returns the parameters, and whether they were made for an earlier tenant.
   * @throws {AdminError} as prepareCreation()
   */
  async find(): Promise<{ readonly creation: Creation; readonly isKept: boolean }> {
    const state = await this.#readState();
    const isKept = this.#kept?.state === state;
    if (!isKept) this.#kept = { state, creation: prepareCreation(this.#registry) };
    const kept = this.#kept;
    try {
      if (kept === undefined) throw new Error("Cannot prepare: nothing was kept");
      return { creation: await kept.creation, isKept };
    } catch (error) {
      if (this.#kept === kept) this.forget();
      throw error;
    }
  }

  /** Has the parameters read again for the next tenant. */
  forget(): void {
    this.#kept = undefined;
  }

  async #readState(): Promise<string> {
    const [files, rows] = await Promise.all([
      describeFolder(findTenantMigrations(this.#registry.tenantMigrations)),
      readRows<object>(this.#registry, STATE),
    ]);
    return JSON.stringify([files, rows]);
  }
}

// All that prepareCreation() reads: the names that bind, the installation, the extensions, and the admin role.
const STATE = `
  select to_jsonb(i) as installation, r.rolname, r.rolsuper, r.rolcreaterole,
      (select md5(string_agg(concat_ws(' ', m.position, m.name, m.checksum), ',' order by m.position))
         from rowhouse.tenant_migration as m
        where m.position <= (select max(version) from rowhouse.tenant)) as migrations,
      array(select e.extname || ' ' || e.extnamespace from pg_catalog.pg_extension as e order by 1) as extensions,
      array(select concat_ws(' ', a.defaclobjtype, a.defaclacl) from pg_catalog.pg_default_acl as a
         where a.defaclrole = r.oid and a.defaclnamespace = 0 order by 1) as defaults
    from rowhouse.installation as i, pg_catalog.pg_roles as r where r.rolname = current_user`;

/** Names every file of a folder with what changes when the file does; a folder that cannot be read has none. */
async function describeFolder(folder: string): Promise<readonly string[]> {
  const files: readonly string[] = await readdir(folder, { recursive: true }).catch(() => []);
  return Promise.all(
    files.toSorted().map(async (file) => {
      const found = await stat(join(folder, file), { bigint: true }).catch(() => undefined);
      return `${file} ${found?.mtimeNs} ${found?.size}`;
    }),
  );
}
