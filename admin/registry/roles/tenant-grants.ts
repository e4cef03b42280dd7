// Privileges of a tenant's role on the objects of its schema, existing and future ones. Default privileges apply to
// objects that one role creates, so each role that runs migrations has its own.
// https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html

import { quoteName } from "../../../src/sql/quote-name.ts";
import { queryPrepared, setCatalogPath } from "../connection/prepared.ts";
import { query } from "../registry.ts";
import type { Transaction } from "../connection/transaction-client.ts";

/** The privileges that a tenant's role has on every table of its schema, and on every sequence. */
export const TABLE_PRIVILEGES = ["select", "insert", "update", "delete"] as const;
/** See {@link TABLE_PRIVILEGES}. */
export const SEQUENCE_PRIVILEGES = ["usage", "select"] as const;

/**
 * The kinds of objects with default privileges, as rows of `kind (type, object, privileges, public)`. By default,
 * PostgreSQL grants PUBLIC functions and types; they need a grant only where that default was revoked.
 */
export const DEFAULT_KINDS: string = `(values
    ('r', 'tables', '${TABLE_PRIVILEGES.join(", ")}', false),
    ('S', 'sequences', '${SEQUENCE_PRIVILEGES.join(", ")}', false),
    ('f', 'functions', 'execute', true),
    ('T', 'types', 'usage', true)) as kind (type, object, privileges, public)`;

/** An SQL condition: PUBLIC does not get privileges on objects of `kind` that `role` creates. */
export function isTakenFromPublic(role: string): string {
  return `exists (select from pg_catalog.pg_default_acl as g
      where g.defaclrole = ${role} and g.defaclnamespace = 0 and g.defaclobjtype = kind.type::"char"
        and not exists (select from pg_catalog.aclexplode(g.defaclacl) as a where a.grantee = 0))`;
}

// Objects in the schema depend on it; pg_class does not have an index by schema.
const lacking = (isWanted: (row: string) => string): string => `
  with place as materialized (
    select n.oid as schema, r.oid as role, me.oid as me, n.nspname, r.rolname, pg_current_xact_id()::xid as now
      from pg_catalog.pg_namespace as n, pg_catalog.pg_roles as r, pg_catalog.pg_roles as me
     where n.nspname = $1 and r.rolname = $2 and me.rolname = current_user
  ), inside as (
    select d.classid, d.objid from place
      join pg_catalog.pg_depend as d
        on d.refclassid = 'pg_catalog.pg_namespace'::regclass and d.refobjid = place.schema
  )
  select format('alter default privileges in schema %I grant %s on %s to %I',
      nspname, kind.privileges, kind.object, rolname) as command
    from place cross join ${DEFAULT_KINDS}
   where (not kind.public or ${isTakenFromPublic("me")})
     and not exists (select from pg_catalog.pg_default_acl as d
       cross join pg_catalog.aclexplode(d.defaclacl) as a
       where d.defaclrole = me and d.defaclnamespace = schema and d.defaclobjtype = kind.type::"char"
         and a.grantee = role)
  union all
  select format('grant %s on %s %s to %I', case when c.relkind = 'S' then '${SEQUENCE_PRIVILEGES.join(", ")}'
        else '${TABLE_PRIVILEGES.join(", ")}' end,
      case when c.relkind = 'S' then 'sequence' else 'table' end,
      string_agg(format('%I.%I', nspname, c.relname), ', '), rolname)
    from place cross join inside
    join pg_catalog.pg_class as c on inside.classid = 'pg_catalog.pg_class'::regclass and c.oid = inside.objid
   where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ${isWanted("c")}
     and pg_catalog.pg_has_role(me, c.relowner, 'USAGE')
     and not exists (select from pg_catalog.aclexplode(c.relacl) as a where a.grantee = role)
   group by c.relkind = 'S', rolname
  union all
  select format('grant execute on routine %s to %I', p.oid::regprocedure, rolname)
    from place cross join inside
    join pg_catalog.pg_proc as p on inside.classid = 'pg_catalog.pg_proc'::regclass and p.oid = inside.objid
   cross join (values ('f')) as kind (type)
   where ${isWanted("p")} and pg_catalog.pg_has_role(me, p.proowner, 'USAGE')
     and not pg_catalog.has_function_privilege(role, p.oid, 'EXECUTE') and ${isTakenFromPublic("p.proowner")}
  union all
  select format('grant usage on type %s to %I', y.oid::regtype, rolname)
    from place cross join inside
    join pg_catalog.pg_type as y on inside.classid = 'pg_catalog.pg_type'::regclass and y.oid = inside.objid
   where ${isWanted("y")} and pg_catalog.pg_has_role(me, y.typowner, 'USAGE')
     and not pg_catalog.has_type_privilege(role, y.oid, 'USAGE')`;

// Only objects that this transaction created get grants, so that manual revocations stay.
const LACKING_NEW = lacking((row) => `age(${row}.xmin) <= age(now)`);
const LACKING_ALL = lacking(() => "true");

/** A kind of objects with default privileges in a new schema. */
export interface DefaultKind {
  /** Such as `tables`. */
  readonly object: string;
  readonly privileges: string;
}

/** Reads the kinds for which a new schema needs default privileges. */
export function readDefaultKinds(transaction: Transaction): Promise<readonly DefaultKind[]> {
  return query<DefaultKind>(
    transaction,
    `select kind.object, kind.privileges from ${DEFAULT_KINDS} cross join pg_catalog.pg_roles as me
      where me.rolname = current_user and (not kind.public or ${isTakenFromPublic("me.oid")})`,
  );
}

/** Returns the commands that let a role use a new schema, and every object that the current role creates there. */
export function grantCommands(
  kinds: readonly DefaultKind[],
  schemaName: string,
  roleName: string,
): readonly string[] {
  const [schema, role] = [quoteName(schemaName), quoteName(roleName)];
  return [
    `grant usage on schema ${schema} to ${role}`,
    ...kinds.map(({ object, privileges }) => {
      return `alter default privileges in schema ${schema} grant ${privileges} on ${object} to ${role}`;
    }),
  ];
}

/**
 * Grants a tenant's role its missing privileges on the objects that the current role created in this transaction and
 * on those that it will create in the schema. When nothing is missing, it costs two small queries. It leaves the
 * search_path of setCatalogPath().
 */
export async function grantNew(
  transaction: Transaction,
  schemaName: string,
  roleName: string,
): Promise<void> {
  await grantLacking(transaction, ["grants", LACKING_NEW], schemaName, roleName);
}

/**
 * Grants a new tenant role its privileges on all objects that the schema has already, and on those that the current
 * role will create there. It takes no privilege, and no lock that a reader or writer of a table waits for.
 */
export async function grantExisting(
  transaction: Transaction,
  schemaName: string,
  roleName: string,
): Promise<void> {
  await grantLacking(transaction, ["all_grants", LACKING_ALL], schemaName, roleName);
}

async function grantLacking(
  transaction: Transaction,
  [name, text]: readonly [name: string, text: string],
  schemaName: string,
  roleName: string,
): Promise<void> {
  await setCatalogPath(transaction);
  const names = [schemaName, roleName];
  const commands = await queryPrepared<{ command: string }>(transaction, name, text, names);
  for (const { command } of commands) await query(transaction, command);
}
