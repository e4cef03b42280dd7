// A snapshot of a tenant for copying: its rows and tables do not change for the holder, while the service reads and
// writes the tenant.

import type pg from "pg";
import type { ClientBase } from "pg";
import { IS_CITUS, relationSize, STAY_ON_NODE } from "../../citus/sql.ts";
import { commandFor } from "../../program/form.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { relationsOf } from "../../registry/relations-of.ts";
import { withClient } from "../../registry/connection/client.ts";
import type { Registry, Settings, TenantStatus, Transition } from "../../registry/registry.ts";
import { tenantLockKey } from "../../registry/tenants/lock.ts";
import { describeTransition } from "../../registry/tenants/transition.ts";
import { setTenantPath } from "../../shared/search-path.ts";
import { prepareReading } from "../copy.ts";
import { readShape, type Shape } from "../shape/shape.ts";
import { qualified, readSequenceNames, readTables, type Table } from "../structure.ts";

// While the snapshot waits for a table, suspend-tenant waits, too.
const LOCK_TIMEOUT = "30s";

// The transactions of Citus on the workers are READ COMMITTED, whatever the coordinator's is, so that a table that is
// read later would have later rows. Every writer passes the coordinator: its lock alone keeps them away until the end,
// and no other node is needed. https://github.com/citusdata/citus/blob/main/src/backend/distributed/transaction/remote_transaction.c
const CITUS_MODE = "share";

/** A tenant at one moment. On Citus its writers wait until the snapshot is released. */
export interface Snapshot {
  /** The client, in a transaction that is REPEATABLE READ and READ ONLY, as prepareCopy leaves it. */
  readonly client: pg.Client;
  readonly schemaName: string;
  readonly status: TenantStatus;
  readonly version: number;
  readonly statementTimeoutMs: number;
  readonly settings: Settings;
  readonly hosts: readonly string[];
  readonly tables: readonly Table[];
  /** The names of the sequences; their values are not part of a snapshot. */
  readonly sequences: readonly string[];
  readonly shape: Shape;
  /** The approximate size of the tables. */
  readonly bytes: number;
}

/** The tenant, and the purpose of the snapshot. */
export interface SnapshotOptions {
  /** The action, which completes "Cannot …", such as "export tenant". */
  readonly action: string;
  /** The transitions in which the tenant may be; when left out, it must not be in one. */
  readonly allowed?: readonly Transition[];
}

type TenantState = Pick<Snapshot, "status" | "version" | "statementTimeoutMs" | "settings"> & {
  readonly transition: Transition | null;
  readonly peer: string | null;
  readonly citus: boolean;
};

/**
 * Takes a snapshot, hands it to `work`, and releases it. The tenant's lock is held only until the tables are locked:
 * a migration then waits for the tables, and suspend-tenant does not wait.
 * @throws {AdminError} when the tenant or its schema does not exist, or it is in another transition
 */
export async function withSnapshot<T>(
  registry: Registry,
  schemaName: string,
  { action, allowed = [] }: SnapshotOptions,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  return withClient(registry, async (client) => {
    // The lock precedes the first statement of the transaction, which takes the snapshot.
    await client.query(`select pg_advisory_lock(${tenantLockKey("$1")})`, [schemaName]);
    await client.query("begin isolation level repeatable read read only");
    await prepareReading(client);
    const { transition, peer, citus, ...state } = await readState(client, schemaName, action);
    if (transition !== null && !allowed.includes(transition)) {
      const advice = describeTransition(transition, schemaName, peer);
      throw new AdminError(`Cannot ${action}: tenant "${schemaName}": ${advice}`);
    }
    const hosts = await client.query<{ host: string }>(
      "select host from rowhouse.domain where schema_name = $1 and database is null order by host",
      [schemaName],
    );
    await requireWholeRows(client, schemaName, action);
    const tables = await readTables(client, schemaName);
    await client.query(`set local lock_timeout to '${LOCK_TIMEOUT}';${STAY_ON_NODE}`);
    const mode = citus ? CITUS_MODE : "access share";
    for (const { name } of tables) {
      await client.query(`lock table ${qualified(schemaName, name)} in ${mode} mode`);
    }
    const shape = await readShape(client, schemaName);
    await client.query(`select pg_advisory_unlock(${tenantLockKey("$1")})`, [schemaName]);
    const sequences = await readSequenceNames(client, schemaName);
    const bytes = await readSize(client, schemaName, citus);
    await setTenantPath(client, schemaName);
    return work({
      client,
      schemaName,
      ...state,
      hosts: hosts.rows.map(({ host }) => host),
      ...{ tables, sequences, shape, bytes },
    });
  });
}

/**
 * Refuses tables whose owner sees only some rows: where row security is forced, and the owner may not bypass it.
 * https://www.postgresql.org/docs/current/ddl-rowsecurity.html
 * @throws {AdminError} that names the remedies
 */
async function requireWholeRows(
  client: ClientBase,
  schemaName: string,
  action: string,
): Promise<void> {
  const { rows } = await client.query<{ table: string; role: string }>(
    `select c.relname::text as table, quote_ident(current_user) as role from pg_catalog.pg_class as c
       join pg_catalog.pg_roles as r on r.rolname = current_user
      where c.oid in (${relationsOf("$1")}) and c.relkind in ('r', 'p') and c.relrowsecurity and c.relforcerowsecurity
        and not r.rolsuper and not r.rolbypassrls order by 1 limit 1`,
    [schemaName],
  );
  const [row] = rows;
  if (row === undefined) return;
  const { table, role } = row;
  throw new AdminError(
    `Cannot ${action}: table ${JSON.stringify(table)} has FORCE ROW LEVEL SECURITY, and ${role} may not bypass it: ` +
      `rows would be missing; let a superuser run "alter role ${role} bypassrls", or run "alter table ` +
      `${qualified(schemaName, table)} no force row level security" for as long as it takes`,
  );
}

async function readSize(client: pg.Client, schemaName: string, citus: boolean): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(
    `select coalesce(sum(${relationSize("table", citus)}), 0) as bytes from pg_catalog.pg_class as c
      where c.oid in (${relationsOf("$1")}) and c.relkind = 'r'`,
    [schemaName],
  );
  return Number(rows[0]?.bytes);
}

async function readState(
  client: pg.Client,
  schemaName: string,
  action: string,
): Promise<TenantState> {
  const { rows } = await client.query<TenantState & { readonly found: boolean }>(
    `select status, version, statement_timeout_ms as "statementTimeoutMs", settings, transition, peer,
       exists (select from pg_catalog.pg_namespace where nspname = schema_name) as found, ${IS_CITUS} as citus
     from rowhouse.tenant where schema_name = $1`,
    [schemaName],
  );
  const [row] = rows;
  if (row === undefined) {
    throw new AdminError(
      `Cannot ${action}: tenant "${schemaName}" does not exist; see ${commandFor("list-tenants")}`,
    );
  }
  const { found, ...state } = row;
  if (found) return state;
  throw new AdminError(
    `Cannot ${action}: the schema of tenant "${schemaName}" is missing; see ${commandFor("status")}`,
  );
}
