// The doctor's findings about the entry's text and the shared schemas.

import { commandFor } from "../program/form.ts";
import { readSharedMigrations } from "../migrations/shared-migrations.ts";
import { readInstallation } from "../registry/installation.ts";
import { query, type Registry } from "../registry/registry.ts";
import { readSharedRole } from "../registry/roles/tenant-role.ts";
import { findOldEntries } from "../shared/entry.ts";
import { findSharedExcess, findSharedLacks } from "../shared/privileges.ts";
import { type Finding, judge } from "./finding.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

const MOST_NAMES = 5;
const INIT = `run ${commandFor("init-db")}`;

/** Examines the entry, and the schemas that all tenants see. */
export async function examineShared({ withTransaction }: Registry): Promise<readonly Finding[]> {
  return withTransaction(async (transaction) => {
    const installation = await readInstallation(transaction);
    const { sharedSchemas } = installation;
    const sharedRole = await readSharedRole(transaction, installation);
    const old = await findOldEntries(transaction, { sharedSchemas, sharedRole });
    const entry = judge(
      "entry",
      old.length === 0,
      "the functions that enter a schema have the text of this version",
      "unsafe",
      `rowhouse.${old[0]?.replace(/\(.*/, "")} has another text than this version writes`,
      INIT,
    );
    return sharedSchemas.length === 0
      ? [entry]
      : [entry, ...(await examineSchemas(transaction, sharedSchemas))];
  });
}

/** Examines whether the shared migrations are applied. */
export async function examineSharedMigrations(registry: Registry): Promise<readonly Finding[]> {
  const shared = await readSharedMigrations(registry);
  if (shared === undefined) return [];
  const names = shared.pending.map(({ name }) => name);
  return [
    judge(
      "shared migrations",
      names.length === 0,
      "all are applied",
      "warn",
      `pending: ${list(names)}`,
      `run ${commandFor("migrate")}`,
    ),
  ];
}

async function examineSchemas(
  transaction: Transaction,
  names: readonly string[],
): Promise<readonly Finding[]> {
  const missing = await query<{ name: string }>(transaction, MISSING, [names]);
  const excess = await findSharedExcess(transaction, names);
  const lacks = await findSharedLacks(transaction, names);
  const hidden = await query<{ name: string }>(transaction, HIDDEN, [names]);
  const definers = await query<{ name: string }>(transaction, DEFINERS, [names]);
  const lacking = lacks.map(({ kind, name }) =>
    name === "" ? "objects made later" : `${kind} ${name}`,
  );
  return [
    judge(
      "shared schemas",
      missing.length === 0,
      `tenants see ${names.join(", ")}`,
      "unsafe",
      `missing: ${list(missing.map(({ name }) => name))}`,
      `restore what was in there, or ${INIT} --no-shared-schema NAME`,
    ),
    judge(
      "shared schemas",
      excess.length === 0,
      "tenants may not write or create there",
      "unsafe",
      list(excess.map(({ problem }) => problem)),
      `${INIT}, which revokes that where it may, or revoke it as the owner`,
    ),
    judge(
      "shared schemas",
      lacks.length === 0,
      "tenants may read all tables there",
      "warn",
      `tenants may not use ${list([...new Set(lacking)])}`,
      INIT,
    ),
    judge(
      "shared schemas",
      hidden.length === 0,
      "no tenant's table hides one of theirs",
      "warn",
      `tenants' own tables hide ${list(hidden.map(({ name }) => name))}`,
      "rename one of the two by a migration, or qualify the shared one in statements",
    ),
    judge(
      "shared schemas",
      definers.length === 0,
      "functions there that run as their owner have their own search_path",
      "warn",
      `as their owner, under the search_path of the tenant that calls them, run ${list(definers.map(({ name }) => name))}`,
      "alter function … set search_path to the schemas that it reads, and pg_temp last",
    ),
  ];
}

function list(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : "";
  return names.slice(0, MOST_NAMES).join(", ") + more;
}

const MISSING = `
  select name from unnest($1::text[]) as s (name)
   where not exists (select from pg_catalog.pg_namespace where nspname = name)`;

const HIDDEN = `
  select format('%I.%I in %s', n.nspname, c.relname, case count(*) when 1 then format('tenant %s', min(t.schema_name))
      else format('%s tenants', count(*)) end) as name
    from pg_catalog.pg_namespace as n
    join pg_catalog.pg_class as c on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f')
    join pg_catalog.pg_class as own on own.relname = c.relname and own.relkind in ('r', 'p', 'v', 'm', 'f')
    join pg_catalog.pg_namespace as home on home.oid = own.relnamespace
    join rowhouse.tenant as t on t.schema_name = home.nspname
   where n.nspname = any($1::text[])
   group by n.nspname, c.relname
   order by 1`;

// A body that was parsed at its creation does not depend on the path.
const DEFINERS = `
  select p.oid::regprocedure::text as name
    from pg_catalog.pg_namespace as n
    join pg_catalog.pg_proc as p on p.pronamespace = n.oid and p.prosecdef and p.prosqlbody is null
   where n.nspname = any($1::text[]) and has_function_privilege('public', p.oid, 'EXECUTE')
     and coalesce(array_to_string(p.proconfig, ' '), '') !~ '(^| )search_path='
   order by 1`;
