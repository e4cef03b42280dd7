// How a query reaches the objects in the schemas of its table `t`, which has the schema's number as `schema`. The catalogs
// have no index by schema. For all tenants a catalog is read once. For some, pg_depend leads to their objects alone: its index
// has the schema, and each object depends on its own.

import { joinOwn } from "../registry/relations-of.ts";

const SCHEMAS = {
  pg_class: "relnamespace",
  pg_proc: "pronamespace",
  pg_type: "typnamespace",
} as const;

/**
 * Writes a JOIN with the objects of a catalog that are in the schema of `t`. An AND may follow.
 * @param alias the name of the object's row
 */
export type Inside = (catalog: keyof typeof SCHEMAS, alias: string) => string;

const ofAll: Inside = (catalog, alias) =>
  `join pg_catalog.${catalog} as ${alias} on ${alias}.${SCHEMAS[catalog]} = t.schema`;

const ofSome: Inside = (catalog, alias) => joinOwn(catalog, alias, "t.schema");

/** Returns the way for these tenants; undefined for all. */
export function insideFor(schemaNames: readonly string[] | undefined): Inside {
  return schemaNames === undefined ? ofAll : ofSome;
}

/** The installation's only row, for a FROM. PostgreSQL expects hundreds in a table that it has not analyzed yet. */
export const INSTALLATION = "(select * from rowhouse.installation limit 1)";
