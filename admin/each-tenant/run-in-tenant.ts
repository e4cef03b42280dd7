// Runs one command in one tenant, with the privileges of the tenant's role or of the schema's owner. It has its own
// transaction, read-only by default; every setting and grant that it needs ends with that transaction.

import type pg from "pg";
import { commandFor } from "../program/form.ts";
import { quoteName } from "../../src/sql/quote-name.ts";
import { TenantBusy, tenantLockKey } from "../registry/tenants/lock.ts";
import { describeTransition } from "../registry/tenants/transition.ts";
import type { Transition } from "../registry/registry.ts";
import { type CommandResult, type Keep, sendCommand } from "./command.ts";
import { tenantPath } from "../shared/search-path.ts";
import { needsNoTransaction } from "./maintenance.ts";

/** The command and its limits. */
export interface TenantCommand {
  readonly text: string;
  /** Whether it may write; otherwise the transaction is read-only and rolled back. */
  readonly write: boolean;
  /** Statement timeout in milliseconds; the tenant's own when undefined. */
  readonly timeoutMs: number | undefined;
  readonly keep: Keep;
  /** Whether tenants have their own roles; otherwise it runs as the admin role. */
  readonly tenantRoles: boolean;
  /** The schemas behind the tenant's own in the search_path. */
  readonly sharedSchemas: readonly string[];
  /** Whether it runs as the owner of the schema, with all privileges on its objects. */
  readonly asOwner: boolean;
}

/** The error when the tenant is gone or in a transition; its message is the reason. */
export class TenantSkipped extends Error {}

interface State {
  readonly roleName: string;
  /** The owner of the schema; null when the schema is missing. */
  readonly owner: string | null;
  readonly timeoutMs: number;
  readonly transition: Transition | null;
  readonly peer: string | null;
  readonly hasSchema: boolean;
  /** Whether the admin role can already SET ROLE to the tenant's role; null when that role is missing. */
  readonly mayBecome: boolean | null;
}

/**
 * Runs the command. After an error, the connection may be in a failed transaction.
 *
 * An admin role that is not a superuser must be a member of the tenant's role to SET ROLE to it. This transaction
 * grants the membership: a read-only one is rolled back, and a writing one revokes it before it commits, so that
 * other sessions never see it.
 * @throws {TenantSkipped} with the reason when the tenant is gone or in a transition
 * @throws {TenantBusy} when it writes and another verb holds the tenant's lock
 * @throws pg's DatabaseError
 */
export async function runInTenant(
  client: pg.Client,
  schemaName: string,
  command: TenantCommand,
): Promise<CommandResult> {
  const { text, write, timeoutMs, keep, tenantRoles, sharedSchemas, asOwner } = command;
  if (asOwner && needsNoTransaction(text)) return runOutside(client, schemaName, command);
  await client.query("begin isolation level read committed");
  // A writer holds the tenant's lock, so that an export, a move or a drop cannot miss its write.
  if (write && !(await isLocked(client, schemaName, "pg_try_advisory_xact_lock"))) {
    throw new TenantBusy();
  }
  const state = await requireState(client, schemaName);
  const name = asOwner ? state.owner : tenantRoles ? state.roleName : null;
  const role = name === null ? undefined : quoteName(name);
  const lent = role !== undefined && !asOwner && !state.mayBecome;
  if (lent) await client.query(`grant ${role} to current_user`);
  if (!write) await client.query("set transaction read only");
  await client.query(`set local search_path = ${tenantPath(schemaName, sharedSchemas)}`);
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

/** Runs the command as the owner without a transaction; the pool clears the session's settings and locks. */
async function runOutside(
  client: pg.Client,
  schemaName: string,
  { text, timeoutMs, keep, sharedSchemas }: TenantCommand,
): Promise<CommandResult> {
  if (!(await isLocked(client, schemaName, "pg_try_advisory_lock"))) throw new TenantBusy();
  const { owner, timeoutMs: own } = await requireState(client, schemaName);
  await client.query(`set search_path = ${tenantPath(schemaName, sharedSchemas)}`);
  await client.query(`set statement_timeout = ${timeoutMs ?? own}`);
  if (owner !== null) await client.query(`set role ${quoteName(owner)}`);
  return sendCommand(client, text, keep);
}

async function requireState(client: pg.Client, schemaName: string): Promise<State> {
  const state = await readState(client, schemaName);
  if (state === undefined) throw new TenantSkipped("it does not exist any more");
  if (state.transition !== null) {
    throw new TenantSkipped(describeTransition(state.transition, schemaName, state.peer));
  }
  if (!state.hasSchema) {
    throw new Error(`its schema is missing; run ${commandFor("repair")} ${schemaName}`);
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
  // Before PostgreSQL 16 every member can SET ROLE; since 16 only one with the SET option.
  const { rows } = await client.query<State>(
    `select t.role_name as "roleName", t.statement_timeout_ms as "timeoutMs", t.transition, t.peer,
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
