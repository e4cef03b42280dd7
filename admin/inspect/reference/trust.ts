// Whether a reference can be trusted. A migration that looks for an object by its name alone finds that of a tenant, and
// then makes the reference without it. So such a reference must be like a tenant that has the version already.

import type { TenantMigrations } from "../../migrations/ordered.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { readRows, type Registry } from "../../registry/registry.ts";
import { findUnlike, type References } from "./conformity.ts";

const MOST_TENANTS = 5;

/** Tables are also made while an application runs, such as partitions. */
const MADE_LATER = /^(?:foreign )?table "[^"]+" is not in version/;

/**
 * Requires that a reference is like one of the tenants of its version, when the migrations on the way to it look for
 * names without a schema.
 * @throws {AdminError} when it is like none of the first five
 * @throws {ReferenceFailure} when the reference cannot be made
 */
export async function requireTrust(
  registry: Registry,
  references: References,
  { notices, ordered }: TenantMigrations,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  const files = new Set(
    ordered.slice(Math.min(from, to), Math.max(from, to)).map(({ file }) => file),
  );
  const doubt = notices.find(({ kind, file }) => kind === "look-up" && files.has(file));
  if (doubt === undefined) return;
  const tenants = await readRows<{ schemaName: string }>(
    registry,
    `select schema_name as "schemaName" from rowhouse.tenant where version = $1 and transition is null
      order by created_at, schema_name limit ${MOST_TENANTS}`,
    [to],
  );
  let reason = "";
  for (const { schemaName } of tenants) {
    const found = await registry.withTransaction((transaction) =>
      findUnlike(transaction, references, to, [schemaName]),
    );
    const differences = (found.get(schemaName) ?? []).filter((one) => !MADE_LATER.test(one));
    if (differences.length === 0) return;
    reason ||= `in tenant "${schemaName}", ${differences[0]}`;
  }
  if (reason === "") return;
  throw new AdminError(
    `Cannot compare tenants: the migrations do not make today what they made before: ${reason}. ${doubt.file}, ` +
      `line ${doubt.line}, looks for a name in all schemas; name the schema there (migrate --accept-edited), or use ` +
      "migrate --no-drift",
  );
}
