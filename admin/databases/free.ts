// What a creation in one of several databases would refuse, before it is asked for. It changes nothing.

import { requireFreeHosts, requireNoPointer, TenantElsewhere } from "../lifecycle/domain.ts";
import { requireFreeName } from "../lifecycle/free-name.ts";
import { tenantTaken } from "../lifecycle/begin.ts";
import { findPointer, readPointer } from "../registry/pointer.ts";
import type { Registry } from "../registry/registry.ts";
import { findTenantRows } from "../registry/tenants/rows.ts";

/**
 * Refuses the name of a schema that a creation in a database would refuse.
 * @param there the database of the new tenant
 * @throws {AdminError} name_taken
 */
export async function requireFreeNameIn(
  home: Registry,
  there: Registry,
  schemaName: string,
): Promise<void> {
  if (there.database !== home.database) {
    await home.withTransaction(async (transaction) => {
      const [taken] = await findTenantRows(transaction, [schemaName]);
      if (taken !== undefined) throw tenantTaken(taken);
      // The pointer of a creation that was killed gives way.
      const led = await readPointer(transaction, schemaName);
      if (led !== there.database) await requireNoPointer(transaction, schemaName);
    });
  }
  try {
    await there.withTransaction((transaction) => requireFreeName(transaction, schemaName));
  } catch (error) {
    // So does a pointer of another database than home.
    if (there.database === home.database || !(error instanceof TenantElsewhere)) throw error;
  }
}

/**
 * Refuses hosts that a creation in a database would refuse.
 * @param there the database of the new tenant
 * @throws {AdminError} host_taken
 */
export async function requireFreeHostsIn(
  home: Registry,
  there: Registry,
  wanted: { readonly schemaName: string; readonly hosts: readonly string[] },
): Promise<void> {
  const isElsewhere = there.database !== home.database;
  const led = isElsewhere ? await findPointer(home, wanted.schemaName) : undefined;
  const displaces = isElsewhere && led === there.database ? "own" : undefined;
  await home.withTransaction((transaction) =>
    requireFreeHosts(transaction, { ...wanted, displaces }),
  );
}
