// One command in one tenant: what the tenant's own SQL could do, or what its owner can, and for no longer. A
// transaction of its own, read-only unless said otherwise, that ends with every setting and grant which it needed.

import type pg from "pg";
import { quoteName } from "../../src/sql/quote-name.ts";
import { TenantBusy, tenantLockKey } from "../registry/tenant-lock.ts";
import { describeTransition } from "../registry/transition.ts";
import type { Transition } from "../registry/registry.ts";
import { type CommandResult, type Keep, sendCommand } from "./command.ts";
import { needsNoTransaction } from "./maintenance.ts";

/** The command and its limits. */
export interface TenantCommand {
  readonly text: string;
  /** Whether it may write; else the transaction is read-only, and rolled back. */
  readonly write: boolean;
  /** Milliseconds; the tenant's own when undefined. */
  readonly timeoutMs: number | undefined;
  readonly keep: Keep;
  /** Whether tenants have roles; without, it runs as the admin role. */
  readonly tenantRoles: boolean;
  /** Whether it runs as the owner of the schema, who may do everything with what is in it. */
  readonly asOwner: boolean;
}

/** The tenant is not to be touched now. */
export class TenantSkipped extends Error {}

interface State {
  readonly roleName: string;
  /** The owner of the schema; null when there is none. */
  readonly owner: string | null;
  readonly timeoutMs: number;
  readonly transition: Transition | null;
  readonly hasSchema: boolean;
  /** Whether the admin role can become the tenant's as it is; null when there is no such role. */
  readonly mayBecome: boolean | null;
}

/**
 * Runs it. The connection may be left in a failed transaction.
 *
 * An admin role that is no superuser must be a member of the tenant's role to become it. It is made one in
 * this transaction: a read-only one is rolled back, and one that writes takes the membership back before it
 * commits, so that nobody ever sees it.
 * @throws {TenantSkipped} with the reason when the tenant is gone or in a transition
 * @throws {TenantBusy} when it is to write and another verb has the tenant
 * @throws pg's DatabaseError
 */
export async function runInTenant(
  client: pg.Client,
  schemaName: string,
  command: TenantCommand,
): Promise<CommandResult> {
  const { text, write, timeoutMs, keep, tenantRoles, asOwner } = command;
  if (asOwner && needsNoTransaction(text)) return runOutside(client, schemaName, command);
  await client.query("begin isolation level read committed");
  // A writer holds the lock of every verb: what is exported, moved or dropped meanwhile lacks no write.
  if (write && !(await isLocked(client, schemaName, "pg_try_advisory_xact_lock"))) {
    throw new TenantBusy();
  }
  const state = await requireState(client, schemaName);
  const name = asOwner ? state.owner : tenantRoles ? state.roleName : null;
  const role = name === null ? undefined : quoteName(name);
  const lent = role !== undefined && !asOwner && !state.mayBecome;
  if (lent) await client.query(`grant ${role} to current_user`);
  if (!write) await client.query("set transaction read only");
  await client.query(`set local search_path = "${schemaName}", pg_temp`);
  await client.query(`set local statement_timeout = ${timeoutMs ?? state.timeoutMs}`);
  if (role !== undefined) await client.query(`set local role ${role}`);
  const result = await sendCommand(client, text, keep);
  if (write) {
    if (role !== undefined) await client.query("set local role none");
    if (lent) await client.query(`revoke ${role} from current_user`);
    await client.query("commit");
  } else await client.query("rollback");
  return result;
}

/** As the owner, on a session that loses every setting and lock when it is given back. */
async function runOutside(
  client: pg.Client,
  schemaName: string,
  { text, timeoutMs, keep }: TenantCommand,
): Promise<CommandResult> {
  if (!(await isLocked(client, schemaName, "pg_try_advisory_lock"))) throw new TenantBusy();
  const { owner, timeoutMs: own } = await requireState(client, schemaName);
  await client.query(`set search_path = "${schemaName}", pg_temp`);
  await client.query(`set statement_timeout = ${timeoutMs ?? own}`);
  if (owner !== null) await client.query(`set role ${quoteName(owner)}`);
  return sendCommand(client, text, keep);
}

async function requireState(client: pg.Client, schemaName: string): Promise<State> {
  const state = await readState(client, schemaName);
  if (state === undefined) throw new TenantSkipped("it is gone");
  if (state.transition !== null) {
    throw new TenantSkipped(describeTransition(state.transition, schemaName));
  }
  if (!state.hasSchema) {
    throw new Error(`its schema is missing; run node admin/repair.js ${schemaName}`);
  }
  return state;
}

async function isLocked(
  client: pg.Client,
  schemaName: string,
  lock: "pg_try_advisory_xact_lock" | "pg_try_advisory_lock",
): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select ${lock}(${tenantLockKey("$1::text")}) as locked`,
    [schemaName],
  );
  return rows[0]?.locked === true;
}

async function readState(client: pg.Client, schemaName: string): Promise<State | undefined> {
  // Before 16 a member may become the role, since 16 one with SET.
  const { rows } = await client.query<State>(
    `select t.role_name as "roleName", t.statement_timeout_ms as "timeoutMs", t.transition,
       to_regnamespace(quote_ident(t.schema_name)) is not null as "hasSchema",
       (select r.rolname from pg_catalog.pg_namespace as n join pg_catalog.pg_roles as r on r.oid = n.nspowner
         where n.nspname = t.schema_name) as owner,
       (select pg_has_role(r.oid, case when current_setting('server_version_num')::int >= 160000
                                  then 'SET' else 'MEMBER' end)
          from pg_catalog.pg_roles as r where r.rolname = t.role_name) as "mayBecome"
       from rowhouse.tenant as t where t.schema_name = $1`,
    [schemaName],
  );
  return rows[0];
}
