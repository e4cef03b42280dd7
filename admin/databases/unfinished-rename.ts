// A rename that was killed: the database has the tenant's hosts under the new name, and home under the old one.

import { commandFor } from "../program/form.ts";
import { AdminError } from "../registry/admin-error.ts";
import type { DomainRow, Registry } from "../registry/registry.ts";

/**
 * Refuses the old and the new name of a tenant whose rename has not ended.
 * @param there the database where the tenant is, not home
 * @param action completes "Cannot …", such as "move tenant"
 * @throws {AdminError} tenant_in_transition
 */
export async function requireRenamed(
  home: Registry,
  there: Registry,
  schemaName: string,
  action: string,
): Promise<void> {
  const database = null;
  const named: readonly DomainRow[] = [
    ...(await home.Domain.findAll({ where: { schemaName } })),
    ...(await there.Domain.findAll({ where: { schemaName, database } })),
  ];
  const host = named.map((row) => row.host);
  const served = await there.Domain.findAll({ where: { host, database } });
  const led = new Map(
    (await home.Domain.findAll({ where: { host } })).map((row) => [row.host, row.schemaName]),
  );
  for (const { host: one, schemaName: after } of served) {
    const before = led.get(one);
    if (before === undefined || before === after) continue;
    throw new AdminError(
      `Cannot ${action}: home has host "${one}" for "${before}", and database "${there.database}" for "${after}", so ` +
        `that a rename has not ended; first finish that with ${commandFor("rename-tenant")} ${before} ${after}`,
      { code: "tenant_in_transition" },
    );
  }
}
