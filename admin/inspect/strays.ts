// Schemas and roles that look like a tenant's and do not belong to one. They are reported and never changed: only a
// person knows what they contain.

import { readRows, type Registry } from "../registry/registry.ts";

/** A schema without a tenant. */
interface StraySchema {
  readonly schemaName: string;
  /** The reason why it looks like a tenant's: privileges of a tenant role, or only its owner and its name. */
  readonly evidence: "tenant role" | "owner";
  readonly tables: number;
}

/** The result of {@link findStrays}. */
export interface Strays {
  readonly schemas: readonly StraySchema[];
  /** Roles `rh_<oid of this database>_…` without a tenant. */
  readonly roles: readonly string[];
}

/** Finds strays in the whole database. */
export async function findStrays(registry: Registry): Promise<Strays> {
  const [schemas, roles] = await Promise.all([
    readRows<StraySchema>(registry, SCHEMAS),
    readRows<{ name: string }>(registry, ROLES),
  ]);
  return { schemas, roles: roles.map(({ name }) => name) };
}

// The owner of the registry creates the tenants' schemas.
const SCHEMAS = `
  select n.nspname::text as "schemaName",
      case when exists (
          select from pg_catalog.pg_roles as r
           where r.rolname = 'rh_' || d.oid || '_' || n.nspname
        ) or exists (
          select from pg_catalog.aclexplode(n.nspacl) as a
            join pg_catalog.pg_roles as r on r.oid = a.grantee
           where pg_catalog.starts_with(r.rolname, 'rh_' || d.oid || '_')
        ) then 'tenant role' else 'owner' end as evidence,
      (select count(*)::int from pg_catalog.pg_class as c
        where c.relnamespace = n.oid and c.relkind in ('r', 'p')) as tables
    from pg_catalog.pg_namespace as n
    join pg_catalog.pg_namespace as registry on registry.nspname = 'rowhouse'
    join pg_catalog.pg_database as d on d.datname = current_database()
   where n.nspowner in (registry.nspowner, (
        select oid from pg_catalog.pg_roles where rolname = current_user))
     and n.nspname ~ '^[a-z_][a-z0-9_]{0,47}$' and n.nspname !~ '^pg_'
     and n.nspname not in ('public', 'rowhouse', 'information_schema')
     and not exists (select from rowhouse.installation as i where n.nspname = any(i.shared_schemas))
     and not exists (select from pg_catalog.pg_depend as d
       where d.classid = 'pg_catalog.pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e')
     and not exists (select from rowhouse.tenant as t where t.schema_name = n.nspname)
   order by n.nspname`;

const ROLES = `
  select r.rolname::text as name
    from pg_catalog.pg_roles as r
    join pg_catalog.pg_database as d on d.datname = current_database()
   where pg_catalog.starts_with(r.rolname, 'rh_' || d.oid || '_')
     and r.rolname <> 'rh_' || d.oid || '_0_shared'
     and not exists (select from rowhouse.tenant as t where t.role_name = r.rolname)
   order by r.rolname`;
