// A schema's content as canonical text from the catalogs: one line of text for each object, the same for every
// schema that the same migrations have made. "@" replaces the schema's own name. Owners, privileges, comments and
// the order of columns are left out.

import type { Transaction } from "sequelize";
import { query } from "../registry/registry.ts";
import { BOOKKEEPING_TABLES } from "../migrations/bookkeeping.ts";
import { OBJECTS } from "./objects.ts";

/** One object of a schema. */
export interface SchemaObject {
  /** The object, such as `table "data"`; for a part, the object that has it. */
  readonly owner: string;
  /** The part, such as `column "note"`; empty for the object itself. */
  readonly part: string;
  /** The definition as SQL; an object with another definition counts as another object. */
  readonly definition: string;
}

/** The objects of a schema, by owner and part. */
export type Fingerprint = readonly SchemaObject[];

// With this path, only names of pg_catalog are written unqualified.
const CATALOG_PATH = "set local search_path = pg_catalog";

// A tenant that another tool made has that tool's tables beside its own, and the migrations never make them. The
// expression is for PostgreSQL and JavaScript.
const BOOKKEEPING = `^(table|sequence) "(${BOOKKEEPING_TABLES.join("|")})(_[a-z]+_seq)?"$`;
const IS_BOOKKEEPING = new RegExp(BOOKKEEPING);

// With the quotes that a name which is a keyword needs, and without them.
const CANONICAL = `
  select n.nspname::text as schema, replace(replace(o.owner || chr(10) || o.part || chr(10) ||
      coalesce(o.definition, ''), '"' || n.nspname || '"', '@'), n.nspname, '@') as text
    from objects as o join namespace as n on n.oid = o.namespace
   where o.owner !~ '${BOOKKEEPING}'`;

/**
 * Hashes the content of the schemas in one query, without the tables in which migration tools record what they ran.
 * @returns a hash by schema; empty and missing schemas are left out
 */
export async function readHashes(
  transaction: Transaction,
  schemaNames: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  await query(transaction, CATALOG_PATH);
  const rows = await query<{ schema: string; hash: string }>(
    transaction,
    `with ${OBJECTS}, canonical as (${CANONICAL})
     select schema, count(*) || ' ' || sum(hashtextextended(text, 1)::numeric)
       || ' ' || sum(hashtextextended(text, 2)::numeric) as hash
       from canonical group by schema`,
    [schemaNames],
  );
  return new Map(rows.map(({ schema, hash }) => [schema, hash]));
}

/** Reads the content of the schemas, without replacing their names. */
export async function readFingerprints(
  transaction: Transaction,
  schemaNames: readonly string[],
): Promise<ReadonlyMap<string, Fingerprint>> {
  await query(transaction, CATALOG_PATH);
  const rows = await query<SchemaObject & { schema: string }>(
    transaction,
    `with ${OBJECTS}
     select n.nspname::text as schema, o.owner, o.part, coalesce(o.definition, '') as definition
       from objects as o join namespace as n on n.oid = o.namespace
      order by n.nspname, o.owner collate "C", o.part collate "C", o.definition collate "C"`,
    [schemaNames],
  );
  const fingerprints = new Map<string, SchemaObject[]>();
  for (const { schema, ...object } of rows) {
    const objects = fingerprints.get(schema);
    if (objects) objects.push(object);
    else fingerprints.set(schema, [object]);
  }
  return fingerprints;
}

/**
 * Reads the content of the schemas as the hashes see it, to compare it with what the migrations make: without the tables
 * in which migration tools record what they ran.
 */
export async function readComparable(
  transaction: Transaction,
  schemaNames: readonly string[],
): Promise<ReadonlyMap<string, Fingerprint>> {
  const all = await readFingerprints(transaction, schemaNames);
  return new Map(
    [...all].map(([schemaName, objects]) => [
      schemaName,
      objects.filter(({ owner }) => !IS_BOOKKEEPING.test(owner)),
    ]),
  );
}

/** Replaces a schema's name by "@", as the hashes do. */
export function canonicalize(text: string, schemaName: string): string {
  return text.replaceAll(`"${schemaName}"`, "@").replaceAll(schemaName, "@");
}
