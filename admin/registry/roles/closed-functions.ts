// Functions that tenants must not execute: they run their argument as SQL, leave something in the session for the
// next tenant of the connection, or keep data outside of every schema. The lexer refuses some of them by name; this
// file revokes EXECUTE in the database. Lists name the functions of extensions, and a rule finds the others.

import { query } from "../registry.ts";
import type { Transaction } from "../connection/transaction-client.ts";

/** Names of PostgreSQL's own functions, as regular expressions. */
const BUILT_IN = [
  "(query|cursor)_to_xml(schema|_and_xmlschema)?",
  "ts_stat",
  "setseed",
  "pg_(try_)?advisory_(lock|unlock)(_shared|_all)?",
  "lo_(creat|create|from_bytea|import|export|open|close|put|get|unlink|truncate(64)?|lseek(64)?|tell(64)?)",
  "loread|lowrite",
];

/** Names of functions, by extension. */
const OF_EXTENSIONS: Readonly<Record<string, string>> = {
  adminpack: ".*",
  aws_lambda: ".*",
  aws_s3: ".*",
  citus:
    "run_command_on_.*|master_run_on_worker|citus_run_local_command|worker_(apply|create_or_replace)_.*",
  dblink: ".*",
  http: ".*",
  hypopg: ".*",
  pg_background: ".*",
  pg_cron: ".*",
  pg_net: ".*",
  pg_trgm: "set_limit",
  pg_variables: ".*",
  postgres_fdw: "postgres_fdw_(disconnect|disconnect_all|get_connections)",
  tablefunc: "crosstab[0-9]*|connectby",
  timescaledb: "(add|alter|run|delete)_job",
  xml2: "xpath_table",
};

const LIST = Object.entries(OF_EXTENSIONS)
  .map(([extension, names]) => `('${extension}', '^(${names})$')`)
  .join(", ");

// The rule: a function with a text argument that is named like a statement, or one with a text argument whose body
// executes statements that it builds. SQL cannot call trigger functions directly.
const FUNCTION = `
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    join pg_catalog.pg_language as l on l.oid = p.prolang
    left join pg_catalog.pg_depend as d on d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid
      and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e'
    left join pg_catalog.pg_extension as e on e.oid = d.refobjid
    left join (values ${LIST}) as listed (extension, names) on listed.extension = e.extname
   where p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
     and case when p.proname ~ listed.names then true
         when n.nspname = 'pg_catalog' and e.extname is null then
           p.proname ~ '^(${BUILT_IN.join("|")})$'
           or p.proname = 'ts_rewrite' and p.proargtypes[1] = 'text'::regtype
         when n.nspname = 'information_schema' then false
         else exists (select from unnest(p.proargtypes) as a where a in ('text'::regtype, 'varchar'::regtype))
           and (lower(p.proargnames::text)
                ~ '[{,"](_|p_|in_|v_)?(sql|query|querystring|statement|stmt|command|cmd)(_text|_string)?[,}"]'
             or e.extname is not null and l.lanname = 'plpgsql' and p.prosrc ~* '\\mexecute\\M') end`;

/** An SQL query of the `oid` of each function that tenants must not execute. */
export const CLOSED_FUNCTIONS: string = `select p.oid ${FUNCTION}`;

const OPEN = `
  select p.oid::text, format('%I.%s(%s)', n.nspname, p.proname,
      pg_catalog.pg_get_function_identity_arguments(p.oid)) as name,
      n.nspname = 'pg_catalog' or e.extname is not null as known,
      pg_catalog.pg_has_role(p.proowner, 'USAGE') as mine
    ${FUNCTION}
     and pg_catalog.has_function_privilege('public', p.oid, 'EXECUTE')
     and pg_catalog.has_schema_privilege('public', n.oid, 'USAGE')
   order by name`;

/** A function that every tenant may execute but should not. */
export interface OpenFunction {
  readonly oid: string;
  /** Its name with schema and arguments. */
  readonly name: string;
  /** Whether it belongs to PostgreSQL or an extension, not to the application. */
  readonly known: boolean;
  /** Whether the current role may revoke privileges on it. */
  readonly mine: boolean;
}

/** Finds the functions that PUBLIC may execute but should not. */
export function findOpenFunctions(transaction: Transaction): Promise<readonly OpenFunction[]> {
  return query<OpenFunction>(transaction, OPEN);
}

// Roles of other databases are left out: a role with a privilege here cannot be dropped.
const KEEPERS = `
  select string_agg(quote_ident(r.rolname), ', ') as roles
    from pg_catalog.pg_roles as r
    join pg_catalog.pg_database as here on here.datname = current_database()
   where r.rolname <> all($2)
     and (r.rolname = any($1) or r.oid = here.datdba or r.rolcanlogin and not r.rolsuper and exists (
       select from pg_catalog.pg_shdepend as d
        where d.dbid = here.oid and d.refclassid = 'pg_catalog.pg_authid'::regclass and d.refobjid = r.oid))`;

/**
 * Finds the roles that keep a privilege which PUBLIC loses, as a list for GRANT: `roles`, and every login role that
 * owns something or has a privilege in this database, such as another admin role. Tenant roles cannot log in.
 * @param without roles that are left out
 */
export async function findKeepers(
  transaction: Transaction,
  roles: readonly string[],
  without: readonly string[] = [],
): Promise<string> {
  const [row] = await query<{ roles: string }>(transaction, KEEPERS, [roles, without]);
  return row?.roles ?? "";
}

/**
 * Revokes EXECUTE on the open functions from PUBLIC where the current role may, and grants it to the roles of
 * {@link findKeepers}. It does not change the application's own functions.
 * @param roles further roles that keep EXECUTE, such as the service role
 * @returns the functions that are still open, and the names of those that this call has closed
 */
export async function closeFunctions(
  transaction: Transaction,
  roles: readonly string[],
): Promise<{ readonly open: readonly OpenFunction[]; readonly closed: readonly string[] }> {
  const open = await findOpenFunctions(transaction);
  const closing = open.filter(({ known, mine }) => known && mine);
  if (closing.length === 0) return { open, closed: [] };
  const names = await query<{ name: string }>(
    transaction,
    "select oid::regprocedure::text as name from pg_catalog.pg_proc where oid = any($1::oid[])",
    [closing.map(({ oid }) => oid)],
  );
  const all = names.map(({ name }) => name).join(", ");
  await query(
    transaction,
    `grant execute on routine ${all} to ${await findKeepers(transaction, roles)}`,
  );
  await query(transaction, `revoke execute on routine ${all} from public`);
  const closed = closing.map(({ name }) => name);
  return { open: await findOpenFunctions(transaction), closed };
}
