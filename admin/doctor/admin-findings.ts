// The doctor's findings about the server and the registry, as the admin role sees them.

import { commandFor } from "../program/form.ts";
import { describeVersion, newestVersion } from "../migrations/changes.ts";
import { examineTenantMigrations } from "../migrations/ordered.ts";
import { readRegistryAge } from "../migrations/registry-migrations.ts";
import { formatCount } from "../print/count.ts";
import { readRows, type Registry } from "../registry/registry.ts";
import { type Finding, judge } from "./finding.ts";

const OLDEST = 15;
const NEWEST = 18;

const MANY_EVENTS = 1_000_000;

/** Reports that the registry has very many events, by PostgreSQL's estimate. */
export async function examineEvents(registry: Registry): Promise<readonly Finding[]> {
  const [row] = await readRows<{ count: number }>(
    registry,
    "select reltuples::float8 as count from pg_catalog.pg_class where oid = to_regclass('rowhouse.event')",
  );
  const { count = 0 } = row ?? {};
  if (count <= MANY_EVENTS) return [];
  return [
    {
      level: "warn",
      check: "events",
      seen: `the registry has about ${formatCount(count, "event")}`,
      advice: `delete the old ones with ${commandFor("log")} --keep-days N, every day`,
    },
  ];
}

/** Examines the versions of the server, the registry and the tenants. */
export async function examineRegistry(registry: Registry): Promise<readonly Finding[]> {
  const [server] = await readRows<{ major: number }>(
    registry,
    "select current_setting('server_version_num')::int / 10000 as major",
  );
  const { missing, newer } = await registry.withTransaction(readRegistryAge);
  const { migrations, problems } = await examineTenantMigrations(registry);
  const [problem] = problems;
  const newest = newestVersion(migrations);
  const [tenants] = await readRows<{ behind: number }>(
    registry,
    "select count(*)::int as behind from rowhouse.tenant where version < $1 and transition is null",
    [newest],
  );
  const { major = 0 } = server ?? {};
  const { behind = 0 } = tenants ?? {};
  return [
    judge(
      "server",
      major >= OLDEST && major <= NEWEST,
      `it is PostgreSQL ${major}`,
      "warn",
      `it is PostgreSQL ${major}`,
      `use ${OLDEST} to ${NEWEST}: Rowhouse is not tested with others`,
    ),
    judge(
      "registry",
      missing.length + newer.length === 0,
      "it is up to date",
      "warn",
      missing.length > 0
        ? `it lacks ${missing.join(", ")}`
        : `a newer Rowhouse has applied ${newer.join(", ")} to it`,
      missing.length > 0 ? `run ${commandFor("init-db")}` : "use that version here, too",
    ),
    judge(
      "tenants",
      behind === 0 && problem === undefined,
      `all have version ${describeVersion(migrations, newest)}`,
      "warn",
      problem ?? `${behind} are behind version ${describeVersion(migrations, newest)}`,
      problem === undefined
        ? `run ${commandFor("migrate")}; see ${commandFor("status")}`
        : "other verbs refuse the folder of the tenant migrations until then",
    ),
  ];
}

/**
 * Finds a tenant's table, quoted with its schema; undefined when every tenant lacks tables, or where the service
 * role itself has every tenant's privileges.
 */
export async function findTenantTable(registry: Registry): Promise<string | undefined> {
  const [row] = await readRows<{ name: string }>(
    registry,
    `select format('%I.%I', n.nspname, c.relname) as name
       from rowhouse.tenant as t
       join rowhouse.installation as i on i.tenant_roles
       join pg_catalog.pg_namespace as n on n.nspname = t.schema_name
       join pg_catalog.pg_class as c on c.relnamespace = n.oid and c.relkind in ('r', 'p')
      limit 1`,
  );
  return row?.name;
}
