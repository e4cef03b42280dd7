// The SQL that differs on Citus. Each piece decides by itself whether the server is Citus, and does nothing on a plain
// PostgreSQL: it goes into a message that is sent anyway, so that no caller needs to know the server. One that is sent
// for each of many tenants is left out where AdminRole.citus is false. It stands below the registry.
// https://docs.citusdata.com/en/stable/develop/api_guc.html

/** A condition: whether the database has the extension. */
export const IS_CITUS = "exists (select from pg_catalog.pg_extension where extname = 'citus')";

/** Until the transaction ends, a schema that it creates is a tenant's: Citus puts its tables on one node. */
export const DISTRIBUTE_SCHEMAS: string = setting("citus.enable_schema_based_sharding", "on");

/** Until the transaction ends, a schema that it creates is a plain one, and its tables stay on the coordinator. */
export const KEEP_SCHEMAS_WHOLE: string = setting("citus.enable_schema_based_sharding", "off");

/** Until the transaction ends, what it creates and locks does not reach another node. */
export const STAY_ON_NODE: string = [
  KEEP_SCHEMAS_WHOLE,
  setting("citus.enable_ddl_propagation", "off"),
].join(";");

// A placeholder is a legal name on every server; without Citus the condition keeps it from being set.
function setting(name: string, value: "on" | "off"): string {
  return `select pg_catalog.set_config('${name}', '${value}', true) where ${IS_CITUS}`;
}

// The coordinator has only the empty shell of a distributed table. A node that is down gives null, not an error.
const SIZES = {
  table: ["pg_catalog.pg_table_size(c.oid)", "pg_catalog.citus_table_size(c.oid, false)"],
  total: [
    "pg_catalog.pg_total_relation_size(c.oid)",
    "pg_catalog.citus_total_relation_size(c.oid, false)",
  ],
} as const;

/**
 * Returns an expression of the size of relation `c` of pg_class, wherever its rows are: one question to a node for each
 * table, so it is for one tenant.
 * @param kind `total` includes the indexes
 */
export function relationSize(kind: keyof typeof SIZES, isCitus: boolean): string {
  const [here, anywhere] = SIZES[kind];
  if (!isCitus) return here;
  return `case when ${IS_DISTRIBUTED} then ${anywhere} else ${here} end`;
}

/** A condition: whether relation `c` of pg_class is a table that Citus keeps on a node. */
const IS_DISTRIBUTED =
  "exists (select from pg_catalog.pg_dist_partition as p where p.logicalrelid = c.oid)";

/** A join to the sizes of all shards, as `shard (relation, bytes)`: one question to each node for all tables. */
export const SHARD_SIZES = `left join (
    select table_name::oid as relation, sum(shard_size) as bytes from pg_catalog.citus_shards group by table_name
  ) as shard on shard.relation = c.oid`;
