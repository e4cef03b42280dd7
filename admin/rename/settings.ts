// Settings of functions, roles and the database that name a tenant's schema or role as text. The transaction of the
// rename rewrites them.

import { AdminError } from "../registry/admin-error.ts";
import { databaseCode } from "../registry/database-code.ts";
import { query } from "../registry/registry.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

const INSUFFICIENT_PRIVILEGE = "42501";

/** A setting that contains a name, and the owner of the setting. */
export interface NamingSetting {
  /** Its description, such as `setting search_path of role "report"`. */
  readonly place: string;
  /** Its owner in the syntax of ALTER, such as `role report in database shop`. */
  readonly owner: string;
  readonly name: string;
  readonly value: string;
  /** Whether it applies to all databases of the server and to a role other than the tenant's. */
  readonly elsewhere: boolean;
}

/** The names of a schema and a role, before and after a rename. */
export interface Renaming {
  readonly schema: readonly [before: string, after: string];
  readonly role: readonly [before: string, after: string];
}

const SETTINGS = `
  with setting as (
    select format('routine %I.%I(%s)', n.nspname, p.proname,
          pg_catalog.pg_get_function_identity_arguments(p.oid)) as owner,
        c as config, false as elsewhere
      from pg_catalog.pg_proc as p
      join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
     cross join unnest(p.proconfig) as c
     where n.nspname not in ('pg_catalog', 'information_schema', 'rowhouse')
    union all
    select coalesce(nullif(concat_ws(' in ',
          (select format('role %I', rolname) from pg_catalog.pg_roles where oid = s.setrole),
          (select format('database %I', datname) from pg_catalog.pg_database where oid = s.setdatabase)),
          ''), 'role all'), c,
        s.setdatabase = 0 and s.setrole is distinct from (
          select oid from pg_catalog.pg_roles where rolname = any($1::text[]))
      from pg_catalog.pg_db_role_setting as s
     cross join unnest(s.setconfig) as c
     where s.setdatabase = 0
        or s.setdatabase = (select oid from pg_catalog.pg_database where datname = current_database())
  )
  select format('setting %s of %s', split_part(config, '=', 1), owner) as place, owner,
      split_part(config, '=', 1) as name, substr(config, position('=' in config) + 1) as value, elsewhere
    from setting
   where split_part(config, '=', 1) in ('search_path', 'role', 'default_text_search_config')
     and config like '%' || $2 || '%'
   order by place`;

/** Reads the settings that contain the old schema or role name and can be rewritten. */
export async function readSettings(
  transaction: Transaction,
  renaming: Renaming,
): Promise<readonly NamingSetting[]> {
  // The role's name contains the schema's name, unless another database created the role.
  const found: NamingSetting[] = [];
  for (const name of new Set([renaming.schema[0], renaming.role[0]])) {
    const like = name.replaceAll("_", "\\_");
    found.push(...(await query<NamingSetting>(transaction, SETTINGS, [renaming.role, like])));
  }
  const settings = new Map(found.map((setting) => [setting.place, setting]));
  return [...settings.values()].filter((setting) => rewrite(setting, renaming) !== undefined);
}

/**
 * Rewrites these settings with the new names, after the schema and the role were renamed.
 * @throws {AdminError} for a setting that the current role may not change
 */
export async function rewriteSettings(transaction: Transaction, renaming: Renaming): Promise<void> {
  for (const setting of await readSettings(transaction, renaming)) {
    const { owner, name, place } = setting;
    try {
      await query(transaction, `alter ${owner} set ${name} = ${rewrite(setting, renaming)}`);
    } catch (error) {
      if (databaseCode(error) !== INSUFFICIENT_PRIVILEGE) throw error;
      throw new AdminError(
        `Cannot rename tenant: ${place} contains the name, and belongs to another role; ` +
          "change it with that role first",
        { cause: error },
      );
    }
  }
}

/** Returns the value as SQL with the new names; undefined when it does not contain an old one. */
function rewrite({ name, value }: NamingSetting, { schema, role }: Renaming): string | undefined {
  if (name === "role") return value === role[0] && role[0] !== role[1] ? quote(role[1]) : undefined;
  const names = readNames(value);
  if (!names.includes(schema[0])) return undefined;
  const after = names.map((one) => (one === schema[0] ? schema[1] : one));
  // A list of schemas, or one qualified name.
  if (name === "search_path") return after.map(quote).join(", ");
  return names[0] === schema[0]
    ? `'${after.map(quote).join(".").replaceAll("'", "''")}'`
    : undefined;
}

/** Splits a list or a qualified name into names; PostgreSQL stores quotes where a name needs them. */
function readNames(value: string): readonly string[] {
  return [...value.matchAll(/"((?:[^"]|"")*)"|[^\s,."]+/g)].map(
    ([word, quoted]) => quoted?.replaceAll('""', '"') ?? word.toLowerCase(),
  );
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
